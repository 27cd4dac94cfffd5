"""Whether conditions hold at given moments: each kind by the rules of Home Assistant's own engine.

A verdict is YES, NO, ERROR (Home Assistant raises; as a whole that counts as no) or ABSENT_CONDITION (switched off).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from automations.backtest import purpose, templates
from automations.backtest.clock import date_of, microseconds
from automations.backtest.numeric import bounds, verdicts
from automations.backtest.state_history import ABSENT, Past
from automations.backtest.timepoints import Firings, Ints, Mask, Verdicts
from automations.config.values import (
    NotComputable,
    as_list,
    as_texts,
    clock_seconds,
    duration_us,
    entity_ids,
    is_enabled,
    is_template,
    weekdays_from_value,
)
from schemas.clock import DAY_SECONDS, SECOND_US

YES, NO, ERROR, ABSENT_CONDITION = 1, 0, -1, 2


@dataclass(frozen=True)
class Scene:
    """Where conditions are asked: the history, the firings (moments and what fired) and the triggers."""

    past: Past
    fired: Firings
    triggers: tuple[Mapping[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.fired)


Kind = Callable[[Scene, Mapping[str, Any]], Verdicts]


def hold(scene: Scene, conditions: Any) -> Mask:
    """Whether all conditions of a list hold; an error is no yes."""
    verdict = all_of(scene, as_list(conditions))
    result: Mask = verdict == YES
    return result


def all_of(scene: Scene, conditions: list[Any]) -> Verdicts:
    every = [evaluate(scene, condition) for condition in conditions]
    refused, failed = _any(scene, every, NO), _any(scene, every, ERROR)
    return _verdict(refused, NO, failed, ERROR, YES)


def any_of(scene: Scene, conditions: list[Any]) -> Verdicts:
    every = [evaluate(scene, condition) for condition in conditions]
    agreed, failed = _any(scene, every, YES), _any(scene, every, ERROR)
    return _verdict(agreed, YES, failed, ERROR, NO)


def none_of(scene: Scene, conditions: list[Any]) -> Verdicts:
    every = [evaluate(scene, condition) for condition in conditions]
    agreed, failed = _any(scene, every, YES), _any(scene, every, ERROR)
    return _verdict(agreed, NO, failed, ERROR, YES)


def _any(scene: Scene, every: list[Verdicts], wanted: int) -> Mask:
    found = np.zeros(len(scene), np.bool_)
    for verdict in every:
        found |= verdict == wanted
    return found


def _verdict(first: Mask, then: int, second: Mask, or_then: int, otherwise: int) -> Verdicts:
    return np.where(first, then, np.where(second, or_then, otherwise)).astype(np.int8)


def evaluate(scene: Scene, condition: Any) -> Verdicts:
    """One condition at every moment of the scene."""
    if isinstance(condition, (str, bool)):
        condition = {"condition": "template", "value_template": condition}
    if isinstance(condition, list):
        return all_of(scene, condition)
    if not isinstance(condition, Mapping):
        raise NotComputable(f"a condition is no condition but {condition!r}")
    if not is_enabled(condition):
        return np.full(len(scene), ABSENT_CONDITION, np.int8)
    name, full = _named(condition)
    if name in purpose.CONDITIONS:
        return purpose.holds(scene.past, name, full, scene.fired.at)
    if name not in KINDS:
        raise NotComputable(f"its condition '{name}' cannot be read from a history of states")
    return KINDS[name](scene, full)


def _named(condition: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
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


def state(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    if config.get("attribute") is not None:
        raise NotComputable("a condition looks at an attribute, and the history holds states only")
    any_matches = config.get("match", "all") == "any"
    every = [_is_state(scene, name, config) for name in entity_ids(config)]
    failed, agreed, refused = _any(scene, every, ERROR), _any(scene, every, YES), _any(scene, every, NO)
    if any_matches:
        return _verdict(failed, ERROR, agreed, YES, NO)
    return _verdict(refused, NO, failed, ERROR, YES)


def _is_state(scene: Scene, name: str, config: Mapping[str, Any]) -> Verdicts:
    past, at = scene.past, scene.fired.at
    series = past.series(name)
    found = series.state_at(at)
    matches, unclear = np.zeros(len(scene), np.bool_), found == ABSENT
    for wanted in as_texts(config.get("state")):
        if wanted.split(".")[0].startswith("input_") and "." in wanted:
            other = past.series(wanted).state_at(at)
            unclear |= (other == ABSENT) & ~matches
            matches |= (other == found) & ~unclear
        else:
            matches |= found == past.code(wanted)
    if config.get("for") is not None:
        matches &= at.time - duration_us(config["for"]) > series.changed_at(at)
    return _verdict(unclear, ERROR, matches, YES, NO)


def numeric_state(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    limits, at = bounds(config), scene.fired.at
    every = [verdicts(scene.past, limits, scene.past.series(name).state_at(at), at) for name in entity_ids(config)]
    return _verdict(_any(scene, every, NO), NO, _any(scene, every, ERROR), ERROR, YES)


def time(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    """`after` is inclusive, `before` exclusive; a later `after` wraps midnight. `weekday` is that of the moment."""
    clock, at = scene.past.clock, scene.fired.at.time
    after, known_after = _clock_bound(scene, config.get("after"), 0)
    before, known_before = _clock_bound(scene, config.get("before"), DAY_SECONDS * SECOND_US - 1)
    now = clock.of_day(at)
    inside = np.where(after < before, (now >= after) & (now < before), ~((now >= before) & (now < after)))
    today = np.isin(clock.weekday(at), list(weekdays_from_value(config.get("weekday"))))
    return _verdict(known_after == ERROR, ERROR, inside & today & (known_after == YES) & (known_before == YES), YES, NO)


def _clock_bound(scene: Scene, value: Any, otherwise: int) -> tuple[Ints, Verdicts]:
    """Microseconds since midnight at each moment, and whether they are known: NO is silent, ERROR an absent entity."""
    sure = np.full(len(scene), YES, np.int8)
    seconds = clock_seconds(value) if value is not None else None
    if value is None or seconds is not None:
        return np.full(len(scene), otherwise if seconds is None else seconds * SECOND_US, np.int64), sure
    name = str(value)
    if not name.startswith(("input_datetime.", "time.", "sensor.")):
        raise NotComputable(f"a time condition takes its time from '{value}'")
    found = scene.past.series(name).state_at(scene.fired.at)
    distinct, inverse = np.unique(found, return_inverse=True)
    bounds_us = [_time_in(scene, scene.past.text(int(code))) if code != ABSENT else None for code in distinct]
    told = np.array([bound or 0 for bound in bounds_us], np.int64)
    known = np.array([YES if bound is not None else NO for bound in bounds_us], np.int8)
    known[distinct == ABSENT] = ERROR
    return told[inverse], known[inverse]


def _time_in(scene: Scene, text: str) -> int | None:
    """The time of day in an entity's state: `06:45:00`, a date with a time, or an instant (then in the home's zone)."""
    seconds = clock_seconds(text)
    if seconds is not None:
        return seconds * SECOND_US
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    local = at.astimezone(scene.past.home.tzinfo) if at.tzinfo else at
    return ((local.hour * 60 + local.minute) * 60 + local.second) * SECOND_US


def sun(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    """Both bounds are those of the local date of the moment."""
    at = scene.fired.at.time
    before, after = config.get("before"), config.get("after")
    rise, set_ = _sun_times(scene, at, "sunrise"), _sun_times(scene, at, "sunset")
    times = {"sunrise": rise, "sunset": set_}
    until = times[str(before)] + _offset(config, "before") if before in times else None
    since = times[str(after)] + _offset(config, "after") if after in times else None
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
"""Stands for a sunrise or sunset that does not come."""


def _offset(config: Mapping[str, Any], side: str) -> int:
    value = config.get(f"{side}_offset")
    return duration_us(value) if value is not None else 0


def _sun_times(scene: Scene, at: Ints, event: str) -> Ints:
    """The sunrise or sunset that belongs to the local date of each moment."""
    clock, sky = scene.past.clock, scene.past.sky
    days, inverse = np.unique(clock.day(at), return_inverse=True)
    found = []
    for day in days:
        today = date_of(int(day))
        when = sky.on(event, today)
        if when is not None and today > when.astimezone(clock.zone).date():
            when = sky.on(event, today + timedelta(days=1))
        found.append(NEVER if when is None else microseconds(when))
    return np.array(found, np.int64)[inverse] if found else np.zeros(0, np.int64)


def zone(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    """Every entity is in one of the zones."""
    past, at = scene.past, scene.fired.at
    inside, unclear = np.ones(len(scene), np.bool_), np.zeros(len(scene), np.bool_)
    for name in entity_ids(config):
        found = past.series(name).state_at(at)
        unclear |= found == ABSENT
        inside &= np.logical_or.reduce([past.in_zone(zone_id, found) for zone_id in as_texts(config.get("zone"))])
    return _verdict(unclear & ~inside, ERROR, inside, YES, NO)


def trigger(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    wanted = as_texts(config.get("id"))
    ids = [str(trigger.get("id", place)) for place, trigger in enumerate(scene.triggers)]
    named = np.array([name in wanted for name in ids], np.bool_)
    return named[scene.fired.trigger].astype(np.int8) if len(named) else np.zeros(len(scene), np.int8)


def template(scene: Scene, config: Mapping[str, Any]) -> Verdicts:
    return templates.verdicts(scene.past, scene.fired, scene.triggers, config.get("value_template"))


KINDS: Final[Mapping[str, Kind]] = {
    "and": lambda scene, config: all_of(scene, as_list(config.get("conditions"))),
    "or": lambda scene, config: any_of(scene, as_list(config.get("conditions"))),
    "not": lambda scene, config: none_of(scene, as_list(config.get("conditions"))),
    "state": state,
    "numeric_state": numeric_state,
    "time": time,
    "sun": sun,
    "zone": zone,
    "trigger": trigger,
    "template": template,
}
"""The kinds of conditions that a history of states answers."""
