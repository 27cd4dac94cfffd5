"""Habits of a number: a person acts soon after it crosses a bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import Seconds
from generator.mining.events.manual_actions import Doing
from generator.mining.events.tidy import Tidy
from generator.mining.hypotheses.co_occurrence import BOUNCE_SECONDS, after
from generator.mining.hypotheses.hypothesis import Background, Hypothesis
from schemas.patterns import NumericTrigger, PatternKind

WITHIN_SECONDS = 1200.0
FEWEST = 5
GRID_SECONDS = 300.0
LEVELS = 8
BOUNDS = 24
"""That are tried of one number."""
LEAST_SHARE = 0.2
"""Of the doing's times that must follow one crossing, before the bound is looked at closely."""


@dataclass(frozen=True)
class Gauge:
    """One number of the home: `value[i]` holds from `time[i]` on."""

    entity_id: str
    entity: int
    time: Seconds
    value: Seconds

    def at(self, time: Seconds) -> Seconds:
        return np.asarray(self.value[np.clip(np.searchsorted(self.time, time, "right") - 1, 0, None)])


class Gauges:
    """All numbers of a home, also on a common grid of GRID_SECONDS, for a quick look at all of them at once."""

    def __init__(self, gauges: list[Gauge], length: float) -> None:
        self.all = gauges
        grid = np.arange(0.0, length + GRID_SECONDS, GRID_SECONDS)
        self._step = np.zeros((len(gauges), len(grid)), np.int8)
        for row, gauge in enumerate(gauges):
            value = gauge.at(grid)
            evenly = np.linspace(float(value.min()), float(value.max()), LEVELS + 2)[1:-1]
            levels = np.sort(np.append(evenly, np.quantile(value, np.linspace(0.05, 0.98, LEVELS))))
            self._step[row] = np.searchsorted(levels, value)

    def __len__(self) -> int:
        return len(self.all)

    def promising(self, times: Seconds) -> list[Gauge]:
        """Those that crossed one level just before many of the times."""
        if not self.all:
            return []
        last = self._step.shape[1] - 1
        # The grid is up to a step old, so look one step further both ways.
        now = self._step[:, np.clip(np.ceil(times / GRID_SECONDS).astype(np.int64), 0, last)]
        then = np.floor((times - WITHIN_SECONDS) / GRID_SECONDS).astype(np.int64)
        before = self._step[:, np.clip(then, 0, last)]
        most = np.maximum(_depth(before, now), _depth(now, before))
        enough = most >= max(FEWEST - 1, 0.75 * LEAST_SHARE * len(times))
        return [self.all[at] for at in np.flatnonzero(enough).tolist()]


def _depth(low: NDArray[np.int8], high: NDArray[np.int8]) -> NDArray[np.int64]:
    """For each row: how many of its spans low..high cover one and the same level, at most."""
    width = 2 * LEVELS + 1
    row, column = np.nonzero(high > low)
    size = len(low) * width
    begins = np.bincount(row * width + low[row, column], minlength=size)
    ends = np.bincount(row * width + high[row, column], minlength=size)
    return np.asarray(np.cumsum((begins - ends).reshape(len(low), width), axis=1).max(axis=1))


def gauges_of(tidied: Tidy) -> Gauges:
    """The sensors of the home whose state is a number that moves."""
    found = []
    for code in np.flatnonzero(tidied.numeric).tolist():
        entity_id, rows = tidied.entities[code], tidied.rows(code)
        known = tidied.home.entities_by_id.get(entity_id)
        if not entity_id.startswith("sensor.") or (known is not None and known.entity_category):
            continue
        value = tidied.value[tidied.state[rows]]
        real = ~np.isnan(value)
        if np.count_nonzero(real) >= 20:
            found.append(Gauge(entity_id, code, tidied.time[rows][real], value[real]))
    return Gauges(found, tidied.clock.length)


def numeric_hypotheses(doing: Doing, gauges: Gauges, background: Background, tried: int) -> list[Hypothesis]:
    """Guesses "when this number rises above (falls below) a bound", at most one a gauge and direction."""
    found = []
    if len(doing.times) < FEWEST:
        return []
    for gauge in gauges.promising(doing.times):
        now, before = gauge.at(doing.times), gauge.at(doing.times - WITHIN_SECONDS)
        for rising in (True, False):
            low, high = (before, now) if rising else (now, before)
            bounds = _bounds(low, high, len(doing.times))
            guesses = [_guess(doing, gauge, bound, rising, background, tried) for bound in bounds]
            real = [guess for guess in guesses if guess is not None]
            if real:
                found.append(_rounded(real, doing, gauge, rising, background, tried))
    return found


def _bounds(low: Seconds, high: Seconds, times: int) -> list[float]:
    """Bounds that the number crossed just before most of the times: places where most spans low..high overlap."""
    crossed = high > low
    if np.count_nonzero(crossed) < max(FEWEST, LEAST_SHARE * times):
        return []
    low, high = np.sort(low[crossed]), np.sort(high[crossed])
    edges = np.unique(np.concatenate([low, high]))
    # What a number rushes through holds few edges and yet most bounds, so look there evenly too.
    middles = np.sort(np.append((edges[1:] + edges[:-1]) / 2, np.linspace(edges[0], edges[-1], 2 * BOUNDS)))
    depth = np.searchsorted(low, middles, "right") - np.searchsorted(high, middles, "right")
    if depth.max() < max(FEWEST, LEAST_SHARE * times):
        return []
    good = middles[depth >= 0.6 * depth.max()]
    evenly = np.linspace(good[0], good[-1], BOUNDS)
    nearest = np.abs(good[:, None] - evenly).argmin(axis=0)
    return [float(bound) for bound in np.unique(good[nearest])]


def crossings(gauge: Gauge, bound: float, rising: bool) -> Seconds:
    """When the number went over (under) the bound, from the other side."""
    over = gauge.value > bound if rising else gauge.value < bound
    return np.asarray(gauge.time[1:][over[1:] & ~over[:-1]])


def _guess(
    doing: Doing, gauge: Gauge, bound: float, rising: bool, background: Background, tried: int
) -> Hypothesis | None:
    times = crossings(gauge, bound, rising)
    times = times[np.diff(times, prepend=-np.inf) > 10 * BOUNCE_SECONDS]
    guess = after(doing, times, WITHIN_SECONDS, background)
    if guess is None:
        return None
    trigger = NumericTrigger(gauge.entity_id, above=bound) if rising else NumericTrigger(gauge.entity_id, below=bound)
    return replace(guess, kind=PatternKind.NUMERIC, trigger=trigger, prior=float(np.log(max(2, tried))) + 2.5)


def _rounded(
    guesses: list[Hypothesis], doing: Doing, gauge: Gauge, rising: bool, background: Background, tried: int
) -> Hypothesis:
    """The best guess; its bound is the mean of all, weighted by how well they explain, and round where that is free."""
    best = max(guesses, key=lambda guess: guess.score)
    bounds = np.array([_bound(guess) for guess in guesses])
    weight = np.exp(np.array([guess.score for guess in guesses]) - best.score)
    middle = float(np.sum(bounds * weight) / np.sum(weight))
    spread = float(np.sqrt(np.sum(weight * (bounds - middle) ** 2) / np.sum(weight)))
    for step in (5.0, 1.0, 0.5, 0.1, 0.01):
        bound = round(round(middle / step) * step, 2)
        if abs(bound - middle) <= 0.8 * spread:
            again = _guess(doing, gauge, bound, rising, background, tried)
            if again is not None and again.score >= best.score - 2.0:
                return again
    return best


def _bound(guess: Hypothesis) -> float:
    trigger = guess.trigger
    assert isinstance(trigger, NumericTrigger)  # noqa: S101 - made a few lines above
    return float(trigger.above if trigger.above is not None else trigger.below or 0.0)
