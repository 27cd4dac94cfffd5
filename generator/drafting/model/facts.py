"""What a model gets to know of a habit: the draft and its evidence in pseudonyms, rounded, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from automations.config.times import WEEKDAYS, clock_seconds, clock_words, duration_seconds, rounded_clock
from automations.config.values import is_template
from automations.config.yaml import canonicalize
from generator.drafting.privacy.ha_vocabulary import DATA_FIELDS, STATES
from generator.drafting.privacy.pseudonyms import Pseudonyms
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern

Facts = dict[str, Any]


def facts_from_draft(config: AutomationConfig, pseudonyms: Pseudonyms) -> Facts:
    """What the automation does now. What is not understood becomes `other`, so a template or a text is never sent."""
    plain = canonicalize(config)
    return {
        "triggers": [_trigger(trigger, pseudonyms) for trigger in plain.get("triggers", [])],
        "conditions": [
            {"id": pseudonyms.condition(f"conditions[{index}]"), **_condition(condition, pseudonyms)}
            for index, condition in enumerate(plain.get("conditions", []))
        ],
        "actions": [
            {"id": pseudonyms.action(f"actions[{index}]"), **_action(action, pseudonyms)}
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


def _trigger(trigger: dict[str, Any], pseudonyms: Pseudonyms) -> Facts:
    kind = trigger.get("trigger")
    clocks = [clock_seconds(at) for at in trigger.get("at", [])] if isinstance(trigger.get("at"), list) else []
    if kind == "time" and clocks and None not in clocks:
        return {"at": {pseudonyms.time(clock_words(at)): rounded_clock(at) for at in clocks if at is not None}}
    if kind == "sun" and trigger.get("event") in ("sunrise", "sunset"):
        return {
            "sun": trigger["event"],
            "offset_minutes": round((duration_seconds(trigger.get("offset", 0)) or 0) / 300) * 5,
        }
    if kind == "state" and _is_ids(trigger.get("entity_id")):
        return {
            "things": _pseudonyms_of(trigger, pseudonyms),
            **_states(trigger, ("from", "to"), pseudonyms),
            **_for_duration(trigger),
        }
    if kind == "numeric_state" and _is_ids(trigger.get("entity_id")):
        return {"things": _pseudonyms_of(trigger, pseudonyms), **_bounds(trigger), **_for_duration(trigger)}
    return {"other": True}


def _condition(condition: dict[str, Any], pseudonyms: Pseudonyms) -> Facts:
    kind = condition.get("condition")
    if kind == "sun":
        dark = condition.get("after") == "sunset" and condition.get("before") == "sunrise"
        light = condition.get("after") == "sunrise" and condition.get("before") == "sunset"
        return {"dark": dark} if dark or light else {"other": True}
    if kind == "time":
        return _time_window(condition, pseudonyms) or {"other": True}
    if kind == "state" and _is_ids(condition.get("entity_id")):
        return {"things": _pseudonyms_of(condition, pseudonyms), **_states(condition, ("state",), pseudonyms)}
    if kind == "numeric_state" and _is_ids(condition.get("entity_id")):
        return {"things": _pseudonyms_of(condition, pseudonyms), **_bounds(condition)}
    return {"other": True}


def _time_window(condition: dict[str, Any], pseudonyms: Pseudonyms) -> Facts:
    days = condition.get("weekday", [])
    facts: Facts = {"weekdays": [day for day in WEEKDAYS if day in days]} if days else {}
    for bound in ("after", "before"):
        clock = clock_seconds(condition.get(bound))
        if clock is not None:
            facts[bound] = {pseudonyms.time(clock_words(clock)): rounded_clock(clock)}
    return facts


def _action(action: dict[str, Any], pseudonyms: Pseudonyms) -> Facts:
    if "delay" in action:
        seconds = duration_seconds(action["delay"])
        return {"wait_minutes": round(seconds / 60, 1)} if seconds is not None else {"other": True}
    service = action.get("action")
    if not isinstance(service, str) or is_template(service):
        return {"other": True}
    target = action.get("target")
    data = action.get("data")
    common_data = (
        {key: value for key, value in data.items() if _is_common(key, value)} if isinstance(data, dict) else {}
    )
    facts: Facts = {"do": pseudonyms.service(service)}
    if isinstance(target, dict) and _is_ids(target.get("entity_id")):
        facts["things"] = _pseudonyms_of(target, pseudonyms)
    return facts | ({"data": common_data} if common_data else {})


def _is_common(key: Any, value: Any) -> bool:
    return key in DATA_FIELDS and (isinstance(value, int | float) or value in STATES)


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and "." in item for item in value)


def _pseudonyms_of(node: dict[str, Any], pseudonyms: Pseudonyms) -> list[str]:
    return [pseudonyms.thing(entity_id) for entity_id in node["entity_id"]]


def _states(node: dict[str, Any], keys: Sequence[str], pseudonyms: Pseudonyms) -> Facts:
    """States by their key; `null` and templates are left out."""
    listed = {key: node[key] if isinstance(node.get(key), list) else [] for key in keys}
    return {
        key: [pseudonyms.state(str(state)) for state in states if isinstance(state, str | int | float)]
        for key, states in listed.items()
        if states
    }


def _bounds(node: dict[str, Any]) -> Facts:
    """Thresholds to three figures."""
    return {
        key: float(f"{node[key]:.3g}")
        for key in ("above", "below")
        if isinstance(node.get(key), int | float) and not isinstance(node[key], bool)
    }


def _for_duration(trigger: dict[str, Any]) -> Facts:
    seconds = duration_seconds(trigger.get("for"))
    return {"for_minutes": round(seconds / 60, 1)} if seconds else {}
