"""What separates the times a trigger was followed from the times it was not: dark, someone home, a mode, a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, LocalClock, Seconds
from generator.mining.events.tidy import Tidy
from generator.mining.events.trigger_events import HOME, people_home
from generator.mining.hypotheses.hypothesis import EVERY_DAY, Hypothesis
from generator.mining.hypotheses.time_of_day import DAY_TYPES
from schemas.patterns import (
    Condition,
    DarkCondition,
    NumericCondition,
    PatternKind,
    StateCondition,
    StateTrigger,
)

MODES = frozenset({"input_boolean", "input_select", "select", "alarm_control_panel", "schedule", "person"})
QUIET_A_DAY = 8.0
"""A mode changes seldom; what changes more often is no mode."""
LEAST_GAIN = 3.0
"""Nats that a condition must buy beyond the price of having been picked; less is left out."""
MOST = 2
MOST_TIMES = 0.75
"""Of the times it was done that must lie inside a condition."""
CLEARLY = 0.08
"""What a condition must add to the confidence."""


@dataclass(frozen=True)
class Feature:
    """Something that may be so or not at a moment; `entity_id` is what it looks at, "" for sun and calendar."""

    holds: Callable[[Seconds], NDArray[np.bool_]]
    condition: Condition | None = None
    weekdays: frozenset[int] = EVERY_DAY
    entity_id: str = ""


def features_of(tidied: Tidy, sun: dict[str, Seconds]) -> list[Feature]:
    """All that a condition could be made of in this home."""
    features = []
    if sun:
        features += [Feature(_dark(tidied.clock, sun, dark), DarkCondition(dark)) for dark in (True, False)]
    time, count = people_home(tidied)
    if len(time):
        for someone in (True, False):
            condition = NumericCondition(HOME, above=0) if someone else NumericCondition(HOME, below=1)
            features.append(Feature(_held(time, (count > 0) == someone), condition, entity_id=HOME))
    for code, entity_id in enumerate(tidied.entities):
        features += _modes(tidied, code, entity_id)
    features += [Feature(_on(tidied.clock, kind), None, kind) for kind, _ in DAY_TYPES[1:]]
    return features


def _modes(tidied: Tidy, code: int, entity_id: str) -> list[Feature]:
    rows = tidied.rows(code)
    if entity_id.split(".", 1)[0] not in MODES or rows.stop - rows.start < 2:
        return []
    if rows.stop - rows.start > QUIET_A_DAY * max(1.0, tidied.clock.length / DAY):
        return []
    states = np.unique(tidied.state[rows])
    if len(states) > 8:
        return []
    return [
        Feature(
            _held(tidied.time[rows], tidied.state[rows] == state),
            StateCondition(entity_id, tidied.states[state]),
            entity_id=entity_id,
        )
        for state in states
    ]


def _held(time: Seconds, so: NDArray[np.bool_]) -> Callable[[Seconds], NDArray[np.bool_]]:
    # Before its first change a thing was in the other state, as far as two states go.
    def holds(at: Seconds) -> NDArray[np.bool_]:
        place = np.searchsorted(time, at, "right") - 1
        return np.asarray(np.where(place >= 0, so[np.clip(place, 0, None)], ~so[0]))

    return holds


def _dark(clock: LocalClock, sun: dict[str, Seconds], dark: bool) -> Callable[[Seconds], NDArray[np.bool_]]:
    def holds(at: Seconds) -> NDArray[np.bool_]:
        local = clock.local(at)
        day = np.clip((local // DAY).astype(np.int64), 0, len(sun["sunset"]) - 1)
        light = (local >= sun["sunrise"][day]) & (local < sun["sunset"][day])
        return np.asarray(light != dark)

    return holds


def _on(clock: LocalClock, weekdays: frozenset[int]) -> Callable[[Seconds], NDArray[np.bool_]]:
    wanted = np.array([day in weekdays for day in range(7)])

    def holds(at: Seconds) -> NDArray[np.bool_]:
        day = (clock.local(at) // DAY).astype(np.int64)
        return np.asarray(wanted[(day + clock.first_day.weekday()) % 7])

    return holds


def conditioned(guess: Hypothesis, features: list[Feature], target: str, least: float) -> Hypothesis:
    """The guess with up to MOST conditions that pay for themselves, the best first.

    A guess under the `least` confidence, 0..1, is no habit as it is: there a condition pays too where what it leaves
    is one, though the few times outside it stay unexplained.
    """
    usable = [feature for feature in features if _usable(feature, guess, target)]
    price = LEAST_GAIN + float(np.log(max(1, len(usable))))
    for _ in range(MOST):
        held = [(feature, feature.holds(guess.firings)) for feature in usable]
        narrowed = [_narrowed(guess, feature, holds, price) for feature, holds in held if holds.any()]
        better = [other for other in narrowed if _pays(other, guess, least)]
        if not better:
            return guess
        guess = max(better, key=lambda other: other.score)
    return guess


def _pays(narrow: Hypothesis, guess: Hypothesis, least: float) -> bool:
    if narrow.hits < MOST_TIMES * guess.hits or narrow.confidence < guess.confidence + CLEARLY:
        return False
    return narrow.score > guess.score or (guess.confidence < least <= narrow.confidence)


def _usable(feature: Feature, guess: Hypothesis, target: str) -> bool:
    if feature.condition is None:
        return guess.weekdays == EVERY_DAY and guess.kind not in (PatternKind.TIME_OF_DAY, PatternKind.SUN)
    if guess.kind is PatternKind.PRESENCE and (feature.entity_id == HOME or feature.entity_id.startswith("person.")):
        return False
    if isinstance(guess.trigger, StateTrigger) and feature.entity_id == guess.trigger.entity_id:
        return False
    return feature.entity_id != target


def _narrowed(guess: Hypothesis, feature: Feature, holds: NDArray[np.bool_], price: float) -> Hypothesis:
    narrow = guess.where(holds)
    if feature.condition is None:
        return replace(narrow, weekdays=feature.weekdays, prior=guess.prior + price)
    return replace(narrow, conditions=(*guess.conditions, feature.condition), prior=guess.prior + price)
