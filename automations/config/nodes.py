"""Where triggers, conditions and actions may stand inside one another, and how to visit every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from schemas.home import AutomationConfig


class Role(StrEnum):
    """What a node of an automation is."""

    AUTOMATION = "automation"
    TRIGGER = "trigger"
    CONDITION = "condition"
    ACTION = "action"
    OPTION = "option"
    """One of the ways of a `choose`."""
    LOOP = "loop"
    """What stands under `repeat`."""


_LOGIC: Final = {"and": Role.CONDITION, "or": Role.CONDITION, "not": Role.CONDITION}

NESTED: Final[dict[Role, dict[str, Role]]] = {
    Role.AUTOMATION: {"triggers": Role.TRIGGER, "conditions": Role.CONDITION, "actions": Role.ACTION},
    Role.TRIGGER: {"triggers": Role.TRIGGER},
    Role.CONDITION: {"conditions": Role.CONDITION, **_LOGIC},
    Role.ACTION: {
        "conditions": Role.CONDITION,
        **_LOGIC,
        "if": Role.CONDITION,
        "then": Role.ACTION,
        "else": Role.ACTION,
        "choose": Role.OPTION,
        "default": Role.ACTION,
        "repeat": Role.LOOP,
        "parallel": Role.ACTION,
        "sequence": Role.ACTION,
        "wait_for_trigger": Role.TRIGGER,
    },
    Role.OPTION: {"conditions": Role.CONDITION, "sequence": Role.ACTION},
    Role.LOOP: {"while": Role.CONDITION, "until": Role.CONDITION, "sequence": Role.ACTION},
}
"""The keys of a node that hold further nodes. All other keys hold plain values (`data`, `variables`, `target`)."""


@dataclass(frozen=True)
class Node:
    """One trigger, condition or action at `path` (such as `actions[1].then[0]`), with all that stands below it."""

    path: str
    role: Role
    value: Any

    def text(self, key: str) -> str:
        """The value of `key` where it is a string, else ""."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else ""


def children(role: Role, value: dict[Any, Any]) -> Iterator[tuple[str, Role]]:
    """The keys of this node under which further nodes stand, with the role of those."""
    for key, inner in NESTED[role].items():
        if key in value:
            yield key, inner
    if role in (Role.CONDITION, Role.ACTION) and isinstance(value.get("condition"), list):
        yield "condition", Role.CONDITION  # shorthand for `and`


def walk(config: AutomationConfig) -> Iterator[Node]:
    """Every trigger, condition and action of a config in modern spelling, outer ones first."""
    yield from _below(Role.AUTOMATION, config, "")


def _below(role: Role, value: Any, path: str) -> Iterator[Node]:
    if not isinstance(value, dict):
        return
    for key, inner in children(role, value):
        yield from _listed(inner, value[key], f"{path}.{key}" if path else key)


def _listed(role: Role, value: Any, path: str) -> Iterator[Node]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _listed(role, item, f"{path}[{index}]")
        return
    yield Node(path, role, value)
    yield from _below(role, value, path)
