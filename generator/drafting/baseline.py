"""Drafts an automation from a pattern alone, with no model: what Home Assistant accepts, in its modern spelling."""

from __future__ import annotations

from typing import Any

from automations.config.times import WEEKDAYS, clock_text, duration_text
from automations.config.words.evidence import seen_words
from automations.config.words.phrase_book import ENGLISH
from automations.config.words.title import title_from
from generator.drafting.changes import light_condition, weekday_condition
from schemas.home import AutomationConfig, Home
from schemas.patterns import (
    EVERY_DAY,
    Action,
    ClockCondition,
    ClockTrigger,
    Condition,
    DarkCondition,
    NumericCondition,
    NumericTrigger,
    Pattern,
    StateCondition,
    StateTrigger,
    SunTrigger,
    Trigger,
)
from schemas.states import UNAVAILABLE_STATES


def baseline_from(pattern: Pattern, home: Home, language: str = ENGLISH) -> AutomationConfig:
    """A complete config without `id`; its alias and description are in `language`."""
    behaviour = _behaviour(pattern)
    alias, description = title_from(behaviour, home, language), seen_words(pattern.evidence, language)
    return {"alias": alias, "description": description, **behaviour}


def _behaviour(pattern: Pattern) -> AutomationConfig:
    return {
        "triggers": [_trigger(pattern.trigger)],
        "conditions": _day_condition(pattern.weekdays) + [_condition(condition) for condition in pattern.conditions],
        "actions": [step for action in pattern.actions for step in _steps(action)],
        "mode": "single",
    }


def _trigger(trigger: Trigger) -> dict[str, Any]:
    match trigger:
        case ClockTrigger(at_seconds=at):
            return {"trigger": "time", "at": clock_text(at)}
        case SunTrigger(event=event, offset_seconds=offset):
            return {"trigger": "sun", "event": event, "offset": duration_text(offset)}
        case StateTrigger():
            return _state_trigger(trigger)
        case NumericTrigger(entity_id=entity_id):
            band = _bounds(trigger.above, trigger.below)
            return {"trigger": "numeric_state", "entity_id": entity_id, **band, **_for_duration(trigger.for_seconds)}


def _state_trigger(trigger: StateTrigger) -> dict[str, Any]:
    # Without a `from`, coming back from unavailable after a restart would fire it too.
    before = {"from": trigger.from_} if trigger.from_ else {"not_from": list(UNAVAILABLE_STATES)}
    return {
        "trigger": "state",
        "entity_id": trigger.entity_id,
        **before,
        "to": trigger.to,
        **_for_duration(trigger.for_seconds),
    }


def _for_duration(seconds: int) -> dict[str, Any]:
    return {"for": duration_text(seconds)} if seconds else {}


def _bounds(above: float | None, below: float | None) -> dict[str, float]:
    return {name: bound for name, bound in (("above", above), ("below", below)) if bound is not None}


def _day_condition(weekdays: frozenset[int]) -> list[dict[str, Any]]:
    if weekdays == EVERY_DAY:
        return []
    return [weekday_condition([WEEKDAYS[day] for day in weekdays])]


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case DarkCondition(dark=dark):
            return light_condition(dark)
        case ClockCondition(after_seconds=after, before_seconds=before):
            return {"condition": "time", "after": clock_text(after), "before": clock_text(before)}
        case NumericCondition(entity_id=entity_id):
            return {
                "condition": "numeric_state",
                "entity_id": entity_id,
                **_bounds(condition.above, condition.below),
            }
        case StateCondition(entity_id=entity_id, state=state):
            return {"condition": "state", "entity_id": entity_id, "state": state}


def _steps(action: Action) -> list[dict[str, Any]]:
    call: dict[str, Any] = {"action": action.service, "target": {"entity_id": action.entity_id}}
    if action.data:
        call["data"] = dict(action.data)
    return [{"delay": duration_text(action.delay_seconds)}, call] if action.delay_seconds else [call]
