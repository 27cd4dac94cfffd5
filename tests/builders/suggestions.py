"""A drafted habit as the night hands it to git, and who decides about it."""

from __future__ import annotations

from datetime import timedelta

from automations.git.author import GitAuthor
from automations.git.proposal import Proposal
from schemas.patterns import Action, ClockTrigger, Evidence, Pattern, PatternKind
from schemas.suggestion_files import PATTERN, PATTERN_FILE
from tests.builders.lamps import NIGHT

ANNA = GitAuthor("Anna", "anna@example.org")
HABIT_ID = "a1b2c3d4e5f6"
AUTOMATION_ID = f"nightshift_{HABIT_ID}"
YAML = """\
id: {id}
alias: {alias}
triggers:
- trigger: time
  at: '06:42:00'
actions:
- action: light.turn_on
  target:
    entity_id: light.kitchen
"""

HABIT = Pattern(
    kind=PatternKind.TIME_OF_DAY,
    trigger=ClockTrigger(6 * 3600 + 42 * 60),
    actions=(Action("light.turn_on", "light.kitchen", "on"),),
    evidence=Evidence(
        support=18 / 21,
        confidence=18 / 21,
        confidence_low=0.65,
        lift=12.0,
        days_seen=18,
        days_possible=21,
        occurrences=18,
        opportunities=21,
        q_value=0.001,
        first_seen=NIGHT - timedelta(days=28),
        last_seen=NIGHT - timedelta(days=1),
        settling=False,
    ),
    weekdays=frozenset(range(5)),
)


def proposal(habit_id: str = HABIT_ID, **changes: object) -> Proposal:
    values: dict[str, object] = {
        "habit_id": habit_id,
        "habit_key": f"time|light.kitchen|{habit_id}",
        "title": "Kitchen light on at 06:42 on weekdays",
        "kind": "time_of_day",
        "area_id": "kitchen",
        "target": "light.kitchen",
        "yaml": f"id: nightshift_{habit_id}\nalias: Kitchen light\n",
        "strength": 0.8,
        "days_seen": 18,
        "days_possible": 21,
        "evidence_digest": "18/21",
        "reason": "Seen on 18 of 21 days.",
        "trailers": {"Support": "0.857", "Backtest": "fired 21, matched 18"},
        "ledger_files": {PATTERN_FILE: PATTERN.dump_json(HABIT)},
        "window_end": NIGHT,
    }
    return Proposal(**{**values, **changes})  # type: ignore[arg-type]
