"""All of mining, as its steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from generator.mining.anomaly import anomalies_of
from generator.mining.events.automated_changes import people_only
from generator.mining.events.local_time import DAY, Seconds, sun_times
from generator.mining.events.manual_actions import Doing, doings_of
from generator.mining.events.tidy import Tidy, tidy
from generator.mining.events.trigger_events import Stream, stream_of
from generator.mining.fit_habits import World, explain
from generator.mining.hypotheses.conditions import features_of
from generator.mining.hypotheses.hypothesis import BINS, day_shape
from generator.mining.hypotheses.numeric import gauges_of
from generator.mining.hypotheses.time_of_day import Days
from generator.mining.rank import ranked
from generator.mining.result import Mined
from schemas.events import Events
from schemas.home import Home
from schemas.patterns import Rejected

FEWEST_DAYS = 3.0
LIVELY_A_DAY = 10.0
HOLIDAY_SHARE = 0.2
"""A day with less than this share of the usual doings is a holiday, in a home that has enough doings to tell."""
KINDS = 4
"""Clock, sun, pair, number: guesses that each doing gets; the choice within a kind is priced in its prior."""


def mine(events: Events, home: Home, window_days: int = 30) -> Mined:
    """Habits, anomalies and what was left out, from the last `window_days` days of the history."""
    if not len(events):
        return Mined(skipped=(Rejected("the history is empty", 1),), notes=("The history is empty: nothing to learn.",))
    timings: dict[str, float] = {}
    with _timed(timings, "tidy"):
        tidied = tidy(events, home, window_days)
    clock = tidied.clock
    mined = Mined(start=clock.start, end=clock.moment(clock.length), timings=timings, notes=_notes(home))
    if clock.length < FEWEST_DAYS * DAY:
        tidied.skipped["the history is too short to tell a habit"] += 1
        note = f"The history spans {clock.length / DAY:.1f} days; a habit needs at least {FEWEST_DAYS:.0f}."
        return replace(mined, skipped=_skipped(tidied), notes=(*mined.notes, note))
    with _timed(timings, "people"):
        stream = stream_of(tidied)
        sun = sun_times(clock, home)
        doings = people_only(doings_of(tidied), stream, tidied, sun)
    with _timed(timings, "habits"):
        world = _world(tidied, stream, doings, sun)
        explained = [each for doing in doings for each in explain(doing, world)]
    with _timed(timings, "rank"):
        patterns = ranked(explained, world, KINDS * max(1, len(doings)))
    with _timed(timings, "anomalies"):
        anomalies = tuple(anomalies_of(tidied))
    return replace(
        mined, patterns=tuple(patterns), anomalies=anomalies, skipped=_skipped(tidied), settling=world.settling
    )


def _world(tidied: Tidy, stream: Stream, doings: list[Doing], sun: dict[str, Seconds]) -> World:
    times = np.concatenate([doing.times for doing in doings]) if doings else np.empty(0)
    local = tidied.clock.local(times)
    shape = day_shape(local, 3600.0) if len(local) else np.full(BINS, 1 / BINS)
    weekday = tidied.clock.weekday
    a_day = np.bincount((local // DAY).astype(np.int64), minlength=len(weekday))[: len(weekday)]
    lively = len(weekday) >= 7 and np.median(a_day) >= LIVELY_A_DAY
    usual = a_day >= HOLIDAY_SHARE * np.median(a_day) if lively else np.ones(len(weekday), np.bool_)
    return World(
        tidied, stream, gauges_of(tidied), features_of(tidied, sun), Days(tidied.clock, weekday, usual), sun, shape
    )


def _notes(home: Home) -> tuple[str, ...]:
    if home.latitude is None or home.longitude is None:
        return ("The home has no coordinates, so habits of sunrise and sunset cannot be told.",)
    return ()


def _skipped(tidied: Tidy) -> tuple[Rejected, ...]:
    return tuple(Rejected(reason, count) for reason, count in tidied.skipped.most_common() if count)


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[stage] = time.perf_counter() - began
