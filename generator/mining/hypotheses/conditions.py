"""What separates the times a trigger was followed from the times it was not: dark, someone home, a mode, a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from automations.timeline.local_clock import weekday_of
from automations.timeline.presence import HOME_ZONE, is_person
from generator.mining.events.local_time import DAY, Seconds, WindowClock
from generator.mining.events.tidy import TidyEvents
from generator.mining.events.trigger_events import people_home
from generator.mining.hypotheses.hypothesis import Hypothesis
from generator.mining.hypotheses.time_of_day import DAY_TYPES
from schemas.patterns import (
    EVERY_DAY,
    Condition,
    DarkCondition,
    NumericCondition,
    PatternKind,
    StateCondition,
    StateTrigger,
)

MODES = frozenset({"input_boolean", "input_select", "select", "alarm_control_panel", "schedule", "person"})
MAX_MODE_CHANGES_A_DAY = 8.0
"""A mode changes seldom; what changes more often is no mode."""
MIN_GAIN = 3.0
"""Nats that a condition must gain beyond its prior, the cost of having been picked; less is left out."""
MAX_CONDITIONS = 2
MIN_HITS_KEPT_SHARE = 0.75
"""Of the times it was done that must lie inside a condition."""
MIN_CONFIDENCE_GAIN = 0.08
"""What a condition must add to the confidence."""


@dataclass(frozen=True)
class Feature:
    """Something that may be so or not at a moment; `entity_id` is what it depends on, "" for sun and calendar."""

    holds: Callable[[Seconds], NDArray[np.bool_]]
    condition: Condition | None = None
    weekdays: frozenset[int] = EVERY_DAY
    entity_id: str = ""


def features_from(tidied: TidyEvents, sun: dict[str, Seconds]) -> list[Feature]:
    """Everything in this home that a condition could be made of."""
    features = []
    if sun:
        features += [Feature(_dark_predicate(tidied.clock, sun, dark), DarkCondition(dark)) for dark in (True, False)]
    time, count = people_home(tidied)
    if len(time):
        for someone in (True, False):
            condition = NumericCondition(HOME_ZONE, above=0) if someone else NumericCondition(HOME_ZONE, below=1)
            features.append(Feature(_state_predicate(time, (count > 0) == someone), condition, entity_id=HOME_ZONE))
    for code, entity_id in enumerate(tidied.entities):
        features += _mode_features(tidied, code, entity_id)
    features += [Feature(_weekday_predicate(tidied.clock, kind), None, kind) for kind, _ in DAY_TYPES[1:]]
    return features


def _mode_features(tidied: TidyEvents, code: int, entity_id: str) -> list[Feature]:
    rows = tidied.rows(code)
    if entity_id.split(".", 1)[0] not in MODES or rows.stop - rows.start < 2:
        return []
    if rows.stop - rows.start > MAX_MODE_CHANGES_A_DAY * max(1.0, tidied.clock.length_seconds / DAY):
        return []
    states = np.unique(tidied.state[rows])
    if len(states) > 8:
        return []
    return [
        Feature(
            _state_predicate(tidied.time[rows], tidied.state[rows] == state),
            StateCondition(entity_id, tidied.states[state]),
            entity_id=entity_id,
        )
        for state in states
    ]


def _state_predicate(time: Seconds, in_state: NDArray[np.bool_]) -> Callable[[Seconds], NDArray[np.bool_]]:
    # Before its first change an entity was in the other state, as far as two states go.
    def holds(at: Seconds) -> NDArray[np.bool_]:
        place = np.searchsorted(time, at, "right") - 1
        return np.asarray(np.where(place >= 0, in_state[np.clip(place, 0, None)], ~in_state[0]))

    return holds


def _dark_predicate(clock: WindowClock, sun: dict[str, Seconds], dark: bool) -> Callable[[Seconds], NDArray[np.bool_]]:
    def holds(at: Seconds) -> NDArray[np.bool_]:
        local = clock.to_local(at)
        day = np.clip((local // DAY).astype(np.int64), 0, len(sun["sunset"]) - 1)
        light = (local >= sun["sunrise"][day]) & (local < sun["sunset"][day])
        return np.asarray(light != dark)

    return holds


def _weekday_predicate(clock: WindowClock, weekdays: frozenset[int]) -> Callable[[Seconds], NDArray[np.bool_]]:
    wanted = np.array([day in weekdays for day in range(7)])

    def holds(at: Seconds) -> NDArray[np.bool_]:
        day = (clock.to_local(at) // DAY).astype(np.int64)
        return np.asarray(wanted[weekday_of(clock.first_day + day)])

    return holds


def add_conditions(hypothesis: Hypothesis, features: list[Feature], target: str, min_confidence: float) -> Hypothesis:
    """The hypothesis with up to MAX_CONDITIONS conditions that improve it, the best first.

    A hypothesis under `min_confidence`, 0..1, is no habit as it is: there a condition is added too where what it
    leaves is one, though the few times outside it stay unexplained.
    """
    usable = [feature for feature in features if _is_usable(feature, hypothesis, target)]
    added_prior = MIN_GAIN + float(np.log(max(1, len(usable))))
    for _ in range(MAX_CONDITIONS):
        evaluated = [(feature, feature.holds(hypothesis.firings)) for feature in usable]
        narrowed = [
            _add_condition(hypothesis, feature, holds, added_prior) for feature, holds in evaluated if holds.any()
        ]
        better = [other for other in narrowed if _improves(other, hypothesis, min_confidence)]
        if not better:
            return hypothesis
        hypothesis = max(better, key=lambda other: other.score)
    return hypothesis


def _improves(narrow: Hypothesis, hypothesis: Hypothesis, min_confidence: float) -> bool:
    if (
        narrow.hits < MIN_HITS_KEPT_SHARE * hypothesis.hits
        or narrow.confidence < hypothesis.confidence + MIN_CONFIDENCE_GAIN
    ):
        return False
    return narrow.score > hypothesis.score or (hypothesis.confidence < min_confidence <= narrow.confidence)


def _is_usable(feature: Feature, hypothesis: Hypothesis, target: str) -> bool:
    if feature.condition is None:
        return hypothesis.weekdays == EVERY_DAY and not hypothesis.is_daily
    if hypothesis.kind is PatternKind.PRESENCE and (feature.entity_id == HOME_ZONE or is_person(feature.entity_id)):
        return False
    if isinstance(hypothesis.trigger, StateTrigger) and feature.entity_id == hypothesis.trigger.entity_id:
        return False
    return feature.entity_id != target


def _add_condition(
    hypothesis: Hypothesis, feature: Feature, holds: NDArray[np.bool_], added_prior: float
) -> Hypothesis:
    narrow = hypothesis.where(holds)
    if feature.condition is None:
        return replace(narrow, weekdays=feature.weekdays, prior=hypothesis.prior + added_prior)
    return replace(narrow, conditions=(*hypothesis.conditions, feature.condition), prior=hypothesis.prior + added_prior)
