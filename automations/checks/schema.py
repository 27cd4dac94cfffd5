"""Rung 1: the shape that Home Assistant asks for. First form: the keys of the outermost level."""

from __future__ import annotations

from collections.abc import Iterator

from automations.checks.context import Context
from schemas.home import AutomationConfig
from schemas.problems import Problem


def schema(config: AutomationConfig, _context: Context) -> Iterator[Problem]:
    """Triggers and actions are there."""
    for key in ("triggers", "actions"):
        if key not in config and "use_blueprint" not in config:
            yield Problem("schema", "schema", key, f"The key '{key}' is missing.", f"Add `{key}:`.")
