"""Every name of the home that an automation refers to: entities, devices, areas, floors, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.nodes import Node, NodeKind, walk
from automations.config.values import TARGET_KEYS, entity_names, is_template, is_unknown_here, strings
from schemas.automation.value_validators import is_entity_id
from schemas.home import AutomationConfig

_ENTITY_KEYS: Final[dict[NodeKind, tuple[str, ...]]] = {
    NodeKind.TRIGGER: ("at", "above", "below", "zone"),
    NodeKind.CONDITION: ("after", "before", "above", "below", "zone"),
    NodeKind.ACTION: ("scene",),
}
"""Keys whose value may be an entity id, beside `entity_id` itself."""

_TEMPLATE_ENTITY: Final = re.compile(
    r"\b(?:states|is_state|state_attr|is_state_attr|has_value|state_translated)\(\s*['\"]([a-z0-9_]+\.[a-z0-9_]+)['\"]"
    r"|\bstates\.([a-z0-9_]+\.[a-z0-9_]+)\b"
)


@dataclass(frozen=True)
class Reference:
    """`kind` is entity, device, area, floor or label; `in_template` where a template reads it."""

    path: str
    kind: str
    name: str
    in_template: bool = False


def references_from_config(config: AutomationConfig) -> Iterator[Reference]:
    """All references of a config with today's keys, except those that only rendering a template would show."""
    for node in walk(config):
        if isinstance(node.value, dict):
            yield from _references_in_node(node)
        elif isinstance(node.value, str):
            yield from _references_in_template(node.path, node.value)


def _references_in_node(node: Node) -> Iterator[Reference]:
    value: Mapping[Any, Any] = node.value
    yield from _references_in_target(node.path, value)
    for key in ("target", "options", "data"):
        inner = value.get(key)
        if isinstance(inner, Mapping) and not (key == "data" and node.kind is not NodeKind.ACTION):
            yield from _references_in_target(f"{node.path}.{key}", inner)
            if key != "data":
                yield from _references_in_target(f"{node.path}.{key}.exclude", inner.get("exclude"))
    for key in _ENTITY_KEYS.get(node.kind, ()):
        for path, name in _texts(f"{node.path}.{key}", value.get(key)):
            if is_entity_id(name.lower()):
                yield Reference(path, "entity", name.lower())
    for path, text in _texts_of_node(node):
        yield from _references_in_template(path, text)


def _references_in_target(path: str, target: Any) -> Iterator[Reference]:
    if not isinstance(target, Mapping):
        return
    for key in TARGET_KEYS:
        for place, text in _texts(f"{path}.{key}", target.get(key)):
            kind = key.removesuffix("_id")
            if kind != "entity":
                yield Reference(place, kind, text.strip())
                continue
            for name in map(str.lower, entity_names(text)):
                if is_entity_id(name):
                    yield Reference(place, kind, name)


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The plain texts of a value or a list, each with its path."""
    if isinstance(value, str) and not is_unknown_here(value):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{path}[{index}]", item)
    elif isinstance(value, Mapping) and "entity_id" in value:
        yield from _texts(f"{path}.entity_id", value["entity_id"])


def _texts_of_node(node: Node) -> Iterator[tuple[str, str]]:
    """The templates of this node and of the plain values in it, but not those of the nodes below."""
    below = {"triggers", "conditions", "actions", "sequence", "then", "else", "default", "parallel", "choose", "repeat",
             "if", "while", "until", "and", "or", "not", "wait_for_trigger"}  # fmt: skip
    waiting = [(f"{node.path}.{key}", item) for key, item in node.value.items() if key not in below]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            waiting += [(f"{path}.{key}", item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{index}]", item) for index, item in enumerate(value)]


def _references_in_template(path: str, text: str) -> Iterator[Reference]:
    if is_template(text):
        for match in _TEMPLATE_ENTITY.finditer(text):
            yield Reference(path, "entity", match.group(1) or match.group(2), in_template=True)


def entities_of(node: Any) -> tuple[str, ...]:
    """Every entity and zone that a part of an automation names, in order, each once; not those inside templates."""
    return tuple(dict.fromkeys(_entities(node)))


def _entities(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("entity_id", "zone"):
                yield from strings(value)
            else:
                yield from _entities(value)
    elif isinstance(node, list):
        for item in node:
            yield from _entities(item)
