"""Whether conditions hold at given timepoints: each kind by the rules of Home Assistant's own engine.

A result code is YES, NO, ERROR (Home Assistant raises; as a whole that counts as no) or DISABLED (switched off).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from automations.backtest import purpose_specific, templates
from automations.backtest.numeric_bounds import bounds_from_config, classify
from automations.backtest.state_history import ABSENT, StateHistory
from automations.backtest.timepoints import Firings, Ints, Mask, ResultCodes
from automations.backtest.values import NotComputable, duration_us, entity_ids, is_enabled, weekday_numbers
from automations.backtest.work import CALL_STEPS
from automations.config.times import clock_seconds
from automations.config.values import as_list, as_texts, is_template
from schemas.clock import DAY_US, SECOND_US, date_from_day, microseconds

YES, NO, ERROR, DISABLED = 1, 0, -1, 2


@dataclass(frozen=True)
class EvaluationContext:
    """What conditions are evaluated against: the history, the firings and the triggers."""

    history: StateHistory
    firings: Firings
    triggers: tuple[Mapping[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.firings)


ConditionEvaluator = Callable[[EvaluationContext, Mapping[str, Any]], ResultCodes]


def conditions_pass(context: EvaluationContext, conditions: Any) -> Mask:
    """Whether all conditions of a list hold; an error counts as no."""
    results = all_of(context, as_list(conditions))
    mask: Mask = results == YES
    return mask


def all_of(context: EvaluationContext, conditions: list[Any]) -> ResultCodes:
    results = [evaluate(context, condition) for condition in conditions]
    refused, failed = _any_equal(context, results, NO), _any_equal(context, results, ERROR)
    return _first_match(refused, NO, failed, ERROR, YES)


def any_of(context: EvaluationContext, conditions: list[Any]) -> ResultCodes:
    results = [evaluate(context, condition) for condition in conditions]
    agreed, failed = _any_equal(context, results, YES), _any_equal(context, results, ERROR)
    return _first_match(agreed, YES, failed, ERROR, NO)


def none_of(context: EvaluationContext, conditions: list[Any]) -> ResultCodes:
    results = [evaluate(context, condition) for condition in conditions]
    agreed, failed = _any_equal(context, results, YES), _any_equal(context, results, ERROR)
    return _first_match(agreed, NO, failed, ERROR, YES)


def _any_equal(context: EvaluationContext, results: list[ResultCodes], value: int) -> Mask:
    mask = np.zeros(len(context), np.bool_)
    for result in results:
        mask |= result == value
    return mask


def _first_match(first: Mask, then: int, second: Mask, or_then: int, otherwise: int) -> ResultCodes:
    return np.where(first, then, np.where(second, or_then, otherwise)).astype(np.int8)


def evaluate(context: EvaluationContext, condition: Any) -> ResultCodes:
    """One condition at every firing of the context."""
    context.history.work.spend(CALL_STEPS + len(context))
    if isinstance(condition, (str, bool)):
        condition = {"condition": "template", "value_template": condition}
    if isinstance(condition, list):
        return all_of(context, condition)
    if not isinstance(condition, Mapping):
        raise NotComputable(f"a condition is no condition but {condition!r}")
    if not is_enabled(condition):
        return np.full(len(context), DISABLED, np.int8)
    kind, full = _kind_and_config(condition)
    if kind in purpose_specific.CONDITIONS:
        return purpose_specific.evaluate(context.history, kind, full, context.firings.at)
    if kind not in CONDITION_EVALUATORS:
        raise NotComputable(f"its condition '{kind}' cannot be read from a history of states")
    return CONDITION_EVALUATORS[kind](context, full)


def _kind_and_config(condition: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The kind of a condition, with shorthands written out and `options` laid flat."""
    for short in ("and", "or", "not"):
        if short in condition and "condition" not in condition:
            return short, {**condition, "conditions": condition[short]}
    name = condition.get("condition")
    if isinstance(name, list):
        return "and", {**condition, "conditions": name}
    if is_template(name):
        return "template", {**condition, "value_template": name}
    options = condition.get("options")
    return str(name), {**condition, **options} if isinstance(options, Mapping) else condition


def evaluate_state(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    if config.get("attribute") is not None:
        raise NotComputable("a condition looks at an attribute, and the history holds states only")
    any_matches = config.get("match", "all") == "any"
    results = [_evaluate_entity_state(context, name, config) for name in entity_ids(config)]
    failed, agreed, refused = (
        _any_equal(context, results, ERROR),
        _any_equal(context, results, YES),
        _any_equal(context, results, NO),
    )
    if any_matches:
        return _first_match(failed, ERROR, agreed, YES, NO)
    return _first_match(refused, NO, failed, ERROR, YES)


def _evaluate_entity_state(context: EvaluationContext, entity_id: str, config: Mapping[str, Any]) -> ResultCodes:
    history, at = context.history, context.firings.at
    series = history.series(entity_id)
    current = series.state_at(at)
    matches, unclear = np.zeros(len(context), np.bool_), current == ABSENT
    for wanted in as_texts(config.get("state")):
        if wanted.split(".")[0].startswith("input_") and "." in wanted:
            other = history.series(wanted).state_at(at)
            unclear |= (other == ABSENT) & ~matches
            matches |= (other == current) & ~unclear
        else:
            matches |= current == history.state_code(wanted)
    if config.get("for") is not None:
        matches &= at.time - duration_us(config["for"]) > series.changed_at(at)
    return _first_match(unclear, ERROR, matches, YES, NO)


def evaluate_numeric_state(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    bounds, at = bounds_from_config(config), context.firings.at
    results = [
        classify(context.history, bounds, context.history.series(name).state_at(at), at) for name in entity_ids(config)
    ]
    return _first_match(_any_equal(context, results, NO), NO, _any_equal(context, results, ERROR), ERROR, YES)


def evaluate_time(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    """`after` is inclusive, `before` exclusive; a later `after` wraps midnight. `weekday` is the local one."""
    clock, at = context.history.clock, context.firings.at.time
    after, after_status = _clock_bound(context, config.get("after"), 0)
    before, before_status = _clock_bound(context, config.get("before"), DAY_US - 1)
    now = clock.time_of_day(at)
    inside = np.where(after < before, (now >= after) & (now < before), ~((now >= before) & (now < after)))
    today = np.isin(clock.weekday(at), weekday_numbers(config.get("weekday")))
    return _first_match(
        after_status == ERROR, ERROR, inside & today & (after_status == YES) & (before_status == YES), YES, NO
    )


def _clock_bound(context: EvaluationContext, value: Any, otherwise: int) -> tuple[Ints, ResultCodes]:
    """Microseconds since midnight at each firing, and whether they are known: NO is no time, ERROR an absent entity."""
    status = np.full(len(context), YES, np.int8)
    seconds = clock_seconds(value) if value is not None else None
    if value is None or seconds is not None:
        return np.full(len(context), otherwise if seconds is None else seconds * SECOND_US, np.int64), status
    entity_id = str(value)
    if not entity_id.startswith(("input_datetime.", "time.", "sensor.")):
        raise NotComputable(f"a time condition takes its time from '{value}'")
    states = context.history.series(entity_id).state_at(context.firings.at)
    distinct, inverse = np.unique(states, return_inverse=True)
    bounds_us = [
        _time_of_day_from_state(context, context.history.state_text(int(code))) if code != ABSENT else None
        for code in distinct
    ]
    values = np.array([bound or 0 for bound in bounds_us], np.int64)
    statuses = np.array([YES if bound is not None else NO for bound in bounds_us], np.int8)
    statuses[distinct == ABSENT] = ERROR
    return values[inverse], statuses[inverse]


def _time_of_day_from_state(context: EvaluationContext, text: str) -> int | None:
    """The time of day in an entity's state: `06:45:00`, a date with a time, or an instant (then in the home's zone)."""
    seconds = clock_seconds(text)
    if seconds is not None:
        return seconds * SECOND_US
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    local = at.astimezone(context.history.home.tzinfo) if at.tzinfo else at
    return ((local.hour * 60 + local.minute) * 60 + local.second) * SECOND_US


def evaluate_sun(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    """Both bounds are those of the firing's local date."""
    at = context.firings.at.time
    before, after = config.get("before"), config.get("after")
    rise, set_ = _sun_times(context, at, "sunrise"), _sun_times(context, at, "sunset")
    times = {"sunrise": rise, "sunset": set_}
    until = times[str(before)] + _offset_us(config, "before") if before in times else None
    since = times[str(after)] + _offset_us(config, "after") if after in times else None
    never = np.zeros(len(at), np.bool_)
    for event in times.keys() & {before, after}:
        never |= times[event] == NEVER
    if before == "sunrise" and after == "sunset" and until is not None and since is not None:
        return (((at < until) | (at > since)) & ~never).astype(np.int8)
    result = ~never
    if until is not None:
        result &= at <= until
    if since is not None:
        result &= at >= since
    return result.astype(np.int8)


NEVER: Final = np.iinfo(np.int64).min // 2
"""Stands for a sunrise or sunset that does not occur on that date."""


def _offset_us(config: Mapping[str, Any], side: str) -> int:
    value = config.get(f"{side}_offset")
    return duration_us(value) if value is not None else 0


def _sun_times(context: EvaluationContext, at: Ints, event: str) -> Ints:
    """The sunrise or sunset that belongs to the local date of each instant."""
    clock, sun = context.history.clock, context.history.sun
    days, inverse = np.unique(clock.local_day(at), return_inverse=True)
    times = []
    for day in days:
        today = date_from_day(int(day))
        event_time = sun.event_on(event, today)
        if event_time is not None and today > event_time.astimezone(clock.zone).date():
            event_time = sun.event_on(event, today + timedelta(days=1))
        times.append(NEVER if event_time is None else microseconds(event_time))
    return np.array(times, np.int64)[inverse] if times else np.zeros(0, np.int64)


def evaluate_zone(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    """Every entity is in one of the zones."""
    history, at = context.history, context.firings.at
    inside, unclear = np.ones(len(context), np.bool_), np.zeros(len(context), np.bool_)
    for entity_id in entity_ids(config):
        states = history.series(entity_id).state_at(at)
        unclear |= states == ABSENT
        inside &= np.logical_or.reduce(
            [history.is_in_zone(zone_id, states) for zone_id in as_texts(config.get("zone"))]
        )
    return _first_match(unclear & ~inside, ERROR, inside, YES, NO)


def evaluate_trigger(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    wanted = as_texts(config.get("id"))
    ids = [str(trigger.get("id", index)) for index, trigger in enumerate(context.triggers)]
    matches = np.array([name in wanted for name in ids], np.bool_)
    return matches[context.firings.trigger].astype(np.int8) if len(matches) else np.zeros(len(context), np.int8)


def evaluate_template(context: EvaluationContext, config: Mapping[str, Any]) -> ResultCodes:
    return templates.evaluate_condition(
        context.history, context.firings, context.triggers, config.get("value_template")
    )


CONDITION_EVALUATORS: Final[Mapping[str, ConditionEvaluator]] = {
    "and": lambda context, config: all_of(context, as_list(config.get("conditions"))),
    "or": lambda context, config: any_of(context, as_list(config.get("conditions"))),
    "not": lambda context, config: none_of(context, as_list(config.get("conditions"))),
    "state": evaluate_state,
    "numeric_state": evaluate_numeric_state,
    "time": evaluate_time,
    "sun": evaluate_sun,
    "zone": evaluate_zone,
    "trigger": evaluate_trigger,
    "template": evaluate_template,
}
"""The kinds of conditions that can be evaluated from a history of states."""
