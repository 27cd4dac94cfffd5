"""What a service call does to the home, as far as a state shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.values import is_template, texts
from schemas.home import Home

STATE_AFTER: Final[Mapping[str, str]] = {
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

NAMED_BY: Final[Mapping[str, str]] = {
    "set_hvac_mode": "hvac_mode",
    "set_operation_mode": "operation_mode",
    "select_option": "option",
    "set_value": "value",
}
"""The field of the service's data that is the state afterwards."""

_STATELESS = ("scene", "script", "automation", "notify", "button", "input_button")


@dataclass(frozen=True)
class Effect:
    """`entity_id` is in `state` afterwards."""

    entity_id: str
    state: str


def effects(step: Mapping[str, Any], home: Home) -> tuple[Effect, ...]:
    """What the call brings about; empty where no state shows it."""
    domain, _, service = str(step.get("action", "")).partition(".")
    given = step.get("data")
    data: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if "device_id" in step and "type" in step and "action" not in step:
        domain, service, data = str(step.get("domain", "")), str(step["type"]), {}
    state = STATE_AFTER.get(service) or _text(data.get(NAMED_BY.get(service, ""), ""))
    if not state or domain in _STATELESS:
        return ()
    return tuple(Effect(name, state) for name in targets(step, home, domain))


def _text(value: Any) -> str:
    return "" if is_template(value) or isinstance(value, (dict, list)) else str(value)


def targets(step: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """The entities that a call names, by themselves, by device, area, floor or label."""
    found: list[str] = []
    for place in (step.get("target"), step.get("data"), step):
        if not isinstance(place, Mapping):
            continue
        found += [part.strip() for name in texts(place.get("entity_id")) for part in name.split(",")]
        if place is not step:
            found += in_places(place, home, domain)
    return list(dict.fromkeys(name for name in found if "." in name and "{" not in name))


def in_places(place: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """Entities of one domain ("" or `homeassistant`: any) in the areas, floors, devices and labels that are named."""
    areas, floors = set(texts(place.get("area_id"))), set(texts(place.get("floor_id")))
    devices, labels = set(texts(place.get("device_id"))), set(texts(place.get("label_id")))
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
