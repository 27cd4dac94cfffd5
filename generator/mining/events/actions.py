"""Which service brings an entity to a target state, and which entities are never acted on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from automations.config.services import CHOICES, LEVELS, service_for_state
from schemas.patterns import Action

_ON_OFF: Final = ("on", "off")
SWITCHED_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "light": _ON_OFF,
    "switch": _ON_OFF,
    "fan": _ON_OFF,
    "humidifier": _ON_OFF,
    "input_boolean": _ON_OFF,
    "remote": _ON_OFF,
    "cover": ("open", "closed"),
    "lock": ("locked",),
    "media_player": (*_ON_OFF, "playing", "paused"),
    "vacuum": ("cleaning", "returning"),
    "lawn_mower": ("mowing", "returning"),
}
"""The states to which a habit may bring a thing, per domain; none unlocks, and none sounds a siren."""

CHOICE_DOMAINS: Final = ("climate", "input_select", "select")
LEVEL_DOMAINS: Final = ("input_number", "number")

DANGEROUS = re.compile(r"(^|[ _.-])(stove|burner|oven|hob|cooktop|furnace|boiler)s?($|[ _.\d-])", re.IGNORECASE)
"""Devices that are dangerous unattended; no habit acts on them."""


def action_for(entity_id: str, state: str) -> Action | None:
    """The call that brings `entity_id` to `state`; None where no habit may."""
    domain = entity_id.split(".", 1)[0]
    if state in SWITCHED_STATES.get(domain, ()):
        return Action(f"{domain}.{service_for_state(domain, state)}", entity_id, state)
    if domain in CHOICE_DOMAINS:
        service, field = CHOICES[domain]
        return Action(f"{domain}.{service}", entity_id, state, {field: state})
    if domain in LEVEL_DOMAINS and _is_number(state):
        service, field = LEVELS[domain]
        return Action(f"{domain}.{service}", entity_id, state, {field: float(state)})
    return None


def can_act_on(entity_id: str) -> bool:
    return entity_id.split(".", 1)[0] in (*SWITCHED_STATES, *CHOICE_DOMAINS, *LEVEL_DOMAINS)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
