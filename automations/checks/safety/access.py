"""Rules about what lets people in, lets water out, or wakes the street."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from automations.checks.safety.finding import Finding, Scope
from automations.config.calls import Deed

_MOVES: Final = ("open", "close", "toggle", "set_position", "toggle_cover_tilt", "set_cover_tilt_position")
_LETS_IN: Final = ("open", "toggle", "set_position")
_GATE_CLASSES: Final = ("garage", "garage_door", "gate", "door")
_GATE_WORDS: Final = (
    "garage",
    "gate",
    "carport",
    "poort",
    "tor",
    "garagentor",
    "hoftor",
    "portail",
    "puerta",
    "portao",
    "brama",
)


def lock(scope: Scope) -> Iterator[Finding]:
    """Unlocking or opening a lock."""
    for deed in scope.deeds:
        if deed.domain == "lock" and deed.verb in ("unlock", "open", "turn_off", "toggle"):
            yield Finding(deed.path, f"It unlocks {scope.called(deed)}.", "Let a person unlock it, or only lock it.")


def alarm(scope: Scope) -> Iterator[Finding]:
    """Disarming an alarm, or a code that anyone can read in the text."""
    for deed in scope.deeds:
        if deed.domain == "alarm_control_panel" and deed.verb == "disarm":
            yield Finding(deed.path, f"It disarms {scope.called(deed)}.", "Let a person disarm it.")
        code = deed.data.get("code")
        if deed.domain in ("alarm_control_panel", "lock") and code not in (None, "") and "{" not in str(code):
            yield Finding(f"{deed.path}.data.code", "A code stands here for everyone to read.", "Remove the code.")


def garage_door(scope: Scope) -> Iterator[Finding]:
    """Opening a garage door, a gate or a door."""
    for deed in scope.deeds:
        if deed.verb in _LETS_IN and deed.domain == "cover" and _is_gate(scope, deed):
            yield Finding(deed.path, f"It opens {scope.called(deed)}.", "Let a person open it, or only close it.")


def cover_without_sensor(scope: Scope) -> Iterator[Finding]:
    """Moving a cover that does not say whether it is open: nobody would know how it stands afterwards."""
    for deed in scope.deeds:
        if deed.domain == "cover" and deed.verb in _MOVES and deed.entity_id and not _says_how_it_stands(scope, deed):
            message = f"It moves {scope.called(deed)}, which does not say whether it is open."
            yield Finding(deed.path, message, "Use a cover that reports its position.")


def valve(scope: Scope) -> Iterator[Finding]:
    """Opening a valve."""
    for deed in scope.deeds:
        if deed.domain == "valve" and deed.verb in _LETS_IN:
            yield Finding(
                deed.path, f"It opens {scope.called(deed)}.", "Close it again after a fixed time, or only close it."
            )


def siren(scope: Scope) -> Iterator[Finding]:
    """Sounding a siren."""
    for deed in scope.deeds:
        if deed.domain == "siren" and deed.verb in ("turn_on", "toggle"):
            yield Finding(deed.path, f"It sounds {scope.called(deed)}.", "Send a notification in its place.")


def _is_gate(scope: Scope, deed: Deed) -> bool:
    entity = scope.entity(deed)
    return bool(entity and entity.device_class in _GATE_CLASSES) or scope.is_like(deed, _GATE_WORDS)


def _says_how_it_stands(scope: Scope, deed: Deed) -> bool:
    """Whether the history ever showed it open or closed; without a history, whether a sensor of its device tells."""
    events, home = scope.events, scope.home
    if events is not None and deed.entity_id in events.entities:
        seen = np.unique(events.state[events.entity == events.entities.index(deed.entity_id)])
        return bool({events.states[code] for code in seen} & {"open", "closed"})
    entity = scope.entity(deed)
    if home is None or entity is None or entity.device_class not in (None, *_GATE_CLASSES):
        return True
    sensors = ("door", "garage_door", "opening", "window")
    return any(
        other.domain == "binary_sensor" and other.device_class in sensors and other.device_id == entity.device_id
        for other in home.entities
        if entity.device_id
    )
