"""Checks a hypothesis on held-out days: the newest ones or, in a short history, each day by cross-validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, WindowClock
from generator.mining.hypotheses.conditions import Feature, add_conditions
from generator.mining.hypotheses.evidence import smoothed_confidence
from generator.mining.hypotheses.hypothesis import Hypothesis

SETTLED_DAYS = 21
TRAIN_SHARE = 0.7
FOLDS = 5


@dataclass(frozen=True)
class HoldoutResult:
    """How often the person followed what was learned without those days."""

    seen: int
    possible: int
    recent_seen: int
    recent_possible: int
    """The same in the newest part of the window alone."""
    earlier_confidence: float
    """Confidence in the part before that."""


def evaluate_holdout(
    hypothesis: Hypothesis,
    plain: Hypothesis,
    features: list[Feature],
    target: str,
    min_confidence: float,
    clock: WindowClock,
) -> HoldoutResult:
    """`plain` is the hypothesis before its conditions; these are chosen anew from the training days."""
    day = (clock.to_local(plain.firings) // DAY).astype(np.int64)
    recent = day >= int(np.ceil(clock.days * TRAIN_SHARE))
    older = hypothesis.where((clock.to_local(hypothesis.firings) // DAY) < int(np.ceil(clock.days * TRAIN_SHARE)))
    earlier_confidence = smoothed_confidence(older.hits, older.chances)
    if clock.length_seconds >= SETTLED_DAYS * DAY * 0.98:
        seen, possible = _count_hits(hypothesis, plain, ~recent, recent, features, target, min_confidence)
        return HoldoutResult(seen, possible, seen, possible, earlier_confidence)
    totals = np.zeros(4, np.int64)
    for fold in range(FOLDS):
        held_out = day % FOLDS == fold
        totals[:2] += _count_hits(hypothesis, plain, ~held_out, held_out, features, target, min_confidence)
        totals[2:] += _count_hits(hypothesis, plain, ~held_out, held_out & recent, features, target, min_confidence)
    seen, possible, recent_seen, recent_possible = (int(total) for total in totals)
    return HoldoutResult(seen, possible, recent_seen, recent_possible, earlier_confidence)


def _count_hits(
    hypothesis: Hypothesis,
    plain: Hypothesis,
    train_days: NDArray[np.bool_],
    test_days: NDArray[np.bool_],
    features: list[Feature],
    target: str,
    min_confidence: float,
) -> tuple[int, int]:
    """Hits and chances on the `test_days`, with center, spread and conditions learned from the `train_days`."""
    train, test = plain.where(train_days), plain.where(test_days)
    if hypothesis.conditions or hypothesis.weekdays != plain.weekdays:
        train = add_conditions(train, features, target, min_confidence)
        for feature in features:
            chosen = feature.condition in train.conditions if feature.condition else False
            by_day = feature.condition is None and feature.weekdays == train.weekdays != plain.weekdays
            if chosen or by_day:
                test = test.where(feature.holds(test.firings))
    if train.hits < 2:
        return 0, test.chances
    done = train.hit_index >= 0
    middle, spread = float(np.median(train.offsets[done])), float(np.std(train.offsets[done]))
    near = (test.hit_index >= 0) & (np.abs(test.offsets - middle) <= max(600.0, 3 * spread))
    return int(np.count_nonzero(near)), test.chances
