"""Takes a file of a home apart into its automations: one, a list, a mapping of them, a package, or a blueprint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from automations.config.safe_yaml import MAX_BYTES, read_home_file
from schemas.automation.model import Automation
from schemas.automation.validators import shorten
from schemas.home import AutomationConfig

_AUTOMATION_KEYS: Final = frozenset({*Automation.model_fields, "trigger", "condition", "action", "use_blueprint"})
_PACKAGE_KEY: Final = re.compile(r"automation( .+)?")
"""Home Assistant takes `automation manual:` beside `automation:`."""


@dataclass(frozen=True)
class Entry:
    """What stands in the place of one automation.

    `name` tells it from the others of its file and is "" where it stands alone; `written_id` is its id letter by
    letter, for YAML reads `0101` as 65; `value` is a mapping where it is an automation.
    """

    name: str
    line: int
    written_id: str
    value: Any
    too_long: bool = False

    @property
    def config(self) -> AutomationConfig | None:
        return self.value if isinstance(self.value, dict) else None


@dataclass(frozen=True)
class _Place:
    """A value with the node that it was read from; `name` is its key or number, "" for the whole file."""

    name: str
    node: yaml.Node
    value: Any


def entries_from_text(text: str) -> list[Entry]:
    """The automations of a file in their order; UnsafeYaml where it cannot be read."""
    document = read_home_file(text)
    if document.root is None or document.value is None:
        return []
    return [_entry_from_place(place, text) for place in _places(_Place("", document.root, document.value))]


def written_ids(root: yaml.Node | None) -> list[str]:
    """The id of each automation in a list, as it is written; "" for none."""
    return [_written_id(item) for item in root.value] if isinstance(root, yaml.SequenceNode) else []


def _places(whole: _Place) -> Iterator[_Place]:
    value = whole.value
    if not isinstance(value, dict):
        yield from _listed(whole)
    elif isinstance(value.get("blueprint"), dict):
        yield _Place("", whole.node, {key: item for key, item in value.items() if key != "blueprint"})
    elif any(isinstance(key, str) and _PACKAGE_KEY.fullmatch(key) for key in value):
        for place in _children(whole):
            if _PACKAGE_KEY.fullmatch(place.name) and place.value is not None:
                yield from _listed(place)
    elif _is_mapping_of_automations(value):
        yield from _children(whole)
    else:
        yield whole


def _listed(place: _Place) -> Iterator[_Place]:
    """Home Assistant takes one where it takes several; a list of one is as good as that one."""
    if not isinstance(place.value, list):
        yield place
    elif not place.name and len(place.value) == 1:
        yield _Place("", place.node.value[0], place.value[0])
    else:
        items = zip(place.node.value, place.value, strict=True)
        for number, (node, value) in enumerate(items, 1):
            yield _Place(f"{place.name} number {number}".strip(), node, value)


def _children(place: _Place) -> Iterator[_Place]:
    """By key, in the order of the file; of a merged key and one of its own, the latter counts."""
    nodes = {key.value: node for key, node in place.node.value if isinstance(key, yaml.ScalarNode)}
    for key, value in place.value.items():
        if isinstance(key, str) and key in nodes:
            yield _Place(key, nodes[key], value)


def _is_mapping_of_automations(value: Mapping[Any, Any]) -> bool:
    return not _AUTOMATION_KEYS & value.keys() and any(
        isinstance(item, dict) and _AUTOMATION_KEYS & item.keys() for item in value.values()
    )


def _entry_from_place(place: _Place, text: str) -> Entry:
    start, end = place.node.start_mark, place.node.end_mark
    written_id = _written_id(place.node)
    alias = place.value.get("alias") if isinstance(place.value, dict) else None
    name = ""
    if place.name:
        quoted = f'"{shorten(alias)}"' if alias is not None else ""
        known_as = " ".join(filter(None, (shorten(written_id), quoted)))
        name = f"{known_as or place.name}, line {start.line + 1}"
    too_long = len(text[start.index : end.index].encode()) > MAX_BYTES
    return Entry(name, start.line + 1, written_id, place.value, too_long)


def _written_id(node: yaml.Node) -> str:
    if not isinstance(node, yaml.MappingNode):
        return ""
    ids = [item for key, item in node.value if key.value == "id" and isinstance(item, yaml.ScalarNode)]
    if not ids or ids[-1].tag == "tag:yaml.org,2002:null":
        return ""
    return f"{ids[-1].tag} {ids[-1].value}" if ids[-1].tag.startswith("!") else str(ids[-1].value)
