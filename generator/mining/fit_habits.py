"""Fits habits to one manual action: the hypotheses that explain it best; each of its times is explained once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import ManualAction
from generator.mining.events.rejections import Rejections
from generator.mining.events.tidy import TidyEvents
from generator.mining.events.trigger_events import TriggerStream
from generator.mining.holdout import SETTLED_DAYS, HoldoutResult, evaluate_holdout
from generator.mining.hypotheses.co_occurrence import co_occurrence_hypotheses, undo_hypothesis
from generator.mining.hypotheses.conditions import Feature, add_conditions
from generator.mining.hypotheses.evidence import confidence_low, is_fading
from generator.mining.hypotheses.hypothesis import WAIT_FROM_SECONDS, Hypothesis, base_rate_from
from generator.mining.hypotheses.numeric import NumericSensors, numeric_hypotheses
from generator.mining.hypotheses.time_of_day import LocalDays, daily_hypotheses
from schemas.patterns import PatternKind

MAX_HABITS = 4
"""For one entity and target state."""
MIN_TIMES = 3
MIN_SCORE = 6.0
"""Nats below which a hypothesis is chance, and is not reported."""
MIN_CONFIDENCE = 0.55
MIN_CONFIDENCE_SETTLING = 0.65
MAX_SPREAD_SECONDS = 2100.0
MAX_DELAY_SPREAD = 0.75
SETTLED_NATS = 2.5
NEAR_BEST_SHARE = 0.8
"""A hypothesis with this share of the best score may take the place of the best."""


@dataclass(frozen=True)
class MiningContext:
    """What every manual action is fitted with."""

    tidied: TidyEvents
    stream: TriggerStream
    sensors: NumericSensors
    features: list[Feature]
    days: LocalDays
    sun: dict[str, Seconds]
    home_density: Seconds
    """Shape of the home's day, see `hypothesis.daily_density`."""

    @property
    def settling(self) -> bool:
        return self.tidied.clock.length_seconds < SETTLED_DAYS * DAY * 0.98

    @property
    def least_confidence(self) -> float:
        return MIN_CONFIDENCE_SETTLING if self.settling else MIN_CONFIDENCE


@dataclass(frozen=True)
class FittedHabit:
    manual_action: ManualAction
    hypothesis: Hypothesis
    holdout: HoldoutResult


def fit_habits(manual_action: ManualAction, context: MiningContext) -> tuple[list[FittedHabit], Rejections]:
    """The habits in this manual action, the strongest first, and why others were not accepted."""
    habits: list[FittedHabit] = []
    rejections: Rejections = Counter()
    remaining = manual_action
    for _ in range(MAX_HABITS):
        if len(remaining.times) < MIN_TIMES:
            break
        hypotheses = sorted(_hypotheses(remaining, context), key=lambda pair: -pair[1].score)
        hypotheses = [pair for pair in hypotheses if pair[1].score > MIN_SCORE]
        if not hypotheses:
            if not habits:
                rejections["nothing explains it better than chance"] += 1
            break
        accepted = _first_accepted(remaining, hypotheses, context)
        if isinstance(accepted, FittedHabit):
            habits.append(accepted)
            chosen = accepted.hypothesis
        else:
            rejections[accepted] += 1
            chosen = hypotheses[0][1]
        keep = np.ones(len(remaining.times), np.bool_)
        keep[chosen.hit_index[chosen.hit_index >= 0]] = False
        remaining = remaining.where(keep)
    return habits, rejections


def _hypotheses(manual_action: ManualAction, context: MiningContext) -> list[tuple[Hypothesis, Hypothesis]]:
    """Pairs of a hypothesis without and with its conditions."""
    clock = context.tidied.clock
    base_rate = base_rate_from(manual_action, context.home_density, clock, int(np.count_nonzero(context.days.usual)))
    plain = daily_hypotheses(manual_action, base_rate, context.days, context.sun)
    pairs, _ = co_occurrence_hypotheses(manual_action, context.stream, base_rate, len(context.stream.candidates))
    plain += pairs
    plain += numeric_hypotheses(manual_action, context.sensors, base_rate, 2 * len(context.sensors))
    undo = undo_hypothesis(manual_action, context.stream.candidates, base_rate)
    target = manual_action.action.entity_id
    best = max((each.score for each in plain), default=MIN_SCORE)
    worth = [
        hypothesis for hypothesis in plain if hypothesis.score_upper_bound > max(MIN_SCORE, NEAR_BEST_SHARE * best)
    ]
    both = [(each, add_conditions(each, context.features, target, context.least_confidence)) for each in worth]
    return both + ([(undo, undo)] if undo is not None else [])


def _first_accepted(
    manual_action: ManualAction, hypotheses: list[tuple[Hypothesis, Hypothesis]], context: MiningContext
) -> FittedHabit | str:
    """The best hypothesis, or one nearly as good, that passes every test; else why the best does not."""
    best = hypotheses[0][1].score
    reason = ""
    for plain, hypothesis in hypotheses:
        if hypothesis.score < NEAR_BEST_SHARE * best:
            break
        holdout = evaluate_holdout(
            hypothesis,
            plain,
            context.features,
            manual_action.action.entity_id,
            context.least_confidence,
            context.tidied.clock,
        )
        why_rejected = rejection_reason(hypothesis, holdout, context)
        why_wait = "" if why_rejected else _why_undecided(hypothesis, hypotheses, context)
        if not why_rejected and not why_wait:
            return FittedHabit(manual_action, hypothesis, holdout)
        reason = reason or why_rejected or why_wait
        if hypothesis.is_undo or why_wait:
            break
    return reason


def _why_undecided(
    hypothesis: Hypothesis, hypotheses: list[tuple[Hypothesis, Hypothesis]], context: MiningContext
) -> str:
    """Why the hypothesis cannot be told from others that explain as much yet, "" where it can.

    In few days sunrise and sunset hardly move and weekends are few. Then the habit waits, and no weaker hypothesis
    takes its place.
    """
    if not context.settling or not hypothesis.is_daily:
        return ""
    close = [
        rival
        for _, rival in hypotheses
        if rival.score > hypothesis.score - SETTLED_NATS and _explain_same_times(rival, hypothesis)
    ]
    if {rival.kind for rival in close} >= {PatternKind.TIME_OF_DAY, PatternKind.SUN}:
        return "clock and sun explain it equally well; more days will tell"
    if any(rival.kind is hypothesis.kind and rival.weekdays != hypothesis.weekdays for rival in close):
        return "its days of the week are not certain yet; more days will tell"
    return ""


def _explain_same_times(one: Hypothesis, other: Hypothesis) -> bool:
    """Do both explain mostly the same of the person's times?"""
    shared = np.intersect1d(one.hit_index[one.hit_index >= 0], other.hit_index[other.hit_index >= 0])
    return 2 * len(shared) >= min(one.hits, other.hits)


def rejection_reason(hypothesis: Hypothesis, holdout: HoldoutResult, context: MiningContext) -> str:
    """Why a hypothesis is not accepted, "" where it is."""
    min_confidence = context.least_confidence
    if hypothesis.is_undo:
        return "it only ends what was begun on the same thing"
    if hypothesis.is_daily and hypothesis.spread > MAX_SPREAD_SECONDS:
        return "its time of day is too loose"
    if not hypothesis.is_daily and is_too_loose(hypothesis.offsets[hypothesis.hit_index >= 0]):
        return "it follows after too many different delays"
    if hypothesis.hits < _min_hits(hypothesis, context.settling):
        return "it was seen too seldom to tell"
    if not holdout.recent_seen:
        return "it was not seen lately (it stopped)"
    if hypothesis.confidence < min_confidence:
        return "it is done after too few of its chances"
    if confidence_low(hypothesis.hits, hypothesis.chances) < 0.4:
        return "too few chances to be sure"
    if is_fading(holdout.recent_seen, holdout.recent_possible, holdout.earlier_confidence):
        return "it is no longer done as often (it fades)"
    if context.settling and holdout.seen < (min_confidence - 0.1) * holdout.possible:
        return "days that had no part in learning it do not confirm it"
    return ""


def is_too_loose(delays: Seconds) -> bool:
    """Would one fixed delay fit so badly that it acts while people are still there? `delays` in seconds.

    The spread of their logarithm is beyond MAX_DELAY_SPREAD, and so many seconds that it is not just a short delay.
    """
    spread = float(np.std(np.log(np.maximum(delays, 0.5)))) if len(delays) else 0.0
    return spread > MAX_DELAY_SPREAD and float(np.std(delays)) > WAIT_FROM_SECONDS


def _min_hits(hypothesis: Hypothesis, settling: bool) -> int:
    if not hypothesis.is_daily:
        return 5
    return 5 if settling else {7: 8, 5: 6, 2: 4, 1: 3}.get(len(hypothesis.weekdays), 6)
