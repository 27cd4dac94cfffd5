"""A home of numbered lamps, and the suggestions that a night would leave for them: as many as a test wants."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from automations.config.yaml import encode
from automations.git.ledger import read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import automation_id_from_habit
from automations.git.proposal import Proposal
from automations.git.proposals import propose
from automations.git.repository import Repository
from schemas.home import Area, AutomationConfig, Entity, Home, document_from_home
from schemas.patterns import Action, ClockTrigger, Evidence, Pattern, PatternKind
from schemas.suggestion_files import PATTERN, PATTERN_FILE

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
STARTER = Path(__file__).parents[2] / "automations" / "starter"


def lamp(number: int) -> str:
    return f"light.lamp_{number}"


def habit_id(number: int) -> str:
    return f"{number:08x}0000"


def home_of_lamps(count: int) -> Home:
    lamps = tuple(Entity(lamp(number), f"Lamp {number}", "hall") for number in range(count))
    return Home("UTC", areas=(Area("hall", "Hall"),), entities=lamps)


def write_home_file(path: Path, count: int) -> Path:
    path.write_text(json.dumps(document_from_home(home_of_lamps(count))), encoding="utf-8")
    return path


def config(number: int) -> AutomationConfig:
    at = f"{number // 60 % 24:02}:{number % 60:02}:00"
    return {
        "alias": f"Lamp {number} on at {at[:5]}",
        "triggers": [{"trigger": "time", "at": at}],
        "conditions": [],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": lamp(number)}}],
        "mode": "single",
    }


def yaml(number: int) -> str:
    return encode({"id": automation_id_from_habit(habit_id(number)), **config(number)})


def proposal(number: int) -> Proposal:
    evidence = Evidence(
        support=0.9,
        confidence=0.9,
        confidence_low=0.8,
        lift=9.0,
        days_seen=27,
        days_possible=30,
        occurrences=27,
        opportunities=30,
        q_value=0.0,
        first_seen=NIGHT - timedelta(days=30),
        last_seen=NIGHT,
        settling=False,
    )
    action = Action("light.turn_on", lamp(number), "on")
    pattern = Pattern(
        PatternKind.TIME_OF_DAY, ClockTrigger(number % 1440 * 60), (action,), evidence, habit_id=habit_id(number)
    )
    return Proposal(
        habit_id=habit_id(number),
        habit_key=f"time_of_day|{lamp(number)}",
        title=f"Lamp {number} on",
        kind="time_of_day",
        area_id="hall",
        target=lamp(number),
        yaml=yaml(number),
        strength=0.8,
        days_seen=27,
        days_possible=30,
        evidence_digest="27/30",
        reason="Seen on 27 of 30 days.",
        trailers={"Support": "0.90"},
        ledger_files={PATTERN_FILE: PATTERN.dump_json(pattern)},
        window_end=NIGHT,
    )


def repository_in(folder: Path) -> Repository:
    return Repository.open_or_create(folder / "automations.git", STARTER, NIGHT)


def suggest(repository: Repository, *numbers: int) -> None:
    for number in numbers:
        propose(repository, proposal(number), None, "", NIGHT)


def tip(repository: Repository, number: int) -> LedgerEntry:
    found = read_latest_entry(repository, habit_id(number))
    assert found is not None
    return found
