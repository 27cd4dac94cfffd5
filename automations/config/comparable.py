"""An automation split into comparable parts: one trigger for one entity, one condition, one action."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from automations.config.nodes import enabled_nodes
from automations.config.normalize import canonicalize
from automations.config.times import clock_seconds, duration
from automations.config.values import entity_names
from schemas.home import AutomationConfig

_IGNORED_KEYS: Final = ("id", "alias", "note", "variables", "enabled")
"""Keys that change nothing about when a trigger fires; an action's `metadata` likewise."""
_LIST_KEYS: Final = ("entity_id", "at", "to", "from", "event_type", "topic", "tag_id")
_MAX_PARTS: Final = 500
"""Parts of one trigger; a person's has some ten, and thousands of entities times thousands of states are an attack."""
_DURATION_KEYS: Final = ("for", "offset", "delay", "timeout")


@dataclass(frozen=True)
class ComparableParts:
    """Each part as canonical JSON: equal texts mean the same. Actions keep their order."""

    triggers: frozenset[str]
    conditions: frozenset[str]
    actions: tuple[str, ...]


def parts_from_config(config: AutomationConfig) -> ComparableParts:
    """The parts of a config; disabled ones are left out."""
    full = canonicalize(config)
    return ComparableParts(
        frozenset(text for trigger in enabled_nodes(full.get("triggers")) for text in trigger_parts(trigger)),
        frozenset(_canonical_json(condition) for condition in enabled_nodes(full.get("conditions"))),
        tuple(text for action in enabled_nodes(full.get("actions")) for text in _action_parts(action)),
    )


def trigger_parts(trigger: dict[str, Any]) -> list[str]:
    """One text for each combination of single values: two entities in one trigger are two triggers."""
    plain = {key: value for key, value in trigger.items() if key not in _IGNORED_KEYS}
    variants = [plain]
    for key in _LIST_KEYS:
        if isinstance(plain.get(key), list) and len(variants) * len(plain[key]) <= _MAX_PARTS:
            variants = [{**one, key: value} for one in variants for value in plain[key]]
    return [_canonical_json(one) for one in variants]


def _action_parts(action: dict[str, Any]) -> list[str]:
    plain = {key: value for key, value in action.items() if key not in ("alias", "note", "metadata", "enabled")}
    entities = plain.get("target", {}).get("entity_id") if isinstance(plain.get("target"), dict) else None
    data = plain.get("data")
    if entities is None and isinstance(data, dict) and "entity_id" in data:
        entities = data["entity_id"]
        plain["data"] = {key: value for key, value in data.items() if key != "entity_id"}
    if not isinstance(plain.get("data"), dict) or not plain["data"]:
        plain.pop("data", None)
    if entities is None:
        return [_canonical_json(plain)]
    return [
        _canonical_json({**plain, "target": {**_target_of(plain), "entity_id": entity}})
        for entity in entity_names(entities)
    ]


def _target_of(action: dict[str, Any]) -> dict[str, Any]:
    target = action.get("target")
    return target if isinstance(target, dict) else {}


def _canonical_json(value: Any) -> str:
    return json.dumps(_normalize_values(value), sort_keys=True, default=str, skipkeys=True)


def _normalize_values(value: Any) -> Any:
    """Times in seconds, ids in lower case, numbers as numbers: `"07:30"` and `"07:30:00"` are the same."""
    if isinstance(value, list):
        return [_normalize_values(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain: dict[str, Any] = {}
    for key, item in value.items():
        if key in ("alias", "note"):
            continue
        plain[str(key)] = (
            _normalize_duration(item)
            if key in _DURATION_KEYS
            else _normalize_clock(item)
            if key in ("at", "after", "before")
            else _normalize_values(item)
        )
    return plain


def _normalize_duration(value: Any) -> Any:
    length = duration(value)
    return value if length is None else length.total_seconds()


def _normalize_clock(value: Any) -> Any:
    if isinstance(value, list):
        return [_normalize_clock(item) for item in value]
    seconds = clock_seconds(value)
    return value if seconds is None else seconds
