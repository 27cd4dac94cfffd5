"""What the automation would have done, held against what the people did by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from automations.backtest.state_history import ABSENT, NEVER_A_NUMBER, Past, Series
from automations.backtest.timepoints import Ints, Mask
from automations.config.effects import Effect
from schemas.clock import SECOND_US
from schemas.events import CAUSE_OF_ORIGIN, Cause

UNDONE_WITHIN_SECONDS: Final = 10 * 60
"""A person who takes the effect back within this time would have been annoyed."""


@dataclass(frozen=True)
class Expected:
    """One effect of some firings: `firing` are their places, `time` when each, microseconds, in the order of time.

    `within` is how near, in microseconds, a hand action must be to be the same.
    """

    effect: Effect
    firing: Ints
    time: Ints
    within: Ints


@dataclass(frozen=True)
class Comparison:
    """Places of firings (each in one of the first three at most), hand actions nobody foresaw, leads in seconds."""

    matched: frozenset[int]
    false: frozenset[int]
    already: frozenset[int]
    undone: frozenset[int]
    missed_us: tuple[int, ...]
    leads: tuple[float, ...]


def compare(past: Past, expected: list[Expected]) -> Comparison:
    """Each hand action answers one firing at most and each firing's effect one hand action, nearest pairs first."""
    matched: set[int] = set()
    harmless: set[int] = set()
    wrong: set[int] = set()
    undone: set[int] = set()
    missed: list[int] = []
    leads: list[float] = []
    for one in expected:
        target = _Target(past, one.effect)
        hand = pairs(one.time, target.by_hand, one.within)
        done = hand >= 0
        idle = ~done & target.nothing_to_do(one)
        acted = np.where(done, target.by_hand[hand] if len(target.by_hand) else one.time, one.time)
        matched |= set(one.firing[done].tolist())
        harmless |= set(one.firing[idle].tolist())
        wrong |= set(one.firing[~done & ~idle].tolist())
        undone |= set(one.firing[target.taken_back(np.maximum(one.time, acted))].tolist())
        missed += np.delete(target.by_hand, hand[done]).tolist()
        leads += ((acted - one.time)[done] / SECOND_US).tolist()
    wrong -= matched
    return Comparison(
        frozenset(matched),
        frozenset(wrong),
        frozenset(harmless - matched - wrong),
        frozenset(undone),
        tuple(sorted(missed)),
        tuple(leads),
    )


def pairs(expected: Ints, by_hand: Ints, within: Ints) -> Ints:
    """For each expectation the place of its hand action, -1 where it has none; both sorted by time.

    The nearest two of all go together, then the nearest two of the rest, and so on: in each round those that are
    nearest to each other.
    """
    found = np.full(len(expected), -1, np.int64)
    free_expected, free_hand = np.arange(len(expected)), np.arange(len(by_hand))
    while len(free_expected) and len(free_hand):
        mine, hands = expected[free_expected], by_hand[free_hand]
        to_hand, to_mine = _nearest(mine, hands), _nearest(hands, mine)
        near = np.abs(hands[to_hand] - mine) <= within[free_expected]
        mutual = near & (to_mine[to_hand] == np.arange(len(mine)))
        if not mutual.any():
            return found
        found[free_expected[mutual]] = free_hand[to_hand[mutual]]
        free_hand = np.delete(free_hand, to_hand[mutual])
        free_expected = free_expected[near & ~mutual]
    return found


def _nearest(of: Ints, among: Ints) -> Ints:
    """For each instant the place of the nearest one; the earlier of two that are equally near."""
    after = np.minimum(np.searchsorted(among, of), len(among) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(among[before] - of) <= np.abs(among[after] - of), before, after)


class _Target:
    """One entity and the state that the automation gives it."""

    def __init__(self, past: Past, effect: Effect) -> None:
        self.past, self.wanted = past, past.code(effect.state)
        self.series = series = past.series(effect.entity_id)
        before = np.concatenate([[ABSENT], series.state[:-1]]) if len(series) else series.state
        self._silent = past.codes(list(NEVER_A_NUMBER))
        real = (before != ABSENT) & ~np.isin(before, self._silent)
        inside = (series.time > past.start_us) & (series.time <= past.end_us)
        reached, by_person = series.state == self.wanted, _by_person(past, series)
        self.by_hand = series.time[reached & real & by_person & inside]
        self._by_others = series.time[reached & ~by_person]
        self._taken_back = series.time[(before == self.wanted) & ~reached & by_person]

    def nothing_to_do(self, one: Expected) -> Mask:
        """It was so already, it could not be reached, or something else did it around then."""
        now = self.series.state_at(self.past.moments(one.time))
        idle = (now == self.wanted) | (now == ABSENT) | np.isin(now, self._silent)
        elsewhere = _any_within(self._by_others, one.time - one.within, one.time + one.within)
        nothing: Mask = idle | elsewhere
        return nothing

    def taken_back(self, since: Ints) -> Mask:
        return _any_within(self._taken_back, since + 1, since + UNDONE_WITHIN_SECONDS * SECOND_US)


def _any_within(times: Ints, first: Ints, last: Ints) -> Mask:
    """Whether any of the sorted times lies from first to last, both included."""
    some: Mask = np.searchsorted(times, last, side="right") > np.searchsorted(times, first, side="left")
    return some


def _by_person(past: Past, series: Series) -> Mask:
    """Changes that a person made, or that nothing else is known to have made."""
    real = series.seen > 0
    cause = np.full(len(series), Cause.DEVICE, np.int8)
    cause[real] = CAUSE_OF_ORIGIN[past.events.origin[series.seen[real] - 1]]
    mask: Mask = np.isin(cause, [Cause.PERSON, Cause.UNKNOWN])
    return mask
