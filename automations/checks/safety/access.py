"""Rules about locks, alarms, doors, covers, valves and sirens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.calls import ServiceCall
from automations.config.values import HomeTag

_MOVING_VERBS: Final = ("open", "close", "toggle", "set_position", "toggle_cover_tilt", "set_cover_tilt_position")
_OPENING_VERBS: Final = ("open", "toggle", "set_position")
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


def lock(context: RuleContext) -> Iterator[SafetyFinding]:
    """Unlocking or opening a lock."""
    for call in context.calls:
        if call.domain == "lock" and call.verb in ("unlock", "open", "turn_off", "toggle"):
            yield SafetyFinding(
                call.path, f"It unlocks {context.display_name(call)}.", "Let a person unlock it, or only lock it."
            )


def alarm(context: RuleContext) -> Iterator[SafetyFinding]:
    """Disarming an alarm, or a code that anyone can read in the text."""
    for call in context.calls:
        if call.domain == "alarm_control_panel" and call.verb == "disarm":
            yield SafetyFinding(call.path, f"It disarms {context.display_name(call)}.", "Let a person disarm it.")
        code = call.data.get("code")
        hidden = isinstance(code, HomeTag) or "{" in str(code)
        if call.domain in ("alarm_control_panel", "lock") and code not in (None, "") and not hidden:
            yield SafetyFinding(
                f"{call.path}.data.code", "A code stands here for everyone to read.", "Remove the code."
            )


def garage_door(context: RuleContext) -> Iterator[SafetyFinding]:
    """Opening a garage door, a gate or a door."""
    for call in context.calls:
        if call.verb in _OPENING_VERBS and call.domain == "cover" and _is_gate(context, call):
            yield SafetyFinding(
                call.path, f"It opens {context.display_name(call)}.", "Let a person open it, or only close it."
            )


def cover_without_sensor(context: RuleContext) -> Iterator[SafetyFinding]:
    """Moving a cover that does not say whether it is open: nobody would know its position afterwards."""
    for call in context.calls:
        if (
            call.domain == "cover"
            and call.verb in _MOVING_VERBS
            and call.entity_id
            and not _reports_position(context, call)
        ):
            message = f"It moves {context.display_name(call)}, which does not say whether it is open."
            yield SafetyFinding(call.path, message, "Use a cover that reports its position.")


def valve(context: RuleContext) -> Iterator[SafetyFinding]:
    """Opening a valve."""
    for call in context.calls:
        if call.domain == "valve" and call.verb in _OPENING_VERBS:
            yield SafetyFinding(
                call.path,
                f"It opens {context.display_name(call)}.",
                "Close it again after a fixed time, or only close it.",
            )


def siren(context: RuleContext) -> Iterator[SafetyFinding]:
    """Sounding a siren."""
    for call in context.calls:
        if call.domain == "siren" and call.verb in ("turn_on", "toggle"):
            yield SafetyFinding(
                call.path, f"It sounds {context.display_name(call)}.", "Send a notification in its place."
            )


def _is_gate(context: RuleContext, call: ServiceCall) -> bool:
    entity = context.entity(call)
    return bool(entity and entity.device_class in _GATE_CLASSES) or context.has_word(call, _GATE_WORDS)


def _reports_position(context: RuleContext, call: ServiceCall) -> bool:
    """Whether the history ever had it open or closed; without a history, whether its device has an opening sensor."""
    events, home = context.events, context.home
    if events is not None and call.entity_id in events.entities:
        codes = np.unique(events.state[events.entity == events.entities.index(call.entity_id)])
        return bool({events.states[code] for code in codes} & {"open", "closed"})
    entity = context.entity(call)
    if home is None or entity is None or entity.device_class not in (None, *_GATE_CLASSES):
        return True
    sensors = ("door", "garage_door", "opening", "window")
    return any(
        other.domain == "binary_sensor" and other.device_class in sensors and other.device_id == entity.device_id
        for other in home.entities
        if entity.device_id
    )
