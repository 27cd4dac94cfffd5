"""The state changes that an automation causes, and those that would trigger it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from automations.config.calls import ServiceCall, calls_from_config, calls_from_step
from automations.config.nodes import is_disabled, walk
from automations.config.normalize import canonicalize
from automations.config.services import LEVELS, state_after
from automations.config.values import strings
from schemas.home import AutomationConfig, Home

_TARGET_BY_PLACE: Final = re.compile(r'"(area|device|floor|label)_id"')

_MAX_CHANGES: Final = 1000
"""Changes of one automation that are considered; a person's has some ten."""

ANY_STATE: Final = "*"
"""Any state, or an unknown one: `toggle`, or a trigger on every change."""

_OPPOSITE_STATES: Final = (("on", "off"), ("open", "closed"), ("locked", "unlocked"), ("playing", "paused"))
_STATELESS_DOMAINS: Final = ("scene", "script", "automation", "notify", "button", "input_button")
"""What is done to these is no state of theirs."""


@dataclass(frozen=True)
class StateChange:
    """`entity_id` turns to `state`; for a trigger, `from_state` is the state it must come from."""

    entity_id: str
    state: str
    from_state: str = ANY_STATE


def caused_changes(config: AutomationConfig, home: Home | None) -> list[StateChange]:
    """State changes that its actions cause, in their order, wherever they are nested.

    Not among them are numbers and texts: two of these that differ are no contradiction.
    """
    changes = _changes_from_calls(call for call in calls_from_config(config, home) if call.domain not in LEVELS)
    return list(islice(changes, _MAX_CHANGES))


def changes_from_step(step: Mapping[str, Any], home: Home) -> tuple[StateChange, ...]:
    """What one action itself causes; empty where the state afterwards is not known."""
    return tuple(change for change in _changes_from_calls(calls_from_step(step, home)) if change.state != ANY_STATE)


def _changes_from_calls(calls: Iterable[ServiceCall]) -> Iterator[StateChange]:
    for call in calls:
        state = _state_after(call) if call.entity_id else ""
        if state:
            yield StateChange(call.entity_id, state)


def targets_places(text: str) -> bool:
    """Whether a config, as JSON, may act on a whole area, device, floor or label, which only the home knows."""
    return _TARGET_BY_PLACE.search(text) is not None


def _state_after(call: ServiceCall) -> str:
    if call.domain in _STATELESS_DOMAINS:
        return ""
    return ANY_STATE if call.verb == "toggle" else state_after(call.domain, call.verb, call.data)


def triggering_changes(config: AutomationConfig) -> tuple[StateChange, ...]:
    """State changes that would trigger it: its state triggers, one entity and state at a time."""
    triggers: AutomationConfig = {key: config[key] for key in ("trigger", "triggers") if key in config}
    return tuple(islice(_triggering_changes(canonicalize(triggers)), _MAX_CHANGES))


def _triggering_changes(config: AutomationConfig) -> Iterator[StateChange]:
    for node in walk({"triggers": config.get("triggers", [])}):
        value = node.value if node.text("trigger") == "state" else {}
        if not value or "attribute" in value or is_disabled(value):
            continue
        for entity in strings(value.get("entity_id")):
            for state in strings(value.get("to")) or [ANY_STATE]:
                for from_state in strings(value.get("from")) or [ANY_STATE]:
                    yield StateChange(entity, state, from_state)


def would_trigger(effect: StateChange, awaited: StateChange) -> bool:
    """Whether this effect is a change that the trigger waits for."""
    same_state = ANY_STATE in (effect.state, awaited.state) or effect.state == awaited.state
    return (
        effect.entity_id == awaited.entity_id
        and same_state
        and (awaited.from_state == ANY_STATE or awaited.from_state != effect.state)
    )


def are_opposite(first: str, second: str) -> bool:
    """Whether two states of one entity exclude each other. Two different modes do; `ANY_STATE` never does."""
    if ANY_STATE in (first, second) or first == second:
        return False
    paired_states = {state for pair in _OPPOSITE_STATES for state in pair}
    return (
        (first, second) in _OPPOSITE_STATES
        or (second, first) in _OPPOSITE_STATES
        or not {first, second} <= paired_states
    )
