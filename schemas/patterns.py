"""Patterns: what people really do, with the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

EVERY_DAY: Final = frozenset(range(7))
"""Monday 0 to Sunday 6."""


class PatternKind(StrEnum):
    TIME_OF_DAY = "time_of_day"
    SUN = "sun"
    CO_OCCURRENCE = "co_occurrence"
    NUMERIC = "numeric"
    PRESENCE = "presence"


@dataclass(frozen=True)
class ClockTrigger:
    """At a local time of day; `at_seconds` in 0..86399 since local midnight."""

    at_seconds: int

    @property
    def around_seconds(self) -> int:
        return self.at_seconds

    def rounded(self, step_seconds: int) -> ClockTrigger:
        return ClockTrigger(round(self.at_seconds / step_seconds) * step_seconds)


@dataclass(frozen=True)
class SunTrigger:
    """`offset_seconds` after (negative: before) `event`, which is "sunrise" or "sunset".

    `around_seconds` is the local time of day, 0..86399, that this means at the end of the window.
    """

    event: str
    offset_seconds: int
    around_seconds: int = 0

    def rounded(self, step_seconds: int) -> SunTrigger:
        return SunTrigger(self.event, round(self.offset_seconds / step_seconds) * step_seconds)


@dataclass(frozen=True)
class StateTrigger:
    """`entity_id` turns to `to` (from anything real), and stays so for `for_seconds`."""

    entity_id: str
    to: str
    from_: str | None = None
    for_seconds: int = 0


@dataclass(frozen=True)
class NumericTrigger:
    """The number crosses into the band: above `above` and below `below`, either may be None."""

    entity_id: str
    above: float | None = None
    below: float | None = None
    for_seconds: int = 0


DailyTrigger = ClockTrigger | SunTrigger
"""Comes once a day, `around_seconds` after local midnight; `rounded` stays the same where it moves by little."""
EntityTrigger = StateTrigger | NumericTrigger
"""Waits for a change of `entity_id`."""
Trigger = DailyTrigger | EntityTrigger


@dataclass(frozen=True)
class StateCondition:
    entity_id: str
    state: str


@dataclass(frozen=True)
class NumericCondition:
    entity_id: str
    above: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class DarkCondition:
    """Between sunset and sunrise (`dark` True) or between sunrise and sunset (False)."""

    dark: bool = True


@dataclass(frozen=True)
class ClockCondition:
    """Local time of day from `after_seconds` (inclusive) to `before_seconds` (exclusive), may wrap midnight."""

    after_seconds: int
    before_seconds: int


Condition = StateCondition | NumericCondition | DarkCondition | ClockCondition


@dataclass(frozen=True)
class Action:
    """One service call, `delay_seconds` after the step before it (0: at once)."""

    service: str
    entity_id: str
    state: str
    """The state that the target then has, as the history shows it."""
    data: Mapping[str, Any] = field(default_factory=dict)
    delay_seconds: int = 0


@dataclass(frozen=True)
class Evidence:
    """Formulas and ranges stand in `docs/glossary.md` and `generator/mining/hypotheses/evidence.py`."""

    support: float
    """Share of the possible days on which it was seen, 0..1."""
    confidence: float
    """Share of the trigger's chances after which the person did it, 0..1."""
    confidence_low: float
    """Lower 95 % bound of `confidence`, 0..1."""
    lift: float
    """How much likelier the action is at its trigger than at any such moment, 0..infinity."""
    days_seen: int
    days_possible: int
    occurrences: int
    opportunities: int
    q_value: float
    """False discovery rate at which it would just be accepted, 0..1."""
    first_seen: datetime
    last_seen: datetime
    settling: bool
    """True where the window is under 21 days, so each day was checked against what was learned from other days."""
    jitter_seconds: float = 0.0
    """Median absolute deviation of the person's time (or delay) around the trigger's."""
    holdout_seen: int = 0
    holdout_possible: int = 0
    seen_at: tuple[datetime, ...] = ()
    """When the person did it, UTC, oldest first, for the chart on the suggestion's card."""
    delays: tuple[float, ...] = ()
    """Seconds from the trigger to the person's action, one each time, for habits of "A, then B"; else empty."""


@dataclass(frozen=True)
class Pattern:
    """One habit. `weekdays` are Monday=0..Sunday=6; all seven mean every day."""

    kind: PatternKind
    trigger: Trigger
    actions: tuple[Action, ...]
    evidence: Evidence
    conditions: tuple[Condition, ...] = ()
    weekdays: frozenset[int] = EVERY_DAY
    habit_id: str = ""

    @property
    def target(self) -> str:
        """The entity that the first action acts on."""
        return self.actions[0].entity_id


@dataclass(frozen=True)
class Anomaly:
    """Something out of the ordinary; `score` 0..1, higher is stranger; times UTC."""

    entity_id: str
    start: datetime
    end: datetime
    reason: str
    score: float


@dataclass(frozen=True)
class Rejected:
    """Candidates of one kind that were not taken: a named reason and how many."""

    reason: str
    count: int
