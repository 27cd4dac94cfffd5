"""Habits of the clock and of the sun: at about the same time of day, on some days of the week."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds, WindowClock
from generator.mining.events.manual_actions import ManualAction
from generator.mining.hypotheses.hypothesis import BaseRate, Hypothesis
from schemas.patterns import EVERY_DAY, ClockTrigger, PatternKind, SunTrigger, Trigger

MINUTE = 60
"""People name a time of day to the minute, so a trigger is at a whole one."""
GRID_SECONDS = 900.0
HALF_WIDTHS = (480.0, 1200.0, 2400.0)
WIDTHS = (480.0, 1020.0, 1980.0, 3900.0)
MIN_HITS = 3
USUAL_SPREAD = 480.0
USUAL_WEIGHT = 1.5
DRIFT_PRIOR = 3.2
SUN_PRIOR = 0.0
GRID_PRIOR = 3.4
"""Nats: log of some thirty times of day that could have been picked."""
USUALLY_IN_STATE_SHARE = 0.25
MAX_SUN_OFFSET_SECONDS = 2.5 * 3600.0
DAY_TYPES: tuple[tuple[frozenset[int], float], ...] = (
    (EVERY_DAY, 0.40),
    (frozenset(range(5)), 0.28),
    (frozenset({5, 6}), 0.12),
    *((frozenset({day}), 0.028) for day in range(7)),
)
"""Days of the week, and how likely a habit is to keep to them before anything was seen."""


@dataclass(frozen=True)
class LocalDays:
    """The local days of the window: `weekday` of each, `usual` False on holidays and days without people."""

    clock: WindowClock
    weekday: NDArray[np.int64]
    usual: NDArray[np.bool_]

    @property
    def day_types(self) -> NDArray[np.bool_]:
        """Shape (day types, days)."""
        return np.array([[int(day) in kind for day in self.weekday] for kind, _ in DAY_TYPES]) & self.usual


def daily_hypotheses(
    manual_action: ManualAction, base_rate: BaseRate, days: LocalDays, sun: dict[str, Seconds], max_peaks: int = 3
) -> list[Hypothesis]:
    """The best few hypotheses of clock and sun for one manual action, in no order."""
    local = days.clock.to_local(manual_action.times)
    midnights = np.arange(len(days.weekday)) * DAY
    hypotheses = []
    for centre, kind in _peaks(
        manual_action, local, midnights, np.arange(0, DAY, GRID_SECONDS), base_rate, days, max_peaks
    ):
        hypotheses += _clock_hypotheses(manual_action, local, midnights, centre, kind, base_rate, days)
    for event, base in sun.items():
        grid = np.arange(-MAX_SUN_OFFSET_SECONDS, MAX_SUN_OFFSET_SECONDS + 1, GRID_SECONDS)
        for offset, kind in _peaks(manual_action, local, base, grid, base_rate, days, 1):
            hypotheses += _sun_hypotheses(manual_action, local, base, offset, event, kind, base_rate, days)
    return hypotheses


def _peaks(
    manual_action: ManualAction,
    local: Seconds,
    base: Seconds,
    grid: Seconds,
    base_rate: BaseRate,
    days: LocalDays,
    max_peaks: int,
) -> list[tuple[float, int]]:
    """Where on `grid`, counted from each day's `base`, and on which day type the manual action is far above chance.

    A quick scan: on how many days was it done within a few widths of that time, against how many chance would give
    (binomial likelihood ratio).
    """
    target = base[:, None] + grid[None, :]
    apart = _offset_to_nearest(local, target)
    possible = _is_possible(manual_action, target, days, target)
    rate = base_rate.rate_at_local(np.where(np.isnan(target), 0.0, target)).mean(axis=0)
    scored: list[tuple[float, float, int]] = []
    types = days.day_types.astype(np.float64)
    prior = np.log([share for _, share in DAY_TYPES])
    for half in HALF_WIDTHS:
        hits = np.abs(apart) <= half
        seen, chances = types @ (hits & ~np.isnan(target)), types @ (hits | possible)
        p = np.clip((seen + 0.5) / (chances + 1), 0, 1)
        p0 = 1 - np.exp(-rate * 2 * half)[None, :]
        gain = seen * np.log(p / p0) + (chances - seen) * np.log((1 - p) / (1 - p0)) + prior[:, None]
        gain = np.where((p > 1.5 * p0) & (seen >= 3), gain, -np.inf)
        for kind in range(len(DAY_TYPES)):
            place = int(np.argmax(gain[kind]))
            if gain[kind, place] > 4:
                scored.append((float(gain[kind, place]), float(grid[place]), kind))
    scored.sort(reverse=True)
    chosen: list[tuple[float, int]] = []
    for _, centre, kind in scored:
        if all(kind != other or abs(centre - at) > 1800 for at, other in chosen):
            chosen.append((centre, kind))
        if len(chosen) == max_peaks:
            break
    return chosen


def _offset_to_nearest(local: Seconds, target: Seconds) -> Seconds:
    """Signed seconds from each target to the nearest time, NaN targets giving infinity."""
    flat = np.where(np.isnan(target), 1e12, target).ravel()
    place = np.searchsorted(local, flat)
    after = np.where(place < len(local), local[np.clip(place, None, len(local) - 1)] - flat, np.inf)
    before = np.where(place > 0, local[np.clip(place - 1, 0, None)] - flat, -np.inf)
    return np.asarray(np.where(after <= -before, after, before).reshape(target.shape))


def _is_possible(manual_action: ManualAction, target: Seconds, days: LocalDays, every: Seconds) -> NDArray[np.bool_]:
    """Could it have been done then: inside the window, and not in that state already all around that time.

    `every` is the same time on all days, whatever the day type, along the first axis: where it is so already on more
    than USUALLY_IN_STATE_SHARE of them, that is its resting state, and then these days count as missed chances.
    """
    time = days.clock.from_local(np.where(np.isnan(target), -1e12, target))
    inside = (time >= 900) & (time <= days.clock.length_seconds - 900)
    often = np.mean(_in_state_already(manual_action, every, days)[days.usual], axis=0) > USUALLY_IN_STATE_SHARE
    return np.asarray(inside & ~(_in_state_already(manual_action, target, days) & ~often))


def _in_state_already(manual_action: ManualAction, target: Seconds, days: LocalDays) -> NDArray[np.bool_]:
    """Was it in the target state all around `target`, twenty minutes to both sides?"""
    time = days.clock.from_local(np.where(np.isnan(target), -1e12, target).ravel())
    was = (
        manual_action.was_in_state(time - 1200)
        & manual_action.was_in_state(time + 1200)
        & manual_action.was_in_state(time)
    )
    return np.asarray(was.reshape(target.shape))


def _clock_hypotheses(
    manual_action: ManualAction,
    local: Seconds,
    midnights: Seconds,
    centre: float,
    kind: int,
    base_rate: BaseRate,
    days: LocalDays,
) -> list[Hypothesis]:
    base, every = midnights[days.day_types[kind]], midnights + centre
    steady = _best_hypothesis(manual_action, local, base + centre, every, kind, base_rate, days)
    if steady is None:
        return []
    at = centre + steady.center
    slope = _drift(steady)
    moving = base + at + slope * (base - base[-1]) / DAY
    drifting = _best_hypothesis(manual_action, local, moving, every, kind, base_rate, days) if slope else None
    if drifting is None:
        return [replace(steady, trigger=_clock_trigger(at))]
    drifting = replace(drifting, prior=drifting.prior + DRIFT_PRIOR)
    # Where it is not certain that it drifts, the recent time counts by as much as it is likely.
    likely = 1 / (1 + float(np.exp(min(50.0, steady.score - drifting.score))))
    trigger = _clock_trigger(at + likely * drifting.center)
    return [replace(steady, trigger=trigger), replace(drifting, trigger=trigger)]


def _clock_trigger(at: float) -> ClockTrigger:
    return ClockTrigger(round(at / MINUTE) * MINUTE % int(DAY))


def _drift(steady: Hypothesis) -> float:
    """Drift of the habit, in seconds a day: the Theil-Sen slope (1950, 1968), 0 where fewer than ten days have hits."""
    done = steady.hit_index >= 0
    if np.count_nonzero(done) < 10:
        return 0.0
    day, apart = steady.firings[done] / DAY, steady.offsets[done]
    one, other = np.triu_indices(len(day), 1)
    far = np.abs(day[other] - day[one]) >= 3
    if not far.any():
        return 0.0
    return float(np.median((apart[other] - apart[one])[far] / (day[other] - day[one])[far]))


def _sun_hypotheses(
    manual_action: ManualAction,
    local: Seconds,
    base: Seconds,
    offset: float,
    event: str,
    kind: int,
    base_rate: BaseRate,
    days: LocalDays,
) -> list[Hypothesis]:
    every, base = base + offset, base[days.day_types[kind] & ~np.isnan(base)]
    if not len(base):
        return []
    hypothesis = _best_hypothesis(manual_action, local, base + offset, every, kind, base_rate, days)
    if hypothesis is None:
        return []
    whole = offset + hypothesis.center
    trigger: Trigger = SunTrigger(event, round(whole), int((base[-1] + whole) % DAY))
    return [
        replace(
            hypothesis, kind=PatternKind.SUN, trigger=trigger, prior=hypothesis.prior + SUN_PRIOR + (whole / 3600) ** 2
        )
    ]


def _best_hypothesis(
    manual_action: ManualAction,
    local: Seconds,
    target: Seconds,
    every: Seconds,
    kind: int,
    base_rate: BaseRate,
    days: LocalDays,
) -> Hypothesis | None:
    """The hypothesis "around `target`, once a day", of the width that explains best; None where none has three days.

    `every` is the same time on all days. `center` is how many seconds the habit's own time lies after `target`.
    """
    possible = _is_possible(manual_action, target, days, every)
    hypotheses = [_hypothesis_with_width(local, target, possible, width, kind, base_rate, days) for width in WIDTHS]
    return max(
        (hypothesis for hypothesis in hypotheses if hypothesis is not None), key=lambda each: each.score, default=None
    )


def _hypothesis_with_width(
    local: Seconds,
    target: Seconds,
    possible: NDArray[np.bool_],
    width: float,
    kind: int,
    base_rate: BaseRate,
    days: LocalDays,
) -> Hypothesis | None:
    middle = 0.0
    for _ in range(3):
        apart = _offset_to_nearest(local, target + middle)
        near = apart[np.abs(apart) <= width]
        if len(near) < MIN_HITS:
            return None
        middle += float(np.mean(near))
    apart = _offset_to_nearest(local, target + middle)
    done = np.abs(apart) <= width
    keep = done | possible
    expected, apart, done = (target + middle)[keep], apart[keep], done[keep]
    count = int(np.count_nonzero(done))
    if count < MIN_HITS:
        return None
    # Few times lie close together by accident, so the spread leans towards a usual one.
    spread = float(np.sqrt((np.sum(apart[done] ** 2) + USUAL_WEIGHT * USUAL_SPREAD**2) / (count + USUAL_WEIGHT)))
    density = 0.95 * _normal_density(apart, spread) + 0.05 / (2 * width)
    return Hypothesis(
        PatternKind.TIME_OF_DAY,
        ClockTrigger(0),
        days.clock.from_local(expected),
        np.where(done, _nearest_index(local, expected, apart), -1),
        np.where(done, apart, 0.0),
        np.where(done, density / base_rate.rate_at_local(expected), 0.0),
        middle,
        spread,
        GRID_PRIOR - float(np.log(DAY_TYPES[kind][1])),
        DAY_TYPES[kind][0],
    )


def _nearest_index(local: Seconds, target: Seconds, apart: Seconds) -> NDArray[np.int64]:
    wanted = np.where(np.isfinite(apart), target + apart, 0.0)
    after = np.clip(np.searchsorted(local, wanted), 0, len(local) - 1)
    before = np.clip(after - 1, 0, None)
    return np.asarray(np.where(np.abs(local[before] - wanted) < np.abs(local[after] - wanted), before, after))


def _normal_density(apart: Seconds, spread: float) -> Seconds:
    return np.asarray(np.exp(-0.5 * (apart / spread) ** 2) / (spread * 2.5066282746))
