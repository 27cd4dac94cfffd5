"""What a model gets to know of a habit: the draft and its evidence in pseudonyms, rounded, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from automations.config.normalize import canonicalize
from automations.config.reading.actions import Call, Step, Wait, read_step
from automations.config.reading.conditions import Condition, NumberIs, StateIs, SunIs, TimeIs, read_condition
from automations.config.reading.triggers import AtSun, AtTime, NumberCrossing, StateChange, Trigger, read_trigger
from automations.config.reading.values import Bound, Duration
from automations.config.times import WEEKDAYS, clock_words, rounded_clock
from automations.config.values import is_template
from generator.drafting.privacy.ha_vocabulary import DATA_FIELDS, STATES
from generator.drafting.privacy.pseudonyms import Pseudonyms
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern

Facts = dict[str, Any]

_UNKNOWN: Facts = {"other": True}


def facts_from_draft(config: AutomationConfig, pseudonyms: Pseudonyms) -> Facts:
    """What the automation does now. What is not understood becomes `other`, so a template or a text is never sent."""
    plain = canonicalize(config)
    return {
        "triggers": [_trigger(read_trigger(trigger), pseudonyms) for trigger in plain.get("triggers", [])],
        "conditions": [
            {"id": pseudonyms.condition(f"conditions[{index}]"), **_condition(read_condition(condition), pseudonyms)}
            for index, condition in enumerate(plain.get("conditions", []))
        ],
        "actions": [
            {"id": pseudonyms.action(f"actions[{index}]"), **_step(read_step(action), pseudonyms)}
            for index, action in enumerate(plain.get("actions", []))
        ],
        "mode": plain.get("mode", "single") if plain.get("mode") in ("restart", "queued", "parallel") else "single",
    }


def facts_from_things(home: Home, pseudonyms: Pseudonyms) -> Facts:
    """Every pseudonym given so far with its room; an entity without one has null."""
    areas = {name: home.area_of(entity_id) for name, entity_id in pseudonyms.things.items()}
    return {name: pseudonyms.room(area.area_id) if area else None for name, area in areas.items()}


def facts_from_evidence(pattern: Pattern, home: Home) -> Facts:
    """Its evidence: counts, shares and a weekday profile; never when exactly."""
    evidence = pattern.evidence
    weekdays = Counter(moment.astimezone(home.tzinfo).weekday() for moment in evidence.seen_at)
    return {
        "kind": pattern.kind.value,
        "days_seen": evidence.days_seen,
        "days_possible": evidence.days_possible,
        "confidence": round(evidence.confidence, 2),
        "lift": round(min(evidence.lift, 100.0), 1),
        "spread_minutes": round(evidence.jitter_seconds / 300) * 5,
        "weekdays": [weekdays[day] for day in range(7)],
    }


def _trigger(trigger: Trigger, pseudonyms: Pseudonyms) -> Facts:
    match trigger:
        case AtTime(clocks=clocks, named=()) if clocks:
            return {"at": _times(clocks, pseudonyms)}
        case AtSun(event=("sunrise" | "sunset") as event, offset=int(offset)):
            return {"sun": event, "offset_minutes": round(offset / 300) * 5}
        case StateChange(entity_ids=ids, attribute="") if _are_ids(ids):
            states = {"from": trigger.before, "to": trigger.to}
            return {"things": _things(ids, pseudonyms), **_states(states, pseudonyms), **_for(trigger.stays)}
        case NumberCrossing(entity_ids=ids, attribute="") if _are_ids(ids):
            bounds = _bounds(trigger.above, trigger.below)
            return {"things": _things(ids, pseudonyms), **bounds, **_for(trigger.stays)}
    return _UNKNOWN


def _condition(condition: Condition, pseudonyms: Pseudonyms) -> Facts:
    match condition:
        case SunIs(dark=bool(dark)):
            return {"dark": dark}
        case TimeIs():
            return _time_window(condition, pseudonyms) or _UNKNOWN
        case StateIs(entity_ids=ids, attribute="") if _are_ids(ids):
            return {"things": _things(ids, pseudonyms), **_states({"state": condition.states}, pseudonyms)}
        case NumberIs(entity_ids=ids, attribute="") if _are_ids(ids):
            return {"things": _things(ids, pseudonyms), **_bounds(condition.above, condition.below)}
    return _UNKNOWN


def _time_window(condition: TimeIs, pseudonyms: Pseudonyms) -> Facts:
    every_day = len(condition.weekdays) == len(WEEKDAYS)
    facts: Facts = {} if every_day else {"weekdays": [day for day in WEEKDAYS if day in condition.weekdays]}
    for bound, time in (("after", condition.after), ("before", condition.before)):
        if isinstance(time, int):
            facts[bound] = _times([time], pseudonyms)
    return facts


def _step(step: Step, pseudonyms: Pseudonyms) -> Facts:
    match step:
        case Wait(duration=int(seconds)):
            return {"wait_minutes": round(seconds / 60, 1)}
        case Call(service=service) if not is_template(service):
            facts: Facts = {"do": pseudonyms.service(service)}
            if _are_ids(step.entity_ids):
                facts["things"] = _things(step.entity_ids, pseudonyms)
            data = {key: value for key, value in step.data.items() if _is_common(key, value)}
            return facts | ({"data": data} if data else {})
    return _UNKNOWN


def _is_common(key: str, value: Any) -> bool:
    return key in DATA_FIELDS and (isinstance(value, int | float) or (isinstance(value, str) and value in STATES))


def _are_ids(ids: Sequence[str]) -> bool:
    return bool(ids) and all("." in entity_id and not is_template(entity_id) for entity_id in ids)


def _things(ids: Sequence[str], pseudonyms: Pseudonyms) -> list[str]:
    return [pseudonyms.thing(entity_id) for entity_id in ids]


def _times(clocks: Sequence[int], pseudonyms: Pseudonyms) -> Facts:
    return {pseudonyms.time(clock_words(clock)): rounded_clock(clock) for clock in clocks}


def _states(states: dict[str, tuple[str, ...]], pseudonyms: Pseudonyms) -> Facts:
    return {key: [pseudonyms.state(state) for state in named] for key, named in states.items() if named}


def _bounds(above: Bound, below: Bound) -> Facts:
    """Thresholds to three figures."""
    bounds = {"above": above, "below": below}
    return {key: float(f"{bound:.3g}") for key, bound in bounds.items() if isinstance(bound, float)}


def _for(stays: Duration | None) -> Facts:
    return {"for_minutes": round(stays / 60, 1)} if isinstance(stays, int) else {}
