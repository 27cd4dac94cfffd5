"""What services do to a thing: one verb for each, the state it has afterwards, and the service for a wanted state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.values import is_template


@dataclass(frozen=True)
class _Service:
    """A service of a domain ("": of every domain). `verb` is what device actions call it too, `state` what it ends in.

    `state` is "" where the call alone does not tell.
    """

    domain: str
    name: str
    verb: str
    state: str = ""


_SERVICES: Final = (
    _Service("", "turn_on", "turn_on", "on"),
    _Service("", "turn_off", "turn_off", "off"),
    _Service("cover", "open_cover", "open", "open"),
    _Service("cover", "close_cover", "close", "closed"),
    _Service("cover", "set_cover_position", "set_position"),
    _Service("valve", "open_valve", "open", "open"),
    _Service("valve", "close_valve", "close", "closed"),
    _Service("valve", "set_valve_position", "set_position"),
    _Service("lock", "lock", "lock", "locked"),
    _Service("lock", "unlock", "unlock", "unlocked"),
    _Service("lock", "open", "open", "open"),
    _Service("media_player", "media_play", "media_play", "playing"),
    _Service("media_player", "media_pause", "media_pause", "paused"),
    _Service("media_player", "media_stop", "media_stop", "idle"),
    _Service("vacuum", "start", "start", "cleaning"),
    _Service("vacuum", "return_to_base", "return_to_base", "returning"),
    _Service("lawn_mower", "start_mowing", "start_mowing", "mowing"),
    _Service("lawn_mower", "dock", "dock", "returning"),
    _Service("alarm_control_panel", "alarm_arm_home", "arm_home", "armed_home"),
    _Service("alarm_control_panel", "alarm_arm_away", "arm_away", "armed_away"),
    _Service("alarm_control_panel", "alarm_arm_night", "arm_night", "armed_night"),
    _Service("alarm_control_panel", "alarm_disarm", "disarm", "disarmed"),
)

_BY_NAME: Final = {(service.domain, service.name): service for service in _SERVICES}
_BY_VERB: Final = {(service.domain, service.verb): service for service in _SERVICES}
_BY_STATE: Final = {(service.domain, service.state): service for service in _SERVICES if service.state}

_OPENABLE_DOMAINS: Final = ("cover", "valve")

CHOICES: Final[Mapping[str, tuple[str, str]]] = {
    "climate": ("set_hvac_mode", "hvac_mode"),
    "water_heater": ("set_operation_mode", "operation_mode"),
    "select": ("select_option", "option"),
    "input_select": ("select_option", "option"),
}
"""Domains whose state is one of a list: the service and the field of its data that is the state afterwards."""

LEVELS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("set_value", "value"),
    "input_number": ("set_value", "value"),
    "text": ("set_value", "value"),
    "input_text": ("set_value", "value"),
}
"""Domains whose state is a number or a text, likewise."""


def verb_of(domain: str, service: str) -> str:
    """One word for what services and device actions name in several ways; `homeassistant.turn_on` opens a cover."""
    if domain in _OPENABLE_DOMAINS and service in ("turn_on", "turn_off"):
        return "open" if service == "turn_on" else "close"
    known = _find(_BY_NAME, domain, service)
    return known.verb if known else service


def verb_for_state(domain: str, state: str) -> str:
    """The verb that brings a thing to this state; the state itself where no verb does."""
    service = service_for_state(domain, state)
    return verb_of(domain, service) if service else state


def service_for_state(domain: str, state: str) -> str:
    """The service that brings a thing to this state, without its domain; "" where none does."""
    known = _find(_BY_STATE, domain, state)
    return known.name if known else ""


def state_after(domain: str, verb: str, data: Mapping[str, Any]) -> str:
    """The state of a thing after this was done to it; "" where the call alone does not tell."""
    known = _find(_BY_VERB, domain, verb)
    if known and known.state:
        return known.state
    _, field = CHOICES.get(domain) or LEVELS.get(domain) or ("", "")
    value = data.get(field)
    return "" if value is None or is_template(value) or isinstance(value, (dict, list)) else str(value)


def _find(table: Mapping[tuple[str, str], _Service], domain: str, word: str) -> _Service | None:
    return table.get((domain, word)) or table.get(("", word))
