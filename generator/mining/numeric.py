"""Habits of a number: a person acts soon after it crosses a bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.mining.co_occurrence import BOUNCE_SECONDS, after
from generator.mining.doings import Doing
from generator.mining.hypothesis import Background, Hypothesis
from generator.mining.local_time import Seconds
from generator.mining.tidy import Tidy
from schemas.patterns import Kind, NumericTrigger

WITHIN_SECONDS = 1200.0
FEWEST = 5
LEAST_SHARE = 0.35
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


def gauges_of(tidied: Tidy) -> list[Gauge]:
    """The sensors of the home whose state is a number that moves."""
    found = []
    for code in np.flatnonzero(tidied.numeric).tolist():
        entity_id, rows = tidied.entities[code], tidied.rows(code)
        known = tidied.home.entity.get(entity_id)
        if not entity_id.startswith("sensor.") or (known is not None and known.entity_category):
            continue
        value = tidied.value[tidied.state[rows]]
        real = ~np.isnan(value)
        if np.count_nonzero(real) >= 20:
            found.append(Gauge(entity_id, code, tidied.time[rows][real], value[real]))
    return found


def numeric_hypotheses(doing: Doing, gauges: list[Gauge], background: Background, tried: int) -> list[Hypothesis]:
    """Guesses "when this number rises above (falls below) a bound", at most one a gauge and direction."""
    found = []
    if len(doing.times) < FEWEST:
        return []
    for gauge in gauges:
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
    middles = (edges[1:] + edges[:-1]) / 2
    depth = np.searchsorted(low, middles, "right") - np.searchsorted(high, middles, "right")
    if not len(depth) or depth.max() < max(FEWEST, LEAST_SHARE * times):
        return []
    good = middles[depth >= 0.6 * depth.max()]
    return [float(bound) for bound in good[:: max(1, len(good) // 24)]]


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
    return replace(guess, kind=Kind.NUMERIC, trigger=trigger, prior=float(np.log(max(2, tried))) + 2.5)


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
