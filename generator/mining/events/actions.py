"""Which service brings an entity to a target state, and which entities are never acted on."""

from __future__ import annotations

import re

from schemas.patterns import Action

ON_OFF = {"on": "turn_on", "off": "turn_off"}
SERVICES: dict[str, dict[str, str]] = {
    "light": ON_OFF,
    "switch": ON_OFF,
    "fan": ON_OFF,
    "humidifier": ON_OFF,
    "siren": {},
    "input_boolean": ON_OFF,
    "group": {},
    "remote": ON_OFF,
    "cover": {"open": "open_cover", "closed": "close_cover"},
    "lock": {"locked": "lock"},
    "media_player": {
        "on": "turn_on",
        "off": "turn_off",
        "playing": "media_play",
        "paused": "media_pause",
    },
    "climate": {},
    "vacuum": {"cleaning": "start", "returning": "return_to_base"},
    "lawn_mower": {"mowing": "start_mowing", "returning": "dock"},
}
"""Target state -> service, per domain; a domain or state that is absent cannot be the action of a habit."""

CHOICES = {
    "climate": ("set_hvac_mode", "hvac_mode"),
    "input_select": ("select_option", "option"),
    "select": ("select_option", "option"),
}
"""Domains whose state is one of a list: the service and the field that takes the state."""

LEVELS = {"input_number": ("set_value", "value"), "number": ("set_value", "value")}
"""Domains whose state is a number."""

DANGEROUS = re.compile(r"(^|[ _.-])(stove|burner|oven|hob|cooktop|furnace|boiler)s?($|[ _.\d-])", re.IGNORECASE)
"""Devices that are dangerous unattended; no habit acts on them."""


def action_for(entity_id: str, state: str) -> Action | None:
    """The call that brings `entity_id` to `state`; None where nothing can."""
    domain = entity_id.split(".", 1)[0]
    if state in SERVICES.get(domain, {}):
        return Action(f"{domain}.{SERVICES[domain][state]}", entity_id, state)
    if domain in CHOICES:
        service, field = CHOICES[domain]
        return Action(f"{domain}.{service}", entity_id, state, {field: state})
    if domain in LEVELS and _is_number(state):
        service, field = LEVELS[domain]
        return Action(f"{domain}.{service}", entity_id, state, {field: float(state)})
    return None


def can_act_on(entity_id: str) -> bool:
    domain = entity_id.split(".", 1)[0]
    return bool(SERVICES.get(domain)) or domain in CHOICES or domain in LEVELS


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
