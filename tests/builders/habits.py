"""A small home, its habits, and a model that answers from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.drafting.model.model import RecordExchange, Reply
from generator.drafting.model.outcomes import ModelFailed
from generator.drafting.model.prompt import Question
from schemas.backtest import Backtest
from schemas.home import Area, AutomationConfig, Entity, Home
from schemas.patterns import (
    Action,
    ClockTrigger,
    Condition,
    DarkCondition,
    Evidence,
    Pattern,
    PatternKind,
    StateTrigger,
    Trigger,
)
from schemas.problems import Problem
from schemas.suggestion_files import Exchange

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
WEEKDAYS = frozenset(range(5))
AT_0642 = ClockTrigger(6 * 3600 + 42 * 60)

HOME = Home(
    timezone="Europe/Amsterdam",
    latitude=52.3702,
    longitude=4.8952,
    areas=(Area("zolder", "Zolder"), Area("keuken", "Keuken")),
    entities=(
        Entity("light.zolder_plafond", "Plafondlamp", "zolder", device_id="f00dcafe1234"),
        Entity("fan.zolder", "Ventilator", "zolder"),
        Entity("media_player.speaker_emma", "Emma's speaker", "zolder"),
        Entity("light.keuken", "Keukenlamp", "keuken"),
        Entity("binary_sensor.keuken_beweging", "Beweging aanrecht", "keuken", device_class="motion"),
        Entity("sensor.keuken_lux", "Lichtmeter", "keuken", device_class="illuminance"),
        Entity("person.emma", "Emma"),
    ),
)


def evidence(**changes: Any) -> Evidence:
    known: dict[str, Any] = {
        "support": 0.88,
        "confidence": 0.88,
        "confidence_low": 0.7,
        "lift": 12.0,
        "days_seen": 22,
        "days_possible": 25,
        "occurrences": 22,
        "opportunities": 25,
        "q_value": 0.0,
        "first_seen": MONDAY,
        "last_seen": MONDAY + timedelta(days=24),
        "settling": False,
        "jitter_seconds": 290.0,
        "seen_at": tuple(MONDAY + timedelta(days=day, hours=5, minutes=42) for day in range(22)),
    }
    return Evidence(**known | changes)


def habit(
    target: str = "light.zolder_plafond",
    service: str = "light.turn_on",
    trigger: Trigger = AT_0642,
    conditions: tuple[Condition, ...] = (),
    weekdays: frozenset[int] = WEEKDAYS,
    habit_id: str = "a1",
    state: str = "on",
    **of_evidence: Any,
) -> Pattern:
    kind = PatternKind.CO_OCCURRENCE if isinstance(trigger, StateTrigger) else PatternKind.TIME_OF_DAY
    action = Action(service, target, state)
    return Pattern(kind, trigger, (action,), evidence(**of_evidence), conditions, weekdays, habit_id)


DARK_HABIT = habit(conditions=(DarkCondition(),))


def answer(**changes: Any) -> str:
    """What a well-behaved model says about `DARK_HABIT`."""
    said: dict[str, Any] = {
        "alias": "light_1 on at time_1",
        "description": "Turns on light_1 in room_A at time_1 when it is dark.",
        "conditions": [{"kind": "keep", "id": "condition_1"}, {"kind": "keep", "id": "condition_2"}],
        "mode": "single",
        "leave_out": [],
        "why": "Only the words.",
    }
    return json.dumps(said | changes)


@dataclass
class ScriptedModel:
    """Answers from `script`, the last one again and again, and remembers what it was asked."""

    script: Sequence[str | Reply | ModelFailed]
    name: str = "scripted"
    asked: list[Question] = field(default_factory=list)
    closed: bool = False

    async def ask(self, question: Question, record: RecordExchange) -> Reply:
        self.asked.append(question)
        said = self.script[min(len(self.asked), len(self.script)) - 1]
        record(receipt(question, said if isinstance(said, str) else ""))
        if isinstance(said, ModelFailed):
            raise said
        return said if isinstance(said, Reply) else Reply(said)

    async def close(self) -> None:
        self.closed = True


def receipt(question: Question, said: str) -> Exchange:
    sent = "\n".join((question.instructions, *question.turns))
    return Exchange(MONDAY.isoformat(), "scripted", sent, said, 1000, 100, 0.001, 0.1, question.prompt, said)


def no_problems(_config: AutomationConfig) -> list[Problem]:
    return []


def replaying(matched: int = 20, false: int = 1, missed: int = 2) -> Callable[[AutomationConfig], Backtest]:
    """A history that says the same of every config."""
    return lambda _config: backtest(matched, false, missed)


def backtest(matched: int = 20, false: int = 1, missed: int = 2, undone: int = 0) -> Backtest:
    return Backtest(
        start=MONDAY,
        end=MONDAY + timedelta(days=25),
        matched=matched,
        false=(MONDAY,) * false,
        missed=(MONDAY,) * missed,
        undone=undone,
    )
