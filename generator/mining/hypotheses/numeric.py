"""Habits of a numeric sensor: a person acts soon after it crosses a bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import Seconds
from generator.mining.events.manual_actions import ManualAction
from generator.mining.events.tidy import TidyEvents
from generator.mining.hypotheses.co_occurrence import BOUNCE_SECONDS, delay_hypothesis
from generator.mining.hypotheses.hypothesis import BaseRate, Hypothesis
from schemas.patterns import NumericTrigger, PatternKind

WITHIN_SECONDS = 1200.0
MIN_HITS = 5
GRID_SECONDS = 300.0
LEVELS = 8
MAX_BOUNDS = 24
"""Bounds that are tried of one numeric sensor."""
MIN_SHARE = 0.2
"""Share of the manual action's times that must follow one crossing before a bound is fitted."""


@dataclass(frozen=True)
class NumericSensor:
    """One numeric sensor of the home: `value[i]` holds from `time[i]` on."""

    entity_id: str
    entity: int
    time: Seconds
    value: Seconds

    def value_at(self, time: Seconds) -> Seconds:
        return np.asarray(self.value[np.clip(np.searchsorted(self.time, time, "right") - 1, 0, None)])


class NumericSensors:
    """All numeric sensors of a home, also on a common grid of GRID_SECONDS, so that all can be scanned at once."""

    def __init__(self, sensors: list[NumericSensor], length: float) -> None:
        self.sensors = sensors
        grid = np.arange(0.0, length + GRID_SECONDS, GRID_SECONDS)
        self._level_grid = np.zeros((len(sensors), len(grid)), np.int8)
        for row, sensor in enumerate(sensors):
            value = sensor.value_at(grid)
            evenly = np.linspace(float(value.min()), float(value.max()), LEVELS + 2)[1:-1]
            levels = np.sort(np.append(evenly, np.quantile(value, np.linspace(0.05, 0.98, LEVELS))))
            self._level_grid[row] = np.searchsorted(levels, value)

    def __len__(self) -> int:
        return len(self.sensors)

    def crossed_before(self, times: Seconds) -> list[NumericSensor]:
        """Those that crossed one level just before many of the times."""
        if not self.sensors:
            return []
        last = self._level_grid.shape[1] - 1
        # The grid is up to a step old, so search one step further both ways.
        now = self._level_grid[:, np.clip(np.ceil(times / GRID_SECONDS).astype(np.int64), 0, last)]
        then = np.floor((times - WITHIN_SECONDS) / GRID_SECONDS).astype(np.int64)
        before = self._level_grid[:, np.clip(then, 0, last)]
        most = np.maximum(_max_overlap(before, now), _max_overlap(now, before))
        enough = most >= max(MIN_HITS - 1, 0.75 * MIN_SHARE * len(times))
        return [self.sensors[at] for at in np.flatnonzero(enough).tolist()]


def _max_overlap(low: NDArray[np.int8], high: NDArray[np.int8]) -> NDArray[np.int64]:
    """For each row: how many of its spans low..high cover one and the same level, at most."""
    width = 2 * LEVELS + 1
    row, column = np.nonzero(high > low)
    size = len(low) * width
    begins = np.bincount(row * width + low[row, column], minlength=size)
    ends = np.bincount(row * width + high[row, column], minlength=size)
    return np.asarray(np.cumsum((begins - ends).reshape(len(low), width), axis=1).max(axis=1))


def numeric_sensors_from(tidied: TidyEvents) -> NumericSensors:
    """The sensors of the home whose state is a number that changes."""
    sensors = []
    for code in np.flatnonzero(tidied.numeric).tolist():
        entity_id, rows = tidied.entities[code], tidied.rows(code)
        entity = tidied.home.entities_by_id.get(entity_id)
        if not entity_id.startswith("sensor.") or (entity is not None and entity.entity_category):
            continue
        value = tidied.value[tidied.state[rows]]
        real = ~np.isnan(value)
        if np.count_nonzero(real) >= 20:
            sensors.append(NumericSensor(entity_id, code, tidied.time[rows][real], value[real]))
    return NumericSensors(sensors, tidied.clock.length_seconds)


def numeric_hypotheses(
    manual_action: ManualAction, sensors: NumericSensors, base_rate: BaseRate, tried: int
) -> list[Hypothesis]:
    """Hypotheses "when this number rises above (falls below) a bound", at most one per sensor and direction."""
    best_hypotheses = []
    if len(manual_action.times) < MIN_HITS:
        return []
    for sensor in sensors.crossed_before(manual_action.times):
        now, before = sensor.value_at(manual_action.times), sensor.value_at(manual_action.times - WITHIN_SECONDS)
        for rising in (True, False):
            low, high = (before, now) if rising else (now, before)
            bounds = _candidate_bounds(low, high, len(manual_action.times))
            hypotheses = [_hypothesis_for(manual_action, sensor, bound, rising, base_rate, tried) for bound in bounds]
            real = [hypothesis for hypothesis in hypotheses if hypothesis is not None]
            if real:
                best_hypotheses.append(_round_bound(real, manual_action, sensor, rising, base_rate, tried))
    return best_hypotheses


def _candidate_bounds(low: Seconds, high: Seconds, times: int) -> list[float]:
    """Bounds that the number crossed just before most of the times: levels where most spans low..high overlap."""
    crossed = high > low
    if np.count_nonzero(crossed) < max(MIN_HITS, MIN_SHARE * times):
        return []
    low, high = np.sort(low[crossed]), np.sort(high[crossed])
    edges = np.unique(np.concatenate([low, high]))
    # A range that is crossed fast holds few edges and yet most bounds, so levels are spread evenly too.
    middles = np.sort(np.append((edges[1:] + edges[:-1]) / 2, np.linspace(edges[0], edges[-1], 2 * MAX_BOUNDS)))
    depth = np.searchsorted(low, middles, "right") - np.searchsorted(high, middles, "right")
    if depth.max() < max(MIN_HITS, MIN_SHARE * times):
        return []
    good = middles[depth >= 0.6 * depth.max()]
    evenly = np.linspace(good[0], good[-1], MAX_BOUNDS)
    nearest = np.abs(good[:, None] - evenly).argmin(axis=0)
    return [float(bound) for bound in np.unique(good[nearest])]


def crossings(sensor: NumericSensor, bound: float, rising: bool) -> Seconds:
    """When the number went over (under) the bound, from the other side."""
    over = sensor.value > bound if rising else sensor.value < bound
    return np.asarray(sensor.time[1:][over[1:] & ~over[:-1]])


def _hypothesis_for(
    manual_action: ManualAction, sensor: NumericSensor, bound: float, rising: bool, base_rate: BaseRate, tried: int
) -> Hypothesis | None:
    times = crossings(sensor, bound, rising)
    times = times[np.diff(times, prepend=-np.inf) > 10 * BOUNCE_SECONDS]
    hypothesis = delay_hypothesis(manual_action, times, WITHIN_SECONDS, base_rate)
    if hypothesis is None:
        return None
    trigger = NumericTrigger(sensor.entity_id, above=bound) if rising else NumericTrigger(sensor.entity_id, below=bound)
    return replace(hypothesis, kind=PatternKind.NUMERIC, trigger=trigger, prior=float(np.log(max(2, tried))) + 2.5)


def _round_bound(
    hypotheses: list[Hypothesis],
    manual_action: ManualAction,
    sensor: NumericSensor,
    rising: bool,
    base_rate: BaseRate,
    tried: int,
) -> Hypothesis:
    """The best hypothesis; its bound is the mean of all, weighted by likelihood, and round where near enough."""
    best = max(hypotheses, key=lambda each: each.score)
    bounds = np.array([_bound_of(hypothesis) for hypothesis in hypotheses])
    weight = np.exp(np.array([each.score for each in hypotheses]) - best.score)
    middle = float(np.sum(bounds * weight) / np.sum(weight))
    spread = float(np.sqrt(np.sum(weight * (bounds - middle) ** 2) / np.sum(weight)))
    for step in (5.0, 1.0, 0.5, 0.1, 0.01):
        bound = round(round(middle / step) * step, 2)
        if abs(bound - middle) <= 0.8 * spread:
            again = _hypothesis_for(manual_action, sensor, bound, rising, base_rate, tried)
            if again is not None and again.score >= best.score - 2.0:
                return again
    return best


def _bound_of(hypothesis: Hypothesis) -> float:
    trigger = hypothesis.trigger
    assert isinstance(trigger, NumericTrigger)  # noqa: S101 - made a few lines above
    return float(trigger.above if trigger.above is not None else trigger.below or 0.0)
