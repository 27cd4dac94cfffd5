"""Runs the checks in order and collects every problem; none of them does IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from automations.checks.conflicts import conflicts
from automations.checks.context import CheckContext
from automations.checks.duplicates import duplicates
from automations.checks.input_limits import check_input_limits
from automations.checks.loops import loops
from automations.checks.references import references
from automations.checks.safety import safety
from automations.checks.schema import schema
from automations.config.normalize import modernize
from automations.config.yaml import decode
from schemas.home import AutomationConfig
from schemas.problems import Problem

Check = Callable[[AutomationConfig, CheckContext], Iterator[Problem]]


def _safety(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    return safety(config, context.home, context.policy, context.events)


CHECKS: Final[tuple[Check, ...]] = (schema, references, _safety, duplicates, loops, conflicts)
"""In the order they run. Each gets the config with today's keys, and may rely on the limits of `check_input_limits`."""


DECIDING_STAGES: Final = frozenset({"yaml", "schema", "triggers", "conditions", "actions", "references"})
"""Problems with these rungs mean that the automation would be refused or fail; others are for a person to decide."""


def check_text(text: str, context: CheckContext | None = None) -> list[Problem]:
    """All problems of one automation in YAML. Never raises, whatever the text."""
    decoded = decode(text)
    if decoded.config is None:
        return list(decoded.problems)
    return check(decoded.config, context)


def check(config: AutomationConfig, context: CheckContext | None = None) -> list[Problem]:
    """All problems of one automation, in the order of `CHECKS`; an empty list means no problems."""
    return _run_checks(config, context or CheckContext(), CHECKS)


def check_schema(config: AutomationConfig) -> list[Problem]:
    """Problems of its form alone: whether it can be deployed, not whether it should be."""
    return _run_checks(config, CheckContext(), (schema,))


def _run_checks(config: AutomationConfig, context: CheckContext, checks: tuple[Check, ...]) -> list[Problem]:
    if refused := list(check_input_limits(config, context)):
        return refused
    renamed = modernize(config)
    return [problem for one in checks for problem in one(renamed, context)]
