"""Old keys renamed to today's, and whether two configs mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automations.config.nodes import NodeKind, children
from automations.config.values import TARGET_KEYS, as_list, entity_names, is_template
from schemas.home import AutomationConfig

NEW_KEY_BY_OLD: Final[dict[NodeKind, dict[str, str]]] = {
    NodeKind.AUTOMATION: {"trigger": "triggers", "condition": "conditions", "action": "actions"},
    NodeKind.TRIGGER: {"platform": "trigger"},
    NodeKind.ACTION: {"service": "action", "service_template": "action", "data_template": "data"},
}
"""Old key to today's key. Where a node has both, neither is touched: that is an error for the schema check."""

_DEFAULTS: Final[dict[NodeKind, dict[str, object]]] = {
    NodeKind.AUTOMATION: {
        "mode": "single",
        "description": "",
        "conditions": [],
        "variables": {},
        "max_exceeded": "warning",
    },
    NodeKind.TRIGGER: {"enabled": True},
    NodeKind.CONDITION: {"enabled": True},
    NodeKind.ACTION: {"enabled": True, "continue_on_error": False, "data": {}},
}


def modernize(config: AutomationConfig) -> AutomationConfig:
    """The config with today's keys at every depth; the key order and all values stay. Idempotent."""
    modernized: AutomationConfig = _modernize(NodeKind.AUTOMATION, config)
    return modernized


def equivalent(first: AutomationConfig, second: AutomationConfig) -> bool:
    """Whether both do the same in a home and read the same to a person; the `id` is not compared.

    Old and new keys, a single value and a list of one, shorthand and long conditions, and written-out defaults
    are equal. The order of keys means nothing; the order of a list does.
    """
    return bool(_tag_booleans(canonicalize(first)) == _tag_booleans(canonicalize(second)))


def canonicalize(config: AutomationConfig) -> AutomationConfig:
    """One form for all configs that mean the same: modernized, lists everywhere, no shorthand, no defaults, no id."""
    full: AutomationConfig = _canonicalize(NodeKind.AUTOMATION, modernize(config))
    full.pop("id", None)
    return full


def _modernize(kind: NodeKind, value: Any) -> Any:
    if isinstance(value, list):
        return [_modernize(kind, item) for item in value]
    if not isinstance(value, dict):
        return value
    names = _allowed_renames(NEW_KEY_BY_OLD.get(kind, {}), value)
    renamed = {names.get(key, key): item for key, item in value.items()}
    for key, child_kind in children(kind, renamed):
        renamed[key] = _modernize(child_kind, renamed[key])
    return renamed


def _allowed_renames(table: Mapping[str, str], value: Mapping[Any, Any]) -> dict[str, str]:
    """The renames that this node allows: the new name is not there yet, nor claimed twice."""
    old = [key for key in table if key in value]
    new_names = [table[key] for key in old]
    return {key: table[key] for key in old if table[key] not in value and new_names.count(table[key]) == 1}


def _canonicalize(kind: NodeKind, value: Any) -> Any:
    if isinstance(value, str) and kind is NodeKind.CONDITION:
        return {"condition": "template", "value_template": value}
    if not isinstance(value, dict):
        return value
    full = _expand_shorthand(value) if kind in (NodeKind.CONDITION, NodeKind.ACTION) else dict(value)
    if kind is NodeKind.ACTION:
        _move_entity_to_target(full)
    for key, child_kind in children(kind, full):
        full[key] = [_canonicalize(child_kind, item) for item in as_list(full[key])] if key != "repeat" else full[key]
    if kind is NodeKind.ACTION and isinstance(full.get("repeat"), dict):
        full["repeat"] = _canonicalize(NodeKind.LOOP, full["repeat"])
    for key in (*TARGET_KEYS, "to", "from", "at", "state", "id"):
        if key in full and not (key == "id" and kind is not NodeKind.CONDITION):
            full[key] = _value_as_list(key, full[key])
    if isinstance(full.get("target"), dict):
        full["target"] = {key: _value_as_list(key, item) for key, item in full["target"].items()}
    return {key: item for key, item in full.items() if not _is_default(kind, key, item)}


def _expand_shorthand(value: dict[Any, Any]) -> dict[Any, Any]:
    """`and: [...]` written as `condition: and` with `conditions: [...]`."""
    for name in ("and", "or", "not"):
        if name in value and "condition" not in value and "conditions" not in value:
            rest = {key: item for key, item in value.items() if key != name}
            return {"condition": name, "conditions": value[name], **rest}
    shorthand = value.get("condition")
    if isinstance(shorthand, list):
        return {**value, "condition": "and", "conditions": shorthand}
    if is_template(shorthand) and "value_template" not in value:
        return {**value, "condition": "template", "value_template": shorthand}
    return dict(value)


def _move_entity_to_target(action: dict[Any, Any]) -> None:
    """`entity_id` beside `action` means the same as inside `target`."""
    target = action.get("target", {})
    if "action" in action and "entity_id" in action and isinstance(target, dict) and "entity_id" not in target:
        action["target"] = {**target, "entity_id": action.pop("entity_id")}


def _value_as_list(key: str, value: Any) -> Any:
    if key == "entity_id" and isinstance(value, str) and not is_template(value):
        return [name.lower() for name in entity_names(value)]
    return value if isinstance(value, dict) or value is None else as_list(value)


def _is_default(kind: NodeKind, key: Any, value: Any) -> bool:
    table = _DEFAULTS.get(kind, {})
    return key in table and value == table[key] and type(value) is type(table[key])


def _tag_booleans(value: Any) -> Any:
    """Booleans tagged, so that they differ from numbers (True == 1 in Python, not in a home)."""
    if isinstance(value, dict):
        return {key: _tag_booleans(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tag_booleans(item) for item in value]
    return ("bool", value) if isinstance(value, bool) else value
