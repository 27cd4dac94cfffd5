"""Matches the effects that an automation would have had with what people did by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from automations.backtest.state_history import ABSENT, Series, StateHistory
from automations.backtest.timepoints import Ints, Mask
from automations.backtest.work import CALL_STEPS, FIRING_STEPS
from automations.config.state_changes import StateChange
from schemas.clock import SECOND_US
from schemas.events import CAUSE_OF_ORIGIN, Cause
from schemas.states import UNAVAILABLE_STATES

UNDONE_WITHIN_SECONDS: Final = 10 * 60
"""A person who takes the effect back within this time would have been annoyed."""


@dataclass(frozen=True)
class ExpectedEffect:
    """One effect of some firings: `firing_index` are their indexes, `time` when each, microseconds, in order of time.

    `within_us` is how near, in microseconds, a manual action must be to match.
    """

    effect: StateChange
    firing_index: Ints
    time: Ints
    within_us: Ints


@dataclass(frozen=True)
class Comparison:
    """Indexes of firings (each in one of the first three at most), manual actions that no firing matches, leads."""

    matched: frozenset[int]
    false: frozenset[int]
    already: frozenset[int]
    undone: frozenset[int]
    missed_us: tuple[int, ...]
    leads_seconds: tuple[float, ...]


def match_manual_actions(history: StateHistory, expected_effects: list[ExpectedEffect]) -> Comparison:
    """Each manual action matches one firing at most and each firing's effect one manual action, nearest pairs first."""
    matched: set[int] = set()
    already: set[int] = set()
    false: set[int] = set()
    undone: set[int] = set()
    missed: list[int] = []
    leads_seconds: list[float] = []
    for expected in expected_effects:
        history.work.spend(CALL_STEPS + FIRING_STEPS * len(expected.time))
        target = _TargetState(history, expected.effect)
        manual_index = pair_nearest(expected.time, target.manual_times, expected.within_us)
        is_done = manual_index >= 0
        is_redundant = ~is_done & target.is_redundant(expected)
        acted_at = np.where(
            is_done, target.manual_times[manual_index] if len(target.manual_times) else expected.time, expected.time
        )
        matched |= set(expected.firing_index[is_done].tolist())
        already |= set(expected.firing_index[is_redundant].tolist())
        false |= set(expected.firing_index[~is_done & ~is_redundant].tolist())
        undone |= set(expected.firing_index[target.is_reversed(np.maximum(expected.time, acted_at))].tolist())
        missed += np.delete(target.manual_times, manual_index[is_done]).tolist()
        leads_seconds += ((acted_at - expected.time)[is_done] / SECOND_US).tolist()
    false -= matched
    return Comparison(
        frozenset(matched),
        frozenset(false),
        frozenset(already - matched - false),
        frozenset(undone),
        tuple(sorted(missed)),
        tuple(leads_seconds),
    )


def pair_nearest(expected: Ints, manual: Ints, within_us: Ints) -> Ints:
    """For each expected effect the index of its manual action, -1 where it has none; both sorted by time.

    The nearest two of all are paired, then the nearest two of the rest, and so on: in each round those that are
    nearest to each other.
    """
    pairs = np.full(len(expected), -1, np.int64)
    free_expected, free_manual = np.arange(len(expected)), np.arange(len(manual))
    while len(free_expected) and len(free_manual):
        expected_times, manual_times = expected[free_expected], manual[free_manual]
        to_manual, to_expected = _nearest(expected_times, manual_times), _nearest(manual_times, expected_times)
        near = np.abs(manual_times[to_manual] - expected_times) <= within_us[free_expected]
        mutual = near & (to_expected[to_manual] == np.arange(len(expected_times)))
        if not mutual.any():
            return pairs
        pairs[free_expected[mutual]] = free_manual[to_manual[mutual]]
        free_manual = np.delete(free_manual, to_manual[mutual])
        free_expected = free_expected[near & ~mutual]
    return pairs


def _nearest(of: Ints, among: Ints) -> Ints:
    """For each instant the index of the nearest one; the earlier of two that are equally near."""
    after = np.minimum(np.searchsorted(among, of), len(among) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(among[before] - of) <= np.abs(among[after] - of), before, after)


class _TargetState:
    """One entity and the state that the automation gives it."""

    def __init__(self, history: StateHistory, effect: StateChange) -> None:
        self.history, self.state = history, history.state_code(effect.state)
        self.series = series = history.series(effect.entity_id)
        before = np.concatenate([[ABSENT], series.state[:-1]]) if len(series) else series.state
        self._unavailable = history.state_codes(list(UNAVAILABLE_STATES))
        real = (before != ABSENT) & ~np.isin(before, self._unavailable)
        inside = (series.time > history.start_us) & (series.time <= history.end_us)
        reached, is_manual = series.state == self.state, _manual_mask(history, series)
        self.manual_times = series.time[reached & real & is_manual & inside]
        self._other_times = series.time[reached & ~is_manual]
        self._reversal_times = series.time[(before == self.state) & ~reached & is_manual]

    def is_redundant(self, expected: ExpectedEffect) -> Mask:
        """The entity was in the state already, was unavailable, or something else changed it around then."""
        now = self.series.state_at(self.history.timepoints_at(expected.time))
        idle = (now == self.state) | (now == ABSENT) | np.isin(now, self._unavailable)
        elsewhere = _any_within(
            self._other_times, expected.time - expected.within_us, expected.time + expected.within_us
        )
        mask: Mask = idle | elsewhere
        return mask

    def is_reversed(self, since: Ints) -> Mask:
        return _any_within(self._reversal_times, since + 1, since + UNDONE_WITHIN_SECONDS * SECOND_US)


def _any_within(times: Ints, first: Ints, last: Ints) -> Mask:
    """Whether any of the sorted times lies from first to last, both included."""
    mask: Mask = np.searchsorted(times, last, side="right") > np.searchsorted(times, first, side="left")
    return mask


def _manual_mask(history: StateHistory, series: Series) -> Mask:
    """Changes that a person made, or that nothing else is known to have made."""
    real = series.rows_seen > 0
    cause = np.full(len(series), Cause.DEVICE, np.int8)
    cause[real] = CAUSE_OF_ORIGIN[history.events.origin[series.rows_seen[real] - 1]]
    mask: Mask = np.isin(cause, [Cause.PERSON, Cause.UNKNOWN])
    return mask
