"""The line of an automation's text that a problem is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import yaml

from automations.config.safe_yaml import UnsafeYaml, read_yaml
from schemas.problems import Problem

_OLD_KEY_BY_NEW: Final = {"triggers": "trigger", "conditions": "condition", "actions": "action", "action": "service"}
"""Checks report today's keys; the text may have the old ones."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def line_finder(text: str) -> Callable[[Problem], int | None]:
    """Returns the line of a problem, from 1, or that of the nearest node above; None where the whole is meant."""
    try:
        read_yaml(text)
        root = yaml.compose(text, Loader=_Loader)
    except (UnsafeYaml, yaml.YAMLError):
        return _line_from_message
    return lambda problem: _nearest_line(root, re.findall(r"[^.\[\]]+", problem.path))


def _line_from_message(problem: Problem) -> int | None:
    """The message of a text that is not readable YAML starts with its line."""
    match = re.match(r"Line (\d+):", problem.message)
    return int(match[1]) if match else None


def _nearest_line(node: Any, steps: list[str]) -> int | None:
    line = None
    for step in steps:
        child = _child(node, step)
        if child is None:
            break
        mark, node = child
        line = mark.line + 1
    return line


def _child(node: Any, step: str) -> tuple[Any, Any] | None:
    """The child's position in the text, and the child itself."""
    if step.isdigit():
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]  # a single item may stand without a list
        return (items[int(step)].start_mark, items[int(step)]) if int(step) < len(items) else None
    if not isinstance(node, yaml.MappingNode):
        return None
    for name in (step, _OLD_KEY_BY_NEW.get(step)):
        for key, value in node.value:
            if name is not None and key.value == name:
                return key.start_mark, value
    return None
