"""From explained doings to patterns: chains become one automation, what the home does already goes, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.existing import does_already
from generator.mining.fit_habits import Explained, World
from generator.mining.hypotheses.evidence import confidence_low, lift, q_values, share
from generator.mining.hypotheses.hypothesis import WAIT_FROM_SECONDS, Hypothesis
from schemas.patterns import ClockTrigger, Evidence, Pattern, PatternKind, StateTrigger, SunTrigger

LARGEST_Q = 2e-4
LARGEST_Q_LOOSE = 1e-5
LARGEST_Q_RARE = 2e-3
LOOSE_SECONDS = 1320.0
AROUND_SECONDS = 9000.0
DENSE = 8.0
LONGEST_CHAIN = 3


def ranked(explained: Sequence[Explained], world: World, tried: int) -> list[Pattern]:
    """Patterns with their evidence, strongest first. `tried` is the number of guesses that could have been made."""
    qs = q_values([each.guess.score for each in explained], tried)
    patterns: list[Pattern] = []
    for each, q in sorted(zip(explained, qs, strict=True), key=lambda pair: _quickest(pair[0])):
        pattern = pattern_of(each, q, world)
        if q > largest_q(each):
            world.tidied.skipped["it could be chance, given how much was tried"] += 1
        elif does_already(world.tidied.home, pattern):
            world.tidied.skipped["the home does this already"] += 1
        else:
            patterns.append(pattern)
    patterns = _chained(patterns)
    return sorted(
        patterns, key=lambda pattern: (-pattern.evidence.confidence_low, pattern.target, str(pattern.trigger))
    )


def _quickest(each: Explained) -> tuple[float, str]:
    return each.guess.middle, each.doing.action.entity_id


def largest_q(each: Explained) -> float:
    """How sure a habit must be: surer where its time is loose, less where it is rare.

    A habit of one weekday comes four times in a month and can hardly be surer; its price is in its prior. A loose one
    that is no denser than the hours around it is only the use of an evening: 0, nothing makes it a habit.
    """
    guess = each.guess
    if guess.kind in (PatternKind.TIME_OF_DAY, PatternKind.SUN) and guess.spread > LOOSE_SECONDS:
        return LARGEST_Q_LOOSE if concentration(guess, each.doing.times) >= DENSE else 0.0
    return LARGEST_Q_RARE if len(guess.weekdays) <= 2 else LARGEST_Q


def concentration(guess: Hypothesis, times: Seconds) -> float:
    """How much denser `times` lie within 1.5 spreads of the guess's firings than around, up to AROUND_SECONDS away.

    1.0 means no denser; range 0 to infinity (half a time is added around, so that it is finite).
    """
    apart = np.abs(times[:, None] - guess.firings[None, :])
    core = 1.5 * guess.spread
    inside, around = np.count_nonzero(apart <= core), np.count_nonzero((apart > core) & (apart <= AROUND_SECONDS))
    return float(inside / core / ((around + 0.5) / (AROUND_SECONDS - core)))


def pattern_of(each: Explained, q: float, world: World) -> Pattern:
    guess = each.guess
    action = each.doing.action
    if guess.kind not in (PatternKind.TIME_OF_DAY, PatternKind.SUN) and guess.middle >= WAIT_FROM_SECONDS:
        action = replace(action, delay_seconds=_rounded_delay(guess.middle))
    return Pattern(
        guess.kind,
        guess.trigger,
        (action,),
        evidence_of(each, q, world),
        guess.conditions,
        guess.weekdays,
    )


def _rounded_delay(seconds: float) -> int:
    step = 5 if seconds < 120 else 30
    return round(seconds / step) * step


def evidence_of(each: Explained, q: float, world: World) -> Evidence:
    guess, clock = each.guess, world.tidied.clock
    done = guess.hit >= 0
    times = each.doing.times[guess.hit[done]]
    day = (clock.local(guess.firings) // DAY).astype(np.int64)
    seen, possible = len(np.unique(day[done])), len(np.unique(day))
    width = max(guess.spread * 2, 60.0)
    base = 1 - float(np.exp(-len(each.doing.times) / max(clock.length, DAY) * 2 * width))
    moments = tuple(clock.moment(float(at)) for at in times)
    return Evidence(
        support=share(seen, max(possible, 1))
        if guess.kind in (PatternKind.TIME_OF_DAY, PatternKind.SUN)
        else min(guess.confidence, share(guess.hits, max(guess.hits, len(each.doing.times)))),
        confidence=guess.confidence,
        confidence_low=confidence_low(guess.hits, guess.chances),
        lift=lift(guess.confidence, max(base, 1e-9)),
        days_seen=seen,
        days_possible=possible,
        occurrences=guess.hits,
        opportunities=guess.chances,
        q_value=q,
        first_seen=min(moments),
        last_seen=max(moments),
        settling=world.settling,
        jitter_seconds=float(np.median(np.abs(guess.apart[done] - np.median(guess.apart[done])))),
        holdout_seen=each.confirmation.seen,
        holdout_possible=each.confirmation.possible,
        seen_at=tuple(sorted(moments)),
        delays=delays_of(guess),
    )


def delays_of(guess: Hypothesis) -> tuple[float, ...]:
    """Seconds from the trigger to the person's action, to a tenth, oldest first; none where a clock is the trigger."""
    if guess.kind in (PatternKind.TIME_OF_DAY, PatternKind.SUN):
        return ()
    return tuple(round(float(seconds), 1) for seconds in guess.apart[guess.hit >= 0])


def _chained(patterns: list[Pattern]) -> list[Pattern]:
    """Joins "A then B" and "B then C", and two doings after one trigger, into one automation with several actions.

    `patterns` come quickest first, which is the order of the actions where one trigger sets off both.
    """
    chains = list(patterns)
    while True:
        places = ((first, second) for first in range(len(chains)) for second in range(len(chains)) if first != second)
        found = next(
            (
                (first, second, chain)
                for first, second in places
                if (chain := _joined(chains[first], chains[second], first < second)) is not None
            ),
            None,
        )
        if found is None:
            return chains
        first, second, chain = found
        chains[first] = chain
        del chains[second]


def _joined(one: Pattern, other: Pattern, quicker: bool) -> Pattern | None:
    """One automation for both, where `other` is set off by what `one` does last, or by the same trigger a bit later."""
    if isinstance(one.trigger, ClockTrigger | SunTrigger) or isinstance(other.trigger, ClockTrigger | SunTrigger):
        return None
    if one.weekdays != other.weekdays or len(one.actions) + len(other.actions) > LONGEST_CHAIN:
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
