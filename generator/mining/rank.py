"""From fitted habits to ranked patterns: chains become one automation, what the home does already is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from automations.config.already_does import AutomatedActions
from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.rejections import Rejections
from generator.mining.fit_habits import FittedHabit, MiningContext
from generator.mining.hypotheses.evidence import confidence_low, lift, q_values, share
from generator.mining.hypotheses.hypothesis import WAIT_FROM_SECONDS, Hypothesis
from schemas.patterns import DailyTrigger, Evidence, Pattern, StateTrigger

MAX_Q = 2e-4
MAX_Q_LOOSE = 1e-5
MAX_Q_RARE = 2e-3
LOOSE_SECONDS = 1320.0
AROUND_SECONDS = 9000.0
MIN_CONCENTRATION = 8.0
MAX_CHAIN = 3


def rank_patterns(
    fitted: Sequence[FittedHabit], context: MiningContext, tried: int
) -> tuple[list[Pattern], Rejections]:
    """Patterns with their evidence, strongest first, and why others are none; `tried` hypotheses were tried."""
    qs = q_values([each.hypothesis.score for each in fitted], tried)
    automated = AutomatedActions(context.tidied.home)
    patterns: list[Pattern] = []
    rejections: Rejections = Counter()
    for each, q in sorted(zip(fitted, qs, strict=True), key=lambda pair: _by_delay(pair[0])):
        pattern = pattern_from(each, q, context)
        if q > max_q(each):
            rejections["it could be chance, given how much was tried"] += 1
        elif automated.already_does(pattern):
            rejections["the home does this already"] += 1
        else:
            patterns.append(pattern)
    patterns = _join_chains(patterns)
    patterns.sort(key=lambda pattern: (-pattern.evidence.confidence_low, pattern.target, str(pattern.trigger)))
    return patterns, rejections


def _by_delay(each: FittedHabit) -> tuple[float, str]:
    return each.hypothesis.center, each.manual_action.action.entity_id


def max_q(each: FittedHabit) -> float:
    """The largest q-value, 0..1, that a habit may have: smaller where its time is loose, larger where it is rare.

    A habit of one weekday comes four times in a month and can hardly be surer; its prior accounts for it. A loose
    one that is no denser than the hours around it is only ordinary use in the evening: 0, so never a habit.
    """
    hypothesis = each.hypothesis
    if hypothesis.is_daily and hypothesis.spread > LOOSE_SECONDS:
        return MAX_Q_LOOSE if concentration(hypothesis, each.manual_action.times) >= MIN_CONCENTRATION else 0.0
    return MAX_Q_RARE if len(hypothesis.weekdays) <= 2 else MAX_Q


def concentration(hypothesis: Hypothesis, times: Seconds) -> float:
    """How much denser `times` lie within 1.5 spreads of the hypothesis's firings than up to AROUND_SECONDS away.

    1.0 means no denser; range 0 to infinity (half a time is added around, so that it is finite).
    """
    apart = np.abs(times[:, None] - hypothesis.firings[None, :])
    core = 1.5 * hypothesis.spread
    inside, around = np.count_nonzero(apart <= core), np.count_nonzero((apart > core) & (apart <= AROUND_SECONDS))
    return float(inside / core / ((around + 0.5) / (AROUND_SECONDS - core)))


def pattern_from(each: FittedHabit, q: float, context: MiningContext) -> Pattern:
    hypothesis = each.hypothesis
    action = each.manual_action.action
    if not hypothesis.is_daily and hypothesis.center >= WAIT_FROM_SECONDS:
        action = replace(action, delay_seconds=_rounded_delay(hypothesis.center))
    return Pattern(
        hypothesis.kind,
        hypothesis.trigger,
        (action,),
        evidence_from(each, q, context),
        hypothesis.conditions,
        hypothesis.weekdays,
    )


def _rounded_delay(seconds: float) -> int:
    step = 5 if seconds < 120 else 30
    return round(seconds / step) * step


def evidence_from(each: FittedHabit, q: float, context: MiningContext) -> Evidence:
    hypothesis, clock = each.hypothesis, context.tidied.clock
    done = hypothesis.hit_index >= 0
    times = each.manual_action.times[hypothesis.hit_index[done]]
    day = (clock.to_local(hypothesis.firings) // DAY).astype(np.int64)
    seen, possible = len(np.unique(day[done])), len(np.unique(day))
    width = max(hypothesis.spread * 2, 60.0)
    base = 1 - float(np.exp(-len(each.manual_action.times) / max(clock.length_seconds, DAY) * 2 * width))
    moments = tuple(clock.datetime_at(float(at)) for at in times)
    return Evidence(
        support=share(seen, max(possible, 1))
        if hypothesis.is_daily
        else min(hypothesis.confidence, share(hypothesis.hits, max(hypothesis.hits, len(each.manual_action.times)))),
        confidence=hypothesis.confidence,
        confidence_low=confidence_low(hypothesis.hits, hypothesis.chances),
        lift=lift(hypothesis.confidence, max(base, 1e-9)),
        days_seen=seen,
        days_possible=possible,
        occurrences=hypothesis.hits,
        opportunities=hypothesis.chances,
        q_value=q,
        first_seen=min(moments),
        last_seen=max(moments),
        settling=context.settling,
        jitter_seconds=float(np.median(np.abs(hypothesis.offsets[done] - np.median(hypothesis.offsets[done])))),
        holdout_seen=each.holdout.seen,
        holdout_possible=each.holdout.possible,
        seen_at=tuple(sorted(moments)),
        delays=delays_from(hypothesis),
    )


def delays_from(hypothesis: Hypothesis) -> tuple[float, ...]:
    """Seconds from the trigger to the person's action, to a tenth, oldest first; none where a clock is the trigger."""
    if hypothesis.is_daily:
        return ()
    return tuple(round(float(seconds), 1) for seconds in hypothesis.offsets[hypothesis.hit_index >= 0])


def _join_chains(patterns: list[Pattern]) -> list[Pattern]:
    """Joins "A then B" and "B then C", and two manual actions after one trigger, into one automation.

    `patterns` come quickest first, which is the order of the actions where one trigger starts both.
    """
    chains = list(patterns)
    while True:
        places = ((first, second) for first in range(len(chains)) for second in range(len(chains)) if first != second)
        joined = next(
            (
                (first, second, chain)
                for first, second in places
                if (chain := _join(chains[first], chains[second], first < second)) is not None
            ),
            None,
        )
        if joined is None:
            return chains
        first, second, chain = joined
        chains[first] = chain
        del chains[second]


def _join(one: Pattern, other: Pattern, quicker: bool) -> Pattern | None:
    """One automation for both, where `other` is triggered by the last action of `one`, or by its trigger but later."""
    if isinstance(one.trigger, DailyTrigger) or isinstance(other.trigger, DailyTrigger):
        return None
    if one.weekdays != other.weekdays or len(one.actions) + len(other.actions) > MAX_CHAIN:
        return None
    last, first = one.actions[-1], other.actions[0]
    onward = other.trigger if isinstance(other.trigger, StateTrigger) and not other.conditions else None
    if onward is not None and (onward.entity_id, onward.to) == (last.entity_id, last.state):
        return replace(one, actions=one.actions + other.actions)
    waited = sum(action.delay_seconds for action in one.actions)
    if quicker and one.trigger == other.trigger and one.conditions == other.conditions:
        later = replace(first, delay_seconds=max(0, first.delay_seconds - waited))
        return replace(one, actions=(*one.actions, later, *other.actions[1:]))
    return None
