"""When triggers fire: each kind by the rules of Home Assistant's own engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from automations.backtest import purpose, templates, timers
from automations.backtest.moments import Firings, Ints, Mask, Moments, firings_without_entity, joined
from automations.backtest.numeric import ERROR, INSIDE, OUTSIDE, bounds, verdicts
from automations.backtest.past import ABSENT, Past, Series
from automations.backtest.reading import NotComputable, enabled, entity_ids, listed, period_us, texts

Kind = Callable[[Past, Mapping[str, Any], Moments], Firings]


def flat(triggers: Any) -> list[Mapping[str, Any]]:
    """The triggers with lists inside the list taken apart, as Home Assistant numbers them."""
    found: list[Mapping[str, Any]] = []
    for trigger in listed(triggers):
        inner = trigger.get("triggers") if isinstance(trigger, Mapping) and "trigger" not in trigger else None
        found += flat(inner) if inner is not None else [trigger]
    return found


def firings(past: Past, triggers: list[Mapping[str, Any]], since: Moments) -> Firings:
    """Every firing after `since` (one moment) up to the end of the window, oldest first."""
    return joined([_firings(past, trigger, since) for trigger in triggers])


def _firings(past: Past, trigger: Mapping[str, Any], since: Moments) -> Firings:
    if not enabled(trigger):
        return joined([])
    name = str(trigger.get("trigger"))
    if name in purpose.TRIGGERS:
        return _purpose(past, name, {**trigger, **(trigger.get("options") or {})}, since)
    if name not in KINDS:
        raise NotComputable(f"its trigger '{name}' leaves no trace in a history of states")
    options = trigger.get("options")
    full = {**trigger, **options} if isinstance(options, Mapping) else trigger
    return KINDS[name](past, full, since)


def state(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    if config.get("attribute") is not None:
        raise NotComputable("a trigger looks at an attribute, and the history holds states only")
    hold_us = period_us(config["for"]) if config.get("for") is not None else 0
    return _each_entity(past, entity_ids(config), lambda series: _state_changes(past, config, series, since, hold_us))


def _state_changes(
    past: Past, config: Mapping[str, Any], series: Series, since: Moments, hold_us: int
) -> tuple[Moments, Ints]:
    before = np.concatenate([[ABSENT], series.state[:-1]]) if len(series) else series.state
    after = series.state
    match = _matches(past, config, "from", before) & _matches(past, config, "to", after)
    place = np.flatnonzero(match & _later(series, since))
    if not hold_us:
        return Moments(series.time[place], series.seen[place]), place
    back_only = "from" in config and "to" not in config
    ends = _returns(series, place, before) if back_only else place + 1
    return _held(past, series, place, ends, hold_us)


def _matches(past: Past, config: Mapping[str, Any], side: str, state: Ints) -> Mask:
    wanted, unwanted = config.get(side), config.get(f"not_{side}")
    if wanted is not None and wanted != "*":
        return np.isin(state, past.codes(texts(wanted)))
    if wanted is None and unwanted is not None:
        return ~np.isin(state, past.codes(texts(unwanted)))
    return np.ones(len(state), np.bool_)


def _purpose(past: Past, kind: str, config: Mapping[str, Any], since: Moments) -> Firings:
    """A purpose-specific kind; `behavior` wants each turn, that of the first or that of the last of its targets."""
    turn, names = purpose.TRIGGERS[kind], purpose.targets(past, kind, config)
    hold_us = period_us(config["for"]) if config.get("for") is not None else 0
    behavior = {"any": "each", "last": "all"}.get(config.get("behavior", "each"), config.get("behavior", "each"))
    if hold_us and behavior != "each":
        raise NotComputable(f"`{kind}` asks for how long several targets are so together")

    def turns(series: Series) -> tuple[Moments, Ints]:
        place = np.flatnonzero(purpose.turned(past, turn, series) & _later(series, since))
        if hold_us:
            return _held(past, series, place, purpose.leaves(past, turn, series, place), hold_us)
        at = Moments(series.time[place], series.seen[place])
        if behavior != "each":
            matching, real = purpose.counted(past, names, turn.to, at)
            together = matching == (1 if behavior == "first" else real)
            return at.take(together), place[together]
        return at, place

    return _each_entity(past, names, turns) if names else joined([])


def numeric_state(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    limits = bounds(config)
    hold_us = period_us(config["for"]) if config.get("for") is not None else 0

    def crossings(series: Series) -> tuple[Moments, Ints]:
        verdict = verdicts(past, limits, series.state, Moments(series.time, series.seen))
        place = np.flatnonzero(_crossed(verdict, int(series.place(since)[0])) & _later(series, since))
        if not hold_us:
            return Moments(series.time[place], series.seen[place]), place
        outside = np.append(np.flatnonzero(verdict != INSIDE), len(series))
        return _held(past, series, place, outside[np.searchsorted(outside, place)], hold_us)

    return _each_entity(past, entity_ids(config), crossings)


def _crossed(verdict: np.ndarray[Any, Any], first: int) -> Mask:
    """Inside now, outside at the last verdict before; errors are passed over, what was before `first` is not known."""
    place = np.arange(len(verdict))
    last = np.maximum.accumulate(np.where(verdict != ERROR, place, -1)) if len(verdict) else place
    previous = np.concatenate([[-1], last[:-1]]) if len(verdict) else last
    armed = (previous >= max(first, 0)) & (verdict[np.maximum(previous, 0)] == OUTSIDE)
    crossed: Mask = (verdict == INSIDE) & armed
    return crossed


def template(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    """The template turns from no to yes; errors are passed over."""
    hold_us = period_us(config["for"]) if config.get("for") is not None else 0
    course = templates.course(past, config.get("value_template"), timers.INSIDE_SECOND_US)
    later = (course.at.time > since.time[0]) | (course.at.seen > since.seen[0])
    first = int(np.flatnonzero(~later)[-1]) if (~later).any() else -1
    place = np.flatnonzero(_crossed(course.verdict, first) & later)
    if not hold_us:
        return firings_without_entity(course.at.take(place))
    until = [course.at.time[start] + hold_us for start in place if _stays(course, int(start), hold_us)]
    return firings_without_entity(past.moments(np.array([time for time in until if time <= past.end_us], np.int64)))


def _stays(course: templates.Course, start: int, hold_us: int) -> bool:
    """Whether the template keeps saying the same until the time is over; errors change nothing."""
    for place in range(start + 1, len(course.at)):
        if course.at.time[place] > course.at.time[start] + hold_us:
            return True
        if course.text[place] is not templates.FAILED and course.text[place] != course.text[start]:
            return False
    return True


def zone(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    """A person enters or leaves; a state without a place (unavailable, unknown) on either side is passed over."""
    leaves = config.get("event", "enter") == "leave"
    zone_id = str(config.get("zone"))
    nowhere = past.codes(["unavailable", "unknown"])

    def moves(series: Series) -> tuple[Moments, Ints]:
        inside = past.in_zone(zone_id, series.state)
        was_inside = np.concatenate([[False], inside[:-1]]) if len(series) else inside
        placed = ~np.isin(series.state, nowhere)
        was_placed = np.concatenate([[True], placed[:-1]]) if len(series) else placed
        moved = (was_inside & ~inside) if leaves else (~was_inside & inside)
        place = np.flatnonzero(moved & placed & was_placed & _later(series, since))
        return Moments(series.time[place], series.seen[place]), place

    return _each_entity(past, entity_ids(config), moves)


def _each_entity(past: Past, names: list[str], fire: Callable[[Series], tuple[Moments, Ints]]) -> Firings:
    """Firings of several entities, each by itself, with the change that began them."""
    if not names:
        raise NotComputable("a trigger names no entity")
    parts = []
    for number, name in enumerate(names):
        series = past.series(name)
        at, place = fire(series)
        inside = at.time <= past.end_us
        at, place = at.take(inside), place[inside]
        before = np.where(place > 0, series.state[np.maximum(place - 1, 0)], ABSENT) if len(series) else place
        parts.append(Firings(at, np.zeros(len(at), np.int64), np.full(len(at), number), before, series.state[place]))
    return joined(parts)


def _later(series: Series, since: Moments) -> Mask:
    later: Mask = (series.seen > since.seen[0]) | ((series.seen == 0) & (series.time > since.time[0]))
    return later


def _returns(series: Series, place: Ints, before: Ints) -> Ints:
    """For each place the first later change back to the state before it, the length where there is none."""
    found = np.full(len(place), len(series), np.int64)
    for old in np.unique(before[place]):
        again = np.append(np.flatnonzero(series.state == old), len(series))
        chosen = before[place] == old
        found[chosen] = again[np.searchsorted(again, place[chosen])]
    return found


def _held(past: Past, series: Series, place: Ints, ends: Ints, hold_us: int) -> tuple[Moments, Ints]:
    """Those that last for `hold_us`: a change at that very microsecond is seen before the timer and ends it."""
    until = series.time[place] + hold_us
    end_time = np.append(series.time, np.iinfo(np.int64).max)[ends]
    lasted = end_time > until
    return past.moments(until[lasted]), place[lasted]


KINDS: Final[Mapping[str, Kind]] = {
    "state": state,
    "numeric_state": numeric_state,
    "template": template,
    "zone": zone,
    "time": timers.time,
    "time_pattern": timers.time_pattern,
    "sun": timers.sun,
    **dict.fromkeys(timers.SUN_EVENTS, timers.sun_event),
}
"""The kinds of triggers whose firings a history of states tells."""
