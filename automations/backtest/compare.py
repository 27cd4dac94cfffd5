"""What the automation would have done, held against what the people did by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from automations.backtest.clock import SECOND
from automations.backtest.effects import Effect
from automations.backtest.moments import Ints, Mask
from automations.backtest.past import NEVER_A_NUMBER, Past, Series
from schemas.events import Cause

CLOCK_WITHIN_SECONDS: Final = 30 * 60
"""The person's action belongs to a firing by clock or sun where it is at most this much earlier or later."""

EVENT_WITHIN_SECONDS: Final = 10 * 60
"""The same for firings that follow something in the home."""

UNDONE_WITHIN_SECONDS: Final = 10 * 60
"""A person who takes the effect back within this time would have been annoyed."""


@dataclass(frozen=True)
class Expected:
    """One effect of a firing (its place): when, microseconds, how near a hand action must be to be the same."""

    firing: int
    time_us: int
    within_us: int
    effect: Effect


@dataclass(frozen=True)
class Comparison:
    """Places of firings (each in one of the first three at most), hand actions nobody foresaw, leads in seconds."""

    matched: frozenset[int]
    false: frozenset[int]
    already: frozenset[int]
    undone: frozenset[int]
    missed_us: tuple[int, ...]
    leads: tuple[float, ...]


def compare(past: Past, expected: list[Expected], effects: set[Effect]) -> Comparison:
    """Each hand action answers one firing at most and each firing's effect one hand action, nearest pairs first."""
    matched: set[int] = set()
    harmless: set[int] = set()
    wrong: set[int] = set()
    undone: set[int] = set()
    missed: list[int] = []
    leads: list[float] = []
    for effect in sorted(effects, key=lambda one: (one.entity_id, one.state)):
        mine = [one for one in expected if one.effect == effect]
        target = _Target(past, effect)
        pairs = _pairs(mine, target.by_hand)
        missed += [int(time) for place, time in enumerate(target.by_hand) if place not in pairs.values()]
        for place, one in enumerate(mine):
            done_us = int(target.by_hand[pairs[place]]) if place in pairs else None
            if done_us is not None:
                matched.add(one.firing)
                leads.append((done_us - one.time_us) / SECOND)
            elif target.nothing_to_do(one):
                harmless.add(one.firing)
            else:
                wrong.add(one.firing)
            if target.taken_back(max(one.time_us, done_us or one.time_us)):
                undone.add(one.firing)
    wrong -= matched
    return Comparison(
        frozenset(matched),
        frozenset(wrong),
        frozenset(harmless - matched - wrong),
        frozenset(undone),
        tuple(sorted(missed)),
        tuple(leads),
    )


def _pairs(expected: list[Expected], by_hand: Ints) -> dict[int, int]:
    """Place of the expectation to place of the hand action."""
    distances: list[tuple[int, int, int]] = []
    for place, one in enumerate(expected):
        first, last = np.searchsorted(by_hand, [one.time_us - one.within_us, one.time_us + one.within_us + 1])
        distances += [(abs(int(by_hand[hand]) - one.time_us), place, hand) for hand in range(int(first), int(last))]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, hand in sorted(distances):
        if place not in pairs and hand not in taken:
            pairs[place] = hand
            taken.add(hand)
    return pairs


class _Target:
    """One entity and the state that the automation gives it."""

    def __init__(self, past: Past, effect: Effect) -> None:
        self.past, self.wanted = past, past.code(effect.state)
        self.series = past.series(effect.entity_id)
        self._by_person = _by_person(past, self.series)
        before = np.concatenate([[-1], self.series.state[:-1]]) if len(self.series) else self.series.state
        self._silent = past.codes(list(NEVER_A_NUMBER))
        real = (before >= 0) & ~np.isin(before, self._silent)
        inside = (self.series.time > past.start_us) & (self.series.time <= past.end_us)
        self._reached = self.series.state == self.wanted
        self.by_hand = self.series.time[self._reached & real & self._by_person & inside]
        self._taken_back = self.series.time[(before == self.wanted) & ~self._reached & self._by_person]

    def nothing_to_do(self, one: Expected) -> bool:
        """It was so already, it could not be reached, or something else did it around then."""
        at = self.past.moments(np.array([one.time_us]))
        now = int(self.series.state_at(at)[0])
        if now in (self.wanted, -1, *self._silent.tolist()):
            return True
        first, last = np.searchsorted(
            self.series.time, [one.time_us - one.within_us, one.time_us + one.within_us], side="right"
        )
        return bool((self._reached[first:last] & ~self._by_person[first:last]).any())

    def taken_back(self, since_us: int) -> bool:
        first, last = np.searchsorted(
            self._taken_back, [since_us, since_us + UNDONE_WITHIN_SECONDS * SECOND], side="right"
        )
        return bool(last > first)


def _by_person(past: Past, series: Series) -> Mask:
    """Changes that a person made, or that nothing else is known to have made."""
    real = series.seen > 0
    cause = np.full(len(series), Cause.DEVICE, np.int8)
    cause[real] = past.events.cause[series.seen[real] - 1]
    mask: Mask = np.isin(cause, [Cause.PERSON, Cause.UNKNOWN])
    return mask
