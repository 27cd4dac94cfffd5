"""Checks a guess on days that had no part in it: the newest ones, or each day by what the others taught."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, LocalClock
from generator.mining.hypotheses.conditions import Feature, conditioned
from generator.mining.hypotheses.evidence import smoothed
from generator.mining.hypotheses.hypothesis import Hypothesis

SETTLED_DAYS = 21
LEARNED_SHARE = 0.7
FOLDS = 5


@dataclass(frozen=True)
class Confirmation:
    """How often the person followed what was learned without those days."""

    seen: int
    possible: int
    recent_seen: int
    recent_possible: int
    """The same in the newest part of the window alone."""
    before: float
    """Confidence in the part before that."""


def confirm(
    guess: Hypothesis, plain: Hypothesis, features: list[Feature], target: str, least: float, clock: LocalClock
) -> Confirmation:
    """`plain` is the guess before its conditions; these are chosen anew from the days that teach."""
    day = (clock.local(plain.firings) // DAY).astype(np.int64)
    recent = day >= int(np.ceil(clock.days * LEARNED_SHARE))
    older = guess.where((clock.local(guess.firings) // DAY) < int(np.ceil(clock.days * LEARNED_SHARE)))
    guess_before = smoothed(older.hits, older.chances)
    if clock.length >= SETTLED_DAYS * DAY * 0.98:
        seen, possible = _checked(guess, plain, ~recent, recent, features, target, least)
        return Confirmation(seen, possible, seen, possible, guess_before)
    totals = np.zeros(4, np.int64)
    for fold in range(FOLDS):
        held = day % FOLDS == fold
        totals[:2] += _checked(guess, plain, ~held, held, features, target, least)
        totals[2:] += _checked(guess, plain, ~held, held & recent, features, target, least)
    seen, possible, recent_seen, recent_possible = (int(total) for total in totals)
    return Confirmation(seen, possible, recent_seen, recent_possible, guess_before)


def _checked(
    guess: Hypothesis,
    plain: Hypothesis,
    learn: NDArray[np.bool_],
    check: NDArray[np.bool_],
    features: list[Feature],
    target: str,
    least: float,
) -> tuple[int, int]:
    """Hits and chances on the days `check`, with middle, width and conditions from the days `learn`."""
    taught, tested = plain.where(learn), plain.where(check)
    if guess.conditions or guess.weekdays != plain.weekdays:
        taught = conditioned(taught, features, target, least)
        for feature in features:
            chosen = feature.condition in taught.conditions if feature.condition else False
            by_day = feature.condition is None and feature.weekdays == taught.weekdays != plain.weekdays
            if chosen or by_day:
                tested = tested.where(feature.holds(tested.firings))
    if taught.hits < 2:
        return 0, tested.chances
    done = taught.hit >= 0
    middle, spread = float(np.median(taught.apart[done])), float(np.std(taught.apart[done]))
    near = (tested.hit >= 0) & (np.abs(tested.apart - middle) <= max(600.0, 3 * spread))
    return int(np.count_nonzero(near)), tested.chances
