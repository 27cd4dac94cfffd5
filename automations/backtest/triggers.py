"""When triggers fire: each kind by the rules of Home Assistant's own engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from automations.backtest import purpose, templates, timers
from automations.backtest.numeric import ERROR, INSIDE, OUTSIDE, bounds, verdicts
from automations.backtest.state_history import ABSENT, Past, Series
from automations.backtest.timepoints import ALWAYS, Firings, Ints, Mask, Moments, firings_without_entity, joined
from automations.config.values import NotComputable, as_list, as_texts, duration_us, entity_ids, is_enabled

Kind = Callable[[Past, Mapping[str, Any]], Firings]


def flat(triggers: Any) -> list[Mapping[str, Any]]:
    """The triggers with lists inside the list taken apart, as Home Assistant numbers them."""
    found: list[Mapping[str, Any]] = []
    for trigger in as_list(triggers):
        inner = trigger.get("triggers") if isinstance(trigger, Mapping) and "trigger" not in trigger else None
        found += flat(inner) if inner is not None else [trigger]
    return found


def firings(past: Past, triggers: list[Mapping[str, Any]]) -> Firings:
    """Every firing up to the end of the window, oldest first; `heard` takes those that a listener hears."""
    return joined([_firings(past, trigger) for trigger in triggers])


def _firings(past: Past, trigger: Mapping[str, Any]) -> Firings:
    if not is_enabled(trigger):
        return joined([])
    options = trigger.get("options")
    full = {**trigger, **options} if isinstance(options, Mapping) else trigger
    name = str(trigger.get("trigger"))
    if name in purpose.TRIGGERS:
        return _purpose(past, name, full)
    if name not in KINDS:
        raise NotComputable(f"its trigger '{name}' leaves no trace in a history of states")
    return KINDS[name](past, full)


@dataclass(frozen=True)
class Found:
    """Firings of one entity: `place` are the changes that began them, `needs` as in `Firings`."""

    at: Moments
    place: Ints
    needs: Ints

    def take(self, chosen: Mask) -> Found:
        return Found(self.at.take(chosen), self.place[chosen], self.needs[chosen])


def state(past: Past, config: Mapping[str, Any]) -> Firings:
    if config.get("attribute") is not None:
        raise NotComputable("a trigger looks at an attribute, and the history holds states only")
    hold_us = _hold_us(config)

    def changes(series: Series) -> Found:
        before = _before(series)
        place = np.flatnonzero(_matches(past, config, "from", before) & _matches(past, config, "to", series.state))
        if not hold_us:
            return _at_once(past, series, place)
        back_only = "from" in config and "to" not in config
        ends = _returns(series, place, before) if back_only else place + 1
        return _held(past, series, place, ends, hold_us)

    return _each_entity(past, entity_ids(config), changes)


def _hold_us(config: Mapping[str, Any]) -> int:
    return duration_us(config["for"]) if config.get("for") is not None else 0


def _before(series: Series) -> Ints:
    """The state before each change, ABSENT before the first."""
    return np.concatenate([np.full(1, ABSENT, np.int64), series.state[:-1]]) if len(series) else series.state


def _matches(past: Past, config: Mapping[str, Any], side: str, state: Ints) -> Mask:
    wanted, unwanted = config.get(side), config.get(f"not_{side}")
    if wanted is not None and wanted != "*":
        return np.isin(state, past.codes(as_texts(wanted)))
    if wanted is None and unwanted is not None:
        return ~np.isin(state, past.codes(as_texts(unwanted)))
    return np.ones(len(state), np.bool_)


def numeric_state(past: Past, config: Mapping[str, Any]) -> Firings:
    limits, hold_us = bounds(config), _hold_us(config)

    def crossings(series: Series) -> Found:
        verdict = verdicts(past, limits, series.state, Moments(series.time, series.seen))
        place, armed = _crossed(verdict)
        if not hold_us:
            found = _at_once(past, series, place)
        else:
            outside = np.append(np.flatnonzero(verdict != INSIDE), len(series))
            found = _held(past, series, place, outside[np.searchsorted(outside, place)], hold_us)
            armed = armed[np.isin(place, found.place)]
        # Who begins to listen while it is outside is armed as well, up to the change after that.
        return Found(found.at, found.place, np.minimum(found.needs, _row_of(series, armed + 1)))

    return _each_entity(past, entity_ids(config), crossings)


def _crossed(verdict: np.ndarray[Any, Any]) -> tuple[Ints, Ints]:
    """Places inside with the last verdict before them outside, and where that was; errors are passed over."""
    place = np.arange(len(verdict))
    last = np.maximum.accumulate(np.where(verdict != ERROR, place, -1)) if len(verdict) else place
    previous = np.concatenate([np.full(1, -1, np.int64), last[:-1]]) if len(verdict) else last
    crossed = np.flatnonzero((verdict == INSIDE) & (previous >= 0) & (verdict[np.maximum(previous, 0)] == OUTSIDE))
    return crossed, previous[crossed]


def template(past: Past, config: Mapping[str, Any]) -> Firings:
    """The template turns from no to yes; errors are passed over."""
    hold_us = _hold_us(config)
    course = templates.course(past, config.get("value_template"), timers.INSIDE_SECOND_US)
    place, armed = _crossed(course.verdict)
    needs = np.where(course.at.time[armed + 1] > past.start_us, course.at.seen[armed + 1] + 1, 0)
    if not hold_us:
        return firings_without_entity(course.at.take(place), needs)
    stays = np.array([_stays(course, int(start), hold_us) for start in place], np.bool_)
    until = course.at.time[place[stays]] + hold_us
    inside = until <= past.end_us
    return firings_without_entity(past.moments(until[inside]), needs[stays][inside])


def _stays(course: templates.Course, start: int, hold_us: int) -> bool:
    """Whether the template keeps saying the same until the time is over; errors change nothing."""
    for place in range(start + 1, len(course.at)):
        if course.at.time[place] > course.at.time[start] + hold_us:
            return True
        if course.text[place] is not templates.FAILED and course.text[place] != course.text[start]:
            return False
    return True


def zone(past: Past, config: Mapping[str, Any]) -> Firings:
    """A person enters or leaves; a state without a place (unavailable, unknown) on either side is passed over."""
    leaving = config.get("event", "enter") == "leave"
    zone_id = str(config.get("zone"))
    nowhere = past.codes(["unavailable", "unknown"])

    def moves(series: Series) -> Found:
        before = _before(series)
        inside, was_inside = past.in_zone(zone_id, series.state), past.in_zone(zone_id, before)
        placed = ~np.isin(series.state, nowhere) & ~np.isin(before, nowhere)
        moved = (was_inside & ~inside) if leaving else (~was_inside & inside)
        return _at_once(past, series, np.flatnonzero(moved & placed))

    return _each_entity(past, entity_ids(config), moves)


def _purpose(past: Past, kind: str, config: Mapping[str, Any]) -> Firings:
    """A purpose-specific kind; `behavior` wants each turn, that of the first or that of the last of its targets."""
    turn, names, hold_us = purpose.TRIGGERS[kind], purpose.targets(past, kind, config), _hold_us(config)
    behavior = {"any": "each", "last": "all"}.get(config.get("behavior", "each"), config.get("behavior", "each"))
    if hold_us and behavior != "each":
        raise NotComputable(f"`{kind}` asks for how long several targets are so together")

    def turns(series: Series) -> Found:
        place = np.flatnonzero(purpose.turned(past, turn, series))
        if hold_us:
            return _held(past, series, place, purpose.leaves(past, turn, series, place), hold_us)
        found = _at_once(past, series, place)
        if behavior == "each":
            return found
        matching, real = purpose.counted(past, names, turn.to, found.at)
        return found.take(matching == (1 if behavior == "first" else real))

    return _each_entity(past, names, turns) if names else joined([])


def _each_entity(past: Past, names: list[str], fire: Callable[[Series], Found]) -> Firings:
    """Firings of several entities, each by itself, with the change that began them."""
    if not names:
        raise NotComputable("a trigger names no entity")
    parts = []
    for number, name in enumerate(names):
        series = past.series(name)
        found = fire(series)
        found = found.take(found.at.time <= past.end_us)
        before, after = _before(series)[found.place], series.state[found.place]
        entity = np.full(len(found.at), number, np.int64)
        parts.append(Firings(found.at, np.zeros(len(found.at), np.int64), entity, before, after, found.needs))
    return joined(parts)


def _row_of(series: Series, place: Ints) -> Ints:
    """The rows seen right after each change, ALWAYS for those that are no rows of the history (and past the end)."""
    rows = np.append(np.where(series.seen > 0, series.seen, ALWAYS), ALWAYS)
    return rows[np.minimum(place, len(series))]


def _at_once(past: Past, series: Series, place: Ints) -> Found:
    at = Moments(series.time[place], series.seen[place])
    derived = at.seen == 0
    # What follows from the sun is no row of the history: it is seen with the rows up to its time.
    seen = np.where(derived, past.moments(at.time).seen, at.seen) if derived.any() else at.seen
    return Found(Moments(at.time, seen), place, _row_of(series, place))


def _held(past: Past, series: Series, place: Ints, ends: Ints, hold_us: int) -> Found:
    """Those that last for `hold_us`: a change at that very microsecond is seen before the timer and ends it."""
    until = series.time[place] + hold_us
    lasted = np.append(series.time, ALWAYS)[ends] > until
    return Found(past.moments(until[lasted]), place[lasted], _row_of(series, place[lasted]))


def _returns(series: Series, place: Ints, before: Ints) -> Ints:
    """For each place the first later change back to the state before it, the length where there is none."""
    found = np.full(len(place), len(series), np.int64)
    for old in np.unique(before[place]):
        again = np.append(np.flatnonzero(series.state == old), len(series))
        chosen = before[place] == old
        found[chosen] = again[np.searchsorted(again, place[chosen])]
    return found


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
