"""Every name of the home that an automation mentions: entities, devices, areas, floors, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.nodes import Node, Role, walk
from schemas.automation.templates import is_template
from schemas.automation.value_validators import is_entity_id
from schemas.home import AutomationConfig

_PLACES: Final = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
_ENTITY_KEYS: Final[dict[Role, tuple[str, ...]]] = {
    Role.TRIGGER: ("at", "above", "below", "zone"),
    Role.CONDITION: ("after", "before", "above", "below", "zone"),
    Role.ACTION: ("scene",),
}
"""Keys whose value may be an entity id, beside `entity_id` itself."""

_IN_TEMPLATE: Final = re.compile(
    r"\b(?:states|is_state|state_attr|is_state_attr|has_value|state_translated)\(\s*['\"]([a-z0-9_]+\.[a-z0-9_]+)['\"]"
    r"|\bstates\.([a-z0-9_]+\.[a-z0-9_]+)\b"
)


@dataclass(frozen=True)
class Mention:
    """`kind` is entity, device, area, floor or label; `in_template` where a template asks for it by itself."""

    path: str
    kind: str
    name: str
    in_template: bool = False


def mentions(config: AutomationConfig) -> Iterator[Mention]:
    """All of a config in modern spelling; what only running a template would show is not among them."""
    for node in walk(config):
        if isinstance(node.value, dict):
            yield from _of_node(node)
        elif isinstance(node.value, str):
            yield from _of_template(node.path, node.value)


def _of_node(node: Node) -> Iterator[Mention]:
    value: Mapping[Any, Any] = node.value
    yield from _of_places(node.path, value)
    for key in ("target", "options", "data"):
        inner = value.get(key)
        if isinstance(inner, Mapping) and not (key == "data" and node.role is not Role.ACTION):
            yield from _of_places(f"{node.path}.{key}", inner)
            if key != "data":
                yield from _of_places(f"{node.path}.{key}.exclude", inner.get("exclude"))
    for key in _ENTITY_KEYS.get(node.role, ()):
        for path, name in _texts(f"{node.path}.{key}", value.get(key)):
            if is_entity_id(name.lower()):
                yield Mention(path, "entity", name.lower())
    for path, text in _own_texts(node):
        yield from _of_template(path, text)


def _of_places(path: str, holder: Any) -> Iterator[Mention]:
    if not isinstance(holder, Mapping):
        return
    for key in _PLACES:
        for place, text in _texts(f"{path}.{key}", holder.get(key)):
            kind = key.removesuffix("_id")
            for name in (part.strip() for part in (text.split(",") if kind == "entity" else [text])):
                if kind != "entity":
                    yield Mention(place, kind, name)
                elif is_entity_id(name.lower()):
                    yield Mention(place, kind, name.lower())


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The plain texts of a value or a list, with where each stands."""
    if isinstance(value, str) and not is_template(value):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{path}[{index}]", item)
    elif isinstance(value, Mapping) and "entity_id" in value:
        yield from _texts(f"{path}.entity_id", value["entity_id"])


def _own_texts(node: Node) -> Iterator[tuple[str, str]]:
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


def _of_template(path: str, text: str) -> Iterator[Mention]:
    if is_template(text):
        for found in _IN_TEMPLATE.finditer(text):
            yield Mention(path, "entity", found.group(1) or found.group(2), in_template=True)
