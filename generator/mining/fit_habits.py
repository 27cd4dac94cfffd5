"""Finds, for one doing, the guesses that explain it best; each of its times is explained once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import Doing
from generator.mining.events.tidy import Tidy
from generator.mining.events.trigger_events import Stream
from generator.mining.holdout import SETTLED_DAYS, Confirmation, confirm
from generator.mining.hypotheses.co_occurrence import pair_hypotheses, undo_hypothesis
from generator.mining.hypotheses.conditions import Feature, conditioned
from generator.mining.hypotheses.evidence import confidence_low, fades
from generator.mining.hypotheses.hypothesis import WAIT_FROM_SECONDS, Hypothesis, background_of
from generator.mining.hypotheses.numeric import Gauges, numeric_hypotheses
from generator.mining.hypotheses.time_of_day import Days, daily_hypotheses
from schemas.patterns import PatternKind

MOST_HABITS = 4
"""Of one thing and state."""
FEWEST = 3
CHANCE = 6.0
"""Nats below which a guess is chance and not worth a word."""
LEAST_CONFIDENCE = 0.55
LEAST_CONFIDENCE_SETTLING = 0.65
WIDEST_SECONDS = 2100.0
LOOSEST_DELAY = 0.75
SETTLED_NATS = 2.5
NEARLY = 0.8
"""A guess that explains this share of what the best one does may stand in for it."""


@dataclass(frozen=True)
class World:
    """What every doing is explained with."""

    tidied: Tidy
    stream: Stream
    gauges: Gauges
    features: list[Feature]
    days: Days
    sun: dict[str, Seconds]
    everybody: Seconds
    """Shape of the home's day, see `hypothesis.day_shape`."""

    @property
    def settling(self) -> bool:
        return self.tidied.clock.length < SETTLED_DAYS * DAY * 0.98

    @property
    def least_confidence(self) -> float:
        return LEAST_CONFIDENCE_SETTLING if self.settling else LEAST_CONFIDENCE


@dataclass(frozen=True)
class Explained:
    doing: Doing
    guess: Hypothesis
    confirmation: Confirmation


def explain(doing: Doing, world: World) -> list[Explained]:
    """The habits in this doing, the strongest first; what was not taken is counted by name."""
    found: list[Explained] = []
    left = doing
    for _ in range(MOST_HABITS):
        if len(left.times) < FEWEST:
            break
        guesses = sorted(_guesses(left, world), key=lambda pair: -pair[1].score)
        guesses = [pair for pair in guesses if pair[1].score > CHANCE]
        if not guesses:
            if not found:
                world.tidied.skipped["nothing explains it better than chance"] += 1
            break
        taken = _first_good(left, guesses, world)
        chosen = taken.guess if taken else guesses[0][1]
        if taken:
            found.append(taken)
        keep = np.ones(len(left.times), np.bool_)
        keep[chosen.hit[chosen.hit >= 0]] = False
        left = left.only(keep)
    return found


def _guesses(doing: Doing, world: World) -> list[tuple[Hypothesis, Hypothesis]]:
    """Pairs of a guess without and with its conditions."""
    clock = world.tidied.clock
    background = background_of(doing, world.everybody, clock, int(np.count_nonzero(world.days.usual)))
    plain = daily_hypotheses(doing, background, world.days, world.sun)
    pairs, _ = pair_hypotheses(doing, world.stream, background, len(world.stream.sources))
    plain += pairs
    plain += numeric_hypotheses(doing, world.gauges, background, 2 * len(world.gauges))
    undo = undo_hypothesis(doing, world.stream.sources, background)
    target = doing.action.entity_id
    best = max((guess.score for guess in plain), default=CHANCE)
    worth = [guess for guess in plain if guess.score_at_best > max(CHANCE, NEARLY * best)]
    both = [(guess, conditioned(guess, world.features, target, world.least_confidence)) for guess in worth]
    return both + ([(undo, undo)] if undo is not None else [])


def _first_good(doing: Doing, guesses: list[tuple[Hypothesis, Hypothesis]], world: World) -> Explained | None:
    """The best guess, or one nearly as good, that passes every test; the reason of the best is counted otherwise."""
    best = guesses[0][1].score
    reason = ""
    for plain, guess in guesses:
        if guess.score < NEARLY * best:
            break
        confirmation = confirm(
            guess, plain, world.features, doing.action.entity_id, world.least_confidence, world.tidied.clock
        )
        why = refusal(guess, confirmation, world)
        waits = "" if why else _undecided(guess, guesses, world)
        if not why and not waits:
            return Explained(doing, guess, confirmation)
        reason = reason or why or waits
        if guess.own or waits:
            break
    world.tidied.skipped[reason] += 1
    return None


def _undecided(guess: Hypothesis, guesses: list[tuple[Hypothesis, Hypothesis]], world: World) -> str:
    """In few days the sun hardly moves and weekends are few: what explains as much cannot be told apart yet.

    Then the habit waits, and no lesser guess stands in for it.
    """
    if not world.settling or guess.kind not in (PatternKind.TIME_OF_DAY, PatternKind.SUN):
        return ""
    close = [rival for _, rival in guesses if rival.score > guess.score - SETTLED_NATS and _same_times(rival, guess)]
    if {rival.kind for rival in close} >= {PatternKind.TIME_OF_DAY, PatternKind.SUN}:
        return "clock and sun explain it equally well; more days will tell"
    if any(rival.kind is guess.kind and rival.weekdays != guess.weekdays for rival in close):
        return "its days of the week are not certain yet; more days will tell"
    return ""


def _same_times(one: Hypothesis, other: Hypothesis) -> bool:
    """Do both explain mostly the same of the person's times?"""
    shared = np.intersect1d(one.hit[one.hit >= 0], other.hit[other.hit >= 0])
    return 2 * len(shared) >= min(one.hits, other.hits)


def refusal(guess: Hypothesis, confirmation: Confirmation, world: World) -> str:
    """Why a guess is not taken, "" where it is."""
    least = world.least_confidence
    daily = guess.kind in (PatternKind.TIME_OF_DAY, PatternKind.SUN)
    if guess.own:
        return "it only ends what was begun on the same thing"
    if daily and guess.spread > WIDEST_SECONDS:
        return "its time of day is too loose"
    if not daily and too_loose(guess.apart[guess.hit >= 0]):
        return "it follows after too many different delays"
    if guess.hits < _fewest(guess, world.settling):
        return "it was seen too seldom to tell"
    if not confirmation.recent_seen:
        return "it was not seen lately (it stopped)"
    if guess.confidence < least:
        return "it is done after too few of its chances"
    if confidence_low(guess.hits, guess.chances) < 0.4:
        return "too few chances to be sure"
    if fades(confirmation.recent_seen, confirmation.recent_possible, confirmation.before):
        return "it is no longer done as often (it fades)"
    if world.settling and confirmation.seen < (least - 0.1) * confirmation.possible:
        return "days that had no part in learning it do not confirm it"
    return ""


def too_loose(delays: Seconds) -> bool:
    """Would one fixed delay fit so badly that it acts while people are still there? `delays` in seconds.

    The spread of their logarithm is beyond LOOSEST_DELAY, and so many seconds that it is not just a quick hand.
    """
    spread = float(np.std(np.log(np.maximum(delays, 0.5)))) if len(delays) else 0.0
    return spread > LOOSEST_DELAY and float(np.std(delays)) > WAIT_FROM_SECONDS


def _fewest(guess: Hypothesis, settling: bool) -> int:
    if guess.kind not in (PatternKind.TIME_OF_DAY, PatternKind.SUN):
        return 5
    return 5 if settling else {7: 8, 5: 6, 2: 4, 1: 3}.get(len(guess.weekdays), 6)
