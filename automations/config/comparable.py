"""An automation taken apart into pieces that can be compared: one trigger for one entity, one condition, one action."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from automations.config.config_cache import text_of
from automations.config.normalize import canonical
from schemas.automation.time_validators import period, period_text
from schemas.home import AutomationConfig

_ABOUT: Final = ("id", "alias", "note", "variables", "enabled")
"""Keys that change nothing about when a trigger fires; an action's `metadata` likewise."""
_SPREAD: Final = ("entity_id", "at", "to", "from", "event_type", "topic", "tag_id")
_MOST: Final = 500
"""Pieces of one trigger; a person's has some ten, and thousands of entities times thousands of states are an attack."""
_TIMES: Final = ("for", "offset", "delay", "timeout")


@dataclass(frozen=True)
class Atoms:
    """Each piece as one text: equal texts mean the same. Actions keep their order."""

    triggers: frozenset[str]
    conditions: frozenset[str]
    actions: tuple[str, ...]


def atoms(config: AutomationConfig) -> Atoms:
    """The pieces of a config; disabled ones are left out."""
    return _atoms(text_of(config))


@lru_cache(maxsize=4096)
def _atoms(text: str) -> Atoms:
    """Kept by their text: each check compares with all automations of the home, and those seldom change."""
    full = canonical(json.loads(text))
    return Atoms(
        frozenset(text for trigger in _active(full.get("triggers")) for text in trigger_atoms(trigger)),
        frozenset(_text(condition) for condition in _active(full.get("conditions"))),
        tuple(text for action in _active(full.get("actions")) for text in _action_atoms(action)),
    )


def _active(nodes: Any) -> Iterator[dict[str, Any]]:
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if isinstance(node, dict) and node.get("enabled") is not False:
            inner = node.get("triggers")
            yield from _active(inner) if isinstance(inner, list) and len(node) == 1 else [node]


def trigger_atoms(trigger: dict[str, Any]) -> list[str]:
    """One text for each combination of single values: two entities in one trigger are two triggers."""
    plain = {key: value for key, value in trigger.items() if key not in _ABOUT}
    found = [plain]
    for key in _SPREAD:
        if isinstance(plain.get(key), list) and len(found) * len(plain[key]) <= _MOST:
            found = [{**one, key: value} for one in found for value in plain[key]]
    return [_text(one) for one in found]


def _action_atoms(action: dict[str, Any]) -> list[str]:
    plain = {key: value for key, value in action.items() if key not in ("alias", "note", "metadata", "enabled")}
    entities = plain.get("target", {}).get("entity_id") if isinstance(plain.get("target"), dict) else None
    data = plain.get("data")
    if entities is None and isinstance(data, dict) and "entity_id" in data:
        entities = data["entity_id"]
        plain["data"] = {key: value for key, value in data.items() if key != "entity_id"}
    if not isinstance(plain.get("data"), dict) or not plain["data"]:
        plain.pop("data", None)
    if entities is None:
        return [_text(plain)]
    several = entities if isinstance(entities, list) else [part.strip() for part in str(entities).split(",")]
    return [_text({**plain, "target": {**_rest(plain), "entity_id": entity}}) for entity in several]


def _rest(action: dict[str, Any]) -> dict[str, Any]:
    target = action.get("target")
    return target if isinstance(target, dict) else {}


def _text(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, default=str, skipkeys=True)


def _plain(value: Any) -> Any:
    """Times in seconds, ids in lower case, numbers as numbers: `"07:30"` and `"07:30:00"` are the same."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain: dict[str, Any] = {}
    for key, item in value.items():
        if key in ("alias", "note"):
            continue
        plain[str(key)] = (
            _seconds(item) if key in _TIMES else _clock(item) if key in ("at", "after", "before") else _plain(item)
        )
    return plain


def _seconds(value: Any) -> Any:
    try:
        return period(value).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return value


def _clock(value: Any) -> Any:
    if isinstance(value, list):
        return [_clock(item) for item in value]
    try:
        return period_text(value).total_seconds() if isinstance(value, str) and len(value) < 12 else value
    except (ValueError, OverflowError):
        return value
