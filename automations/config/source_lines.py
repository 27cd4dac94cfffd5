"""On which line of an automation's text a problem stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import yaml

from automations.config.safe_yaml import UnsafeYaml, read_yaml
from schemas.problems import Problem

_OLD: Final = {"triggers": "trigger", "conditions": "condition", "actions": "action", "action": "service"}
"""Checks speak of today's names; the text may hold the ones from before."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def line_finder(text: str) -> Callable[[Problem], int | None]:
    """Gives the line of a problem, from 1, or that of what it is nearest to; None where the whole is meant."""
    try:
        read_yaml(text)
        root = yaml.compose(text, Loader=_Loader)
    except (UnsafeYaml, yaml.YAMLError):
        return _named
    return lambda problem: _nearest(root, re.findall(r"[^.\[\]]+", problem.path))


def _named(problem: Problem) -> int | None:
    """What cannot be read as YAML says itself where."""
    found = re.match(r"Line (\d+):", problem.message)
    return int(found[1]) if found else None


def _nearest(node: Any, steps: list[str]) -> int | None:
    line = None
    for step in steps:
        found = _child(node, step)
        if found is None:
            break
        mark, node = found
        line = mark.line + 1
    return line


def _child(node: Any, step: str) -> tuple[Any, Any] | None:
    """Where the child stands, and the child itself."""
    if step.isdigit():
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]  # a single one needs no list
        return (items[int(step)].start_mark, items[int(step)]) if int(step) < len(items) else None
    if not isinstance(node, yaml.MappingNode):
        return None
    for name in (step, _OLD.get(step)):
        for key, value in node.value:
            if name is not None and key.value == name:
                return key.start_mark, value
    return None
