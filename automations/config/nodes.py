"""Where triggers, conditions and actions may be nested, and how to visit every one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from automations.config.values import as_list
from schemas.home import AutomationConfig


class NodeKind(StrEnum):
    """What a node of an automation is."""

    AUTOMATION = "automation"
    TRIGGER = "trigger"
    CONDITION = "condition"
    ACTION = "action"
    OPTION = "option"
    """One option of a `choose`."""
    LOOP = "loop"
    """The mapping under `repeat`."""


_LOGIC: Final = {"and": NodeKind.CONDITION, "or": NodeKind.CONDITION, "not": NodeKind.CONDITION}

CHILD_KINDS: Final[dict[NodeKind, dict[str, NodeKind]]] = {
    NodeKind.AUTOMATION: {"triggers": NodeKind.TRIGGER, "conditions": NodeKind.CONDITION, "actions": NodeKind.ACTION},
    NodeKind.TRIGGER: {"triggers": NodeKind.TRIGGER},
    NodeKind.CONDITION: {"conditions": NodeKind.CONDITION, **_LOGIC},
    NodeKind.ACTION: {
        "conditions": NodeKind.CONDITION,
        **_LOGIC,
        "if": NodeKind.CONDITION,
        "then": NodeKind.ACTION,
        "else": NodeKind.ACTION,
        "choose": NodeKind.OPTION,
        "default": NodeKind.ACTION,
        "repeat": NodeKind.LOOP,
        "parallel": NodeKind.ACTION,
        "sequence": NodeKind.ACTION,
        "wait_for_trigger": NodeKind.TRIGGER,
    },
    NodeKind.OPTION: {"conditions": NodeKind.CONDITION, "sequence": NodeKind.ACTION},
    NodeKind.LOOP: {"while": NodeKind.CONDITION, "until": NodeKind.CONDITION, "sequence": NodeKind.ACTION},
}
"""The keys of a node that hold further nodes. All other keys hold plain values (`data`, `variables`, `target`)."""


@dataclass(frozen=True)
class Node:
    """One trigger, condition or action at `path` (such as `actions[1].then[0]`), with all nodes below it."""

    path: str
    kind: NodeKind
    value: Any

    def text(self, key: str) -> str:
        """The value of `key` where it is a string, else ""."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else ""


def is_deployed_off(config: AutomationConfig) -> bool:
    """Whether the home starts it turned off, so that it does nothing until a person turns it on."""
    return config.get("initial_state") is False


def is_disabled(node: Mapping[Any, Any]) -> bool:
    """Whether it is turned off for good; a template for `enabled` may turn it on."""
    return node.get("enabled") is False


def enabled_nodes(nodes: Any) -> list[dict[str, Any]]:
    """The triggers, conditions or actions that are not turned off, those of nested lists of triggers too."""
    enabled: list[dict[str, Any]] = []
    for node in as_list(nodes):
        if isinstance(node, dict) and not is_disabled(node):
            inner = node.get("triggers")
            enabled += enabled_nodes(inner) if isinstance(inner, list) and len(node) == 1 else [node]
    return enabled


def children(kind: NodeKind, value: dict[Any, Any]) -> Iterator[tuple[str, NodeKind]]:
    """The keys of this node that hold further nodes, with the kind of those."""
    for key, child_kind in CHILD_KINDS[kind].items():
        if key in value:
            yield key, child_kind
    if kind in (NodeKind.CONDITION, NodeKind.ACTION) and isinstance(value.get("condition"), list):
        yield "condition", NodeKind.CONDITION  # shorthand for `and`


def walk(config: AutomationConfig) -> Iterator[Node]:
    """Every trigger, condition and action of a config with today's keys, outer ones first."""
    yield from _walk_children(NodeKind.AUTOMATION, config, "")


def _walk_children(kind: NodeKind, value: Any, path: str) -> Iterator[Node]:
    if not isinstance(value, dict):
        return
    for key, child_kind in children(kind, value):
        yield from _walk_value(child_kind, value[key], f"{path}.{key}" if path else key)


def _walk_value(kind: NodeKind, value: Any, path: str) -> Iterator[Node]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk_value(kind, item, f"{path}[{index}]")
        return
    yield Node(path, kind, value)
    yield from _walk_children(kind, value, path)
