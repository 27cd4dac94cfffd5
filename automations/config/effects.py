"""The states that a service call sets, as far as they are known from the call alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.values import as_texts, is_template
from schemas.home import Home

STATE_AFTER_SERVICE: Final[Mapping[str, str]] = {
    "turn_on": "on",
    "turn_off": "off",
    "open_cover": "open",
    "close_cover": "closed",
    "open_valve": "open",
    "close_valve": "closed",
    "lock": "locked",
    "unlock": "unlocked",
    "media_play": "playing",
    "media_pause": "paused",
    "media_stop": "idle",
    "start": "cleaning",
    "return_to_base": "returning",
    "alarm_arm_home": "armed_home",
    "alarm_arm_away": "armed_away",
    "alarm_arm_night": "armed_night",
    "alarm_disarm": "disarmed",
}
"""The state of its target after a service, for the services that name one by themselves."""

STATE_FIELD_BY_SERVICE: Final[Mapping[str, str]] = {
    "set_hvac_mode": "hvac_mode",
    "set_operation_mode": "operation_mode",
    "select_option": "option",
    "set_value": "value",
}
"""The field of the service's data that is the state afterwards."""

_STATELESS_DOMAINS = ("scene", "script", "automation", "notify", "button", "input_button")


@dataclass(frozen=True)
class Effect:
    """`entity_id` is in `state` afterwards."""

    entity_id: str
    state: str


def effects_from_step(step: Mapping[str, Any], home: Home) -> tuple[Effect, ...]:
    """What the call causes; empty where the state afterwards is not known."""
    domain, _, service = str(step.get("action", "")).partition(".")
    given = step.get("data")
    data: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if "device_id" in step and "type" in step and "action" not in step:
        domain, service, data = str(step.get("domain", "")), str(step["type"]), {}
    state = STATE_AFTER_SERVICE.get(service) or _text(data.get(STATE_FIELD_BY_SERVICE.get(service, ""), ""))
    if not state or domain in _STATELESS_DOMAINS:
        return ()
    return tuple(Effect(name, state) for name in target_entities(step, home, domain))


def _text(value: Any) -> str:
    return "" if is_template(value) or isinstance(value, (dict, list)) else str(value)


def target_entities(step: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """The entities that a call names directly or by device, area, floor or label."""
    names: list[str] = []
    for place in (step.get("target"), step.get("data"), step):
        if not isinstance(place, Mapping):
            continue
        names += [part.strip() for name in as_texts(place.get("entity_id")) for part in name.split(",")]
        if place is not step:
            names += entities_in_target(place, home, domain)
    return list(dict.fromkeys(name for name in names if "." in name and "{" not in name))


def entities_in_target(target: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """Entities of one domain ("" or `homeassistant`: any) in the areas, floors, devices and labels that are named."""
    areas, floors = set(as_texts(target.get("area_id"))), set(as_texts(target.get("floor_id")))
    devices, labels = set(as_texts(target.get("device_id"))), set(as_texts(target.get("label_id")))
    areas |= {area.area_id for area in home.areas if area.floor_id and area.floor_id in floors}
    if not (areas or devices or labels):
        return []
    return [
        entity.entity_id
        for entity in home.entities
        if (entity.domain == domain or domain in ("", "homeassistant"))
        and not entity.hidden
        and entity.entity_category is None
        and (entity.area_id in areas or entity.device_id in devices or labels & set(entity.labels))
    ]
