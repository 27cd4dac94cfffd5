"""Old spellings renamed to today's, and whether two configs mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automations.config.nodes import Role, children
from schemas.home import AutomationConfig

RENAMED: Final[dict[Role, dict[str, str]]] = {
    Role.AUTOMATION: {"trigger": "triggers", "condition": "conditions", "action": "actions"},
    Role.TRIGGER: {"platform": "trigger"},
    Role.ACTION: {"service": "action", "service_template": "action", "data_template": "data"},
}
"""Old key to today's key. Where a node has both, neither is touched: that is an error for the schema to tell."""

_DEFAULTS: Final[dict[Role, dict[str, object]]] = {
    Role.AUTOMATION: {
        "mode": "single",
        "description": "",
        "conditions": [],
        "variables": {},
        "max_exceeded": "warning",
    },
    Role.TRIGGER: {"enabled": True},
    Role.CONDITION: {"enabled": True},
    Role.ACTION: {"enabled": True, "continue_on_error": False, "data": {}},
}


def modern(config: AutomationConfig) -> AutomationConfig:
    """The config in today's spelling at every depth; the key order and all values stay. Idempotent."""
    renamed: AutomationConfig = _modern(Role.AUTOMATION, config)
    return renamed


def same(first: AutomationConfig, second: AutomationConfig) -> bool:
    """Whether both do the same in a home and read the same to a person; the `id` is no part of it.

    Old and new keys, a single value and a list of one, shorthand and long conditions, and written-out defaults
    are equal. The order of keys means nothing; the order of a list does.
    """
    return bool(_plain(canonical(first)) == _plain(canonical(second)))


def canonical(config: AutomationConfig) -> AutomationConfig:
    """One form for all configs that mean the same: modern, lists everywhere, no shorthand, no defaults, no id."""
    full: AutomationConfig = _canonical(Role.AUTOMATION, modern(config))
    full.pop("id", None)
    return full


def _modern(role: Role, value: Any) -> Any:
    if isinstance(value, list):
        return [_modern(role, item) for item in value]
    if not isinstance(value, dict):
        return value
    names = _new_names(RENAMED.get(role, {}), value)
    renamed = {names.get(key, key): item for key, item in value.items()}
    for key, inner in children(role, renamed):
        renamed[key] = _modern(inner, renamed[key])
    return renamed


def _new_names(table: Mapping[str, str], value: Mapping[Any, Any]) -> dict[str, str]:
    """The renames that this node allows: the new name is not there yet, nor claimed twice."""
    old = [key for key in table if key in value]
    wanted = [table[key] for key in old]
    return {key: table[key] for key in old if table[key] not in value and wanted.count(table[key]) == 1}


def _canonical(role: Role, value: Any) -> Any:
    if isinstance(value, str) and role is Role.CONDITION:
        return {"condition": "template", "value_template": value}
    if not isinstance(value, dict):
        return value
    full = _long_condition(value) if role in (Role.CONDITION, Role.ACTION) else dict(value)
    if role is Role.ACTION:
        _move_entity_to_target(full)
    for key, inner in children(role, full):
        full[key] = [_canonical(inner, item) for item in _as_list(full[key])] if key != "repeat" else full[key]
    if role is Role.ACTION and isinstance(full.get("repeat"), dict):
        full["repeat"] = _canonical(Role.LOOP, full["repeat"])
    for key in ("entity_id", "area_id", "device_id", "floor_id", "label_id", "to", "from", "at", "state", "id"):
        if key in full and not (key == "id" and role is not Role.CONDITION):
            full[key] = _listed_value(key, full[key])
    if isinstance(full.get("target"), dict):
        full["target"] = {key: _listed_value(key, item) for key, item in full["target"].items()}
    return {key: item for key, item in full.items() if not _is_default(role, key, item)}


def _long_condition(value: dict[Any, Any]) -> dict[Any, Any]:
    """`and: [...]` written as `condition: and` with `conditions: [...]`."""
    for name in ("and", "or", "not"):
        if name in value and "condition" not in value and "conditions" not in value:
            rest = {key: item for key, item in value.items() if key != name}
            return {"condition": name, "conditions": value[name], **rest}
    shorthand = value.get("condition")
    if isinstance(shorthand, list):
        return {**value, "condition": "and", "conditions": shorthand}
    if isinstance(shorthand, str) and "{" in shorthand and "value_template" not in value:
        return {**value, "condition": "template", "value_template": shorthand}
    return dict(value)


def _move_entity_to_target(action: dict[Any, Any]) -> None:
    """`entity_id` beside `action` means the same as inside `target`."""
    target = action.get("target", {})
    if "action" in action and "entity_id" in action and isinstance(target, dict) and "entity_id" not in target:
        action["target"] = {**target, "entity_id": action.pop("entity_id")}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _listed_value(key: str, value: Any) -> Any:
    if key == "entity_id" and isinstance(value, str) and "{" not in value:
        return [part.strip().lower() for part in value.split(",")]
    return value if isinstance(value, (list, dict)) or value is None else [value]


def _is_default(role: Role, key: Any, value: Any) -> bool:
    table = _DEFAULTS.get(role, {})
    return key in table and value == table[key] and type(value) is type(table[key])


def _plain(value: Any) -> Any:
    """Numbers and booleans kept apart (True == 1 in Python, not in a home)."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return ("bool", value) if isinstance(value, bool) else value
