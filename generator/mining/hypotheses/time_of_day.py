"""Habits of the clock and of the sun: at about the same time of day, on some days of the week."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, LocalClock, Seconds
from generator.mining.events.manual_actions import Doing
from generator.mining.hypotheses.hypothesis import EVERY_DAY, Background, Hypothesis
from schemas.patterns import ClockTrigger, PatternKind, SunTrigger, Trigger

MINUTE = 60
"""People name a time of day to the minute, so a trigger stands on a whole one."""
GRID_SECONDS = 900.0
HALF_WIDTHS = (480.0, 1200.0, 2400.0)
WIDTHS = (480.0, 1020.0, 1980.0, 3900.0)
FEWEST = 3
USUAL_SPREAD = 480.0
USUAL_WEIGHT = 1.5
DRIFT_PRICE = 3.2
SUN_PRICE = 0.0
GRID_PRICE = 3.4
"""Nats: log of some thirty places of the day that could have been picked."""
OFTEN = 0.25
SUN_REACH = 2.5 * 3600.0
DAY_TYPES: tuple[tuple[frozenset[int], float], ...] = (
    (EVERY_DAY, 0.40),
    (frozenset(range(5)), 0.28),
    (frozenset({5, 6}), 0.12),
    *((frozenset({day}), 0.028) for day in range(7)),
)
"""Days of the week, and how likely a habit is to keep to them before anything was seen."""


@dataclass(frozen=True)
class Days:
    """The local days of the window: `weekday` of each, `usual` False on holidays and days without people."""

    clock: LocalClock
    weekday: NDArray[np.int64]
    usual: NDArray[np.bool_]

    @property
    def types(self) -> NDArray[np.bool_]:
        """Shape (day types, days)."""
        return np.array([[int(day) in kind for day in self.weekday] for kind, _ in DAY_TYPES]) & self.usual


def daily_hypotheses(
    doing: Doing, background: Background, days: Days, sun: dict[str, Seconds], most: int = 3
) -> list[Hypothesis]:
    """The best few guesses of clock and sun for one doing, in no order."""
    local = days.clock.local(doing.times)
    midnights = np.arange(len(days.weekday)) * DAY
    found = []
    for centre, kind in _peaks(doing, local, midnights, np.arange(0, DAY, GRID_SECONDS), background, days, most):
        found += _clock(doing, local, midnights, centre, kind, background, days)
    for event, base in sun.items():
        grid = np.arange(-SUN_REACH, SUN_REACH + 1, GRID_SECONDS)
        for offset, kind in _peaks(doing, local, base, grid, background, days, 1):
            found += _sun(doing, local, base, offset, event, kind, background, days)
    return found


def _peaks(
    doing: Doing,
    local: Seconds,
    base: Seconds,
    grid: Seconds,
    background: Background,
    days: Days,
    most: int,
) -> list[tuple[float, int]]:
    """Where on `grid`, counted from each day's `base`, and on which day type the doing is far from chance.

    A quick scan: on how many days was it done within a few widths of the place, against how many chance would give
    (binomial likelihood ratio).
    """
    target = base[:, None] + grid[None, :]
    apart = _nearest(local, target)
    possible = _possible(doing, target, days, target)
    rate = background.at_local(np.where(np.isnan(target), 0.0, target)).mean(axis=0)
    scored: list[tuple[float, float, int]] = []
    types = days.types.astype(np.float64)
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
        if len(chosen) == most:
            break
    return chosen


def _nearest(local: Seconds, target: Seconds) -> Seconds:
    """Signed seconds from each target to the nearest time, NaN targets giving infinity."""
    flat = np.where(np.isnan(target), 1e12, target).ravel()
    place = np.searchsorted(local, flat)
    after = np.where(place < len(local), local[np.clip(place, None, len(local) - 1)] - flat, np.inf)
    before = np.where(place > 0, local[np.clip(place - 1, 0, None)] - flat, -np.inf)
    return np.asarray(np.where(after <= -before, after, before).reshape(target.shape))


def _possible(doing: Doing, target: Seconds, days: Days, every: Seconds) -> NDArray[np.bool_]:
    """Could it have been done then: inside the window, and not in that state already all around that time.

    `every` is the same time on all days, whatever the day type, along the first axis: where it is so already on more
    than OFTEN of them, that is its rest, and then these days count as chances that were missed.
    """
    time = days.clock.time(np.where(np.isnan(target), -1e12, target))
    inside = (time >= 900) & (time <= days.clock.length - 900)
    often = np.mean(_so_already(doing, every, days)[days.usual], axis=0) > OFTEN
    return np.asarray(inside & ~(_so_already(doing, target, days) & ~often))


def _so_already(doing: Doing, target: Seconds, days: Days) -> NDArray[np.bool_]:
    """Was it in the wished state all around `target`, twenty minutes to both sides?"""
    time = days.clock.time(np.where(np.isnan(target), -1e12, target).ravel())
    was = doing.already(time - 1200) & doing.already(time + 1200) & doing.already(time)
    return np.asarray(was.reshape(target.shape))


def _clock(
    doing: Doing,
    local: Seconds,
    midnights: Seconds,
    centre: float,
    kind: int,
    background: Background,
    days: Days,
) -> list[Hypothesis]:
    base, every = midnights[days.types[kind]], midnights + centre
    steady = _best(doing, local, base + centre, every, kind, background, days)
    if steady is None:
        return []
    at = centre + steady.middle
    slope = _drift(steady)
    moving = base + at + slope * (base - base[-1]) / DAY
    drifting = _best(doing, local, moving, every, kind, background, days) if slope else None
    if drifting is None:
        return [replace(steady, trigger=_clock_trigger(at))]
    drifting = replace(drifting, prior=drifting.prior + DRIFT_PRICE)
    # Where it is not certain that it drifts, the recent time counts by as much as it is likely.
    likely = 1 / (1 + float(np.exp(min(50.0, steady.score - drifting.score))))
    trigger = _clock_trigger(at + likely * drifting.middle)
    return [replace(steady, trigger=trigger), replace(drifting, trigger=trigger)]


def _clock_trigger(at: float) -> ClockTrigger:
    return ClockTrigger(round(at / MINUTE) * MINUTE % int(DAY))


def _drift(steady: Hypothesis) -> float:
    """Seconds a day by which the time moves (Theil 1950, Sen 1968), 0 where fewer than ten days tell."""
    done = steady.hit >= 0
    if np.count_nonzero(done) < 10:
        return 0.0
    day, apart = steady.firings[done] / DAY, steady.apart[done]
    one, other = np.triu_indices(len(day), 1)
    far = np.abs(day[other] - day[one]) >= 3
    if not far.any():
        return 0.0
    return float(np.median((apart[other] - apart[one])[far] / (day[other] - day[one])[far]))


def _sun(
    doing: Doing,
    local: Seconds,
    base: Seconds,
    offset: float,
    event: str,
    kind: int,
    background: Background,
    days: Days,
) -> list[Hypothesis]:
    every, base = base + offset, base[days.types[kind] & ~np.isnan(base)]
    if not len(base):
        return []
    found = _best(doing, local, base + offset, every, kind, background, days)
    if found is None:
        return []
    whole = offset + found.middle
    trigger: Trigger = SunTrigger(event, round(whole), int((base[-1] + whole) % DAY))
    return [replace(found, kind=PatternKind.SUN, trigger=trigger, prior=found.prior + SUN_PRICE + (whole / 3600) ** 2)]


def _best(
    doing: Doing, local: Seconds, target: Seconds, every: Seconds, kind: int, background: Background, days: Days
) -> Hypothesis | None:
    """The guess "around `target`, once a day" with the width that explains best; None where no width has three days.

    `every` is the same time on all days. `middle` is how far the habit's own time lies after `target`.
    """
    possible = _possible(doing, target, days, every)
    guesses = [_with_width(local, target, possible, width, kind, background, days) for width in WIDTHS]
    return max((guess for guess in guesses if guess is not None), key=lambda guess: guess.score, default=None)


def _with_width(
    local: Seconds,
    target: Seconds,
    possible: NDArray[np.bool_],
    width: float,
    kind: int,
    background: Background,
    days: Days,
) -> Hypothesis | None:
    middle = 0.0
    for _ in range(3):
        apart = _nearest(local, target + middle)
        near = apart[np.abs(apart) <= width]
        if len(near) < FEWEST:
            return None
        middle += float(np.mean(near))
    apart = _nearest(local, target + middle)
    done = np.abs(apart) <= width
    keep = done | possible
    moved, apart, done = (target + middle)[keep], apart[keep], done[keep]
    count = int(np.count_nonzero(done))
    if count < FEWEST:
        return None
    # Few times lie close together by accident, so the spread leans towards a usual one.
    spread = float(np.sqrt((np.sum(apart[done] ** 2) + USUAL_WEIGHT * USUAL_SPREAD**2) / (count + USUAL_WEIGHT)))
    density = 0.95 * _normal(apart, spread) + 0.05 / (2 * width)
    return Hypothesis(
        PatternKind.TIME_OF_DAY,
        ClockTrigger(0),
        days.clock.time(moved),
        np.where(done, _place(local, moved, apart), -1),
        np.where(done, apart, 0.0),
        np.where(done, density / background.at_local(moved), 0.0),
        middle,
        spread,
        GRID_PRICE - float(np.log(DAY_TYPES[kind][1])),
        DAY_TYPES[kind][0],
    )


def _place(local: Seconds, target: Seconds, apart: Seconds) -> NDArray[np.int64]:
    wanted = np.where(np.isfinite(apart), target + apart, 0.0)
    after = np.clip(np.searchsorted(local, wanted), 0, len(local) - 1)
    before = np.clip(after - 1, 0, None)
    return np.asarray(np.where(np.abs(local[before] - wanted) < np.abs(local[after] - wanted), before, after))


def _normal(apart: Seconds, spread: float) -> Seconds:
    return np.asarray(np.exp(-0.5 * (apart / spread) ** 2) / (spread * 2.5066282746))
