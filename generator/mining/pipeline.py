"""The mining pipeline, as its steps."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from generator.mining.anomaly import anomalies_from
from generator.mining.events.automated_changes import drop_automated
from generator.mining.events.local_time import DAY, Seconds, sun_times
from generator.mining.events.manual_actions import ManualAction, manual_actions_from
from generator.mining.events.rejections import total_of
from generator.mining.events.tidy import TidyEvents, tidy
from generator.mining.events.trigger_events import TriggerStream, trigger_stream_from
from generator.mining.fit_habits import MiningContext, fit_habits
from generator.mining.hypotheses.conditions import features_from
from generator.mining.hypotheses.hypothesis import BINS, daily_density
from generator.mining.hypotheses.numeric import numeric_sensors_from
from generator.mining.hypotheses.time_of_day import LocalDays
from generator.mining.rank import rank_patterns
from generator.mining.result import MiningResult
from schemas.events import Events
from schemas.home import Home
from schemas.patterns import PatternKind, Rejected

FEWEST_DAYS = 3.0
MIN_ACTIONS_A_DAY = 10.0
HOLIDAY_SHARE = 0.2
"""A day with less than this share of the usual manual actions is a holiday, in a home with enough of them to know."""
HYPOTHESIS_KINDS = len(set(PatternKind) - {PatternKind.PRESENCE})
"""Kinds tried for each manual action, presence as co-occurrence; the choice within a kind is in the prior."""


def mine(events: Events, home: Home, window_days: int = 30) -> MiningResult:
    """Habits, anomalies and what was left out, from the last `window_days` days of the history."""
    if not len(events):
        return MiningResult(
            skipped=(Rejected("the history is empty", 1),), notes=("The history is empty: nothing to learn.",)
        )
    timings: dict[str, float] = {}
    with _time_stage(timings, "tidy"):
        tidied, untidy = tidy(events, home, window_days)
    clock = tidied.clock
    mined = MiningResult(
        start=clock.start, end=clock.datetime_at(clock.length_seconds), timings=timings, notes=_notes(home)
    )
    if clock.length_seconds < FEWEST_DAYS * DAY:
        too_short = Counter({"the history is too short to tell a habit": 1})
        note = f"The history spans {clock.length_seconds / DAY:.1f} days; a habit needs at least {FEWEST_DAYS:.0f}."
        return replace(mined, skipped=total_of([untidy, too_short]), notes=(*mined.notes, note))
    with _time_stage(timings, "people"):
        stream, no_triggers = trigger_stream_from(tidied)
        sun = sun_times(clock, home)
        possible_actions, no_actions = manual_actions_from(tidied)
        manual_actions, automated = drop_automated(possible_actions, stream, tidied, sun)
    with _time_stage(timings, "habits"):
        context = _context_from(tidied, stream, manual_actions, sun)
        fitted = [fit_habits(manual_action, context) for manual_action in manual_actions]
        habits = [habit for found, _ in fitted for habit in found]
    with _time_stage(timings, "rank"):
        patterns, no_patterns = rank_patterns(habits, context, HYPOTHESIS_KINDS * max(1, len(manual_actions)))
    with _time_stage(timings, "anomalies"):
        anomalies, over_budget = anomalies_from(tidied)
    no_habits = [rejections for _, rejections in fitted]
    return replace(
        mined,
        patterns=tuple(patterns),
        anomalies=tuple(anomalies),
        skipped=total_of([untidy, no_triggers, no_actions, automated, *no_habits, no_patterns, over_budget]),
        settling=context.settling,
    )


def _context_from(
    tidied: TidyEvents, stream: TriggerStream, manual_actions: list[ManualAction], sun: dict[str, Seconds]
) -> MiningContext:
    times = np.concatenate([manual_action.times for manual_action in manual_actions]) if manual_actions else np.empty(0)
    local = tidied.clock.to_local(times)
    shape = daily_density(local, 3600.0) if len(local) else np.full(BINS, 1 / BINS)
    weekday = tidied.clock.weekdays
    a_day = np.bincount((local // DAY).astype(np.int64), minlength=len(weekday))[: len(weekday)]
    is_lively = len(weekday) >= 7 and np.median(a_day) >= MIN_ACTIONS_A_DAY
    usual = a_day >= HOLIDAY_SHARE * np.median(a_day) if is_lively else np.ones(len(weekday), np.bool_)
    return MiningContext(
        tidied,
        stream,
        numeric_sensors_from(tidied),
        features_from(tidied, sun),
        LocalDays(tidied.clock, weekday, usual),
        sun,
        shape,
    )


def _notes(home: Home) -> tuple[str, ...]:
    if home.latitude is None or home.longitude is None:
        return ("The home has no coordinates, so habits of sunrise and sunset cannot be told.",)
    return ()


@contextmanager
def _time_stage(timings: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[stage] = time.perf_counter() - began
