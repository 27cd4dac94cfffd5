"""What the checks read out of automations is kept by whoever checks, and by nobody else."""

from __future__ import annotations

import gc

from automations.checks import CheckContext, Readings, check
from automations.checks.readings import Reading
from schemas.home import AutomationConfig


def lamp_at(clock: str) -> AutomationConfig:
    return {
        "alias": f"Lamp at {clock}",
        "triggers": [{"trigger": "time", "at": clock}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}],
    }


def test_an_automation_is_read_once_also_when_it_is_decoded_anew() -> None:
    readings = Readings()

    first, again = readings.of(lamp_at("07:00:00")), readings.of(lamp_at("07:00:00"))

    assert first is again
    assert readings.of(lamp_at("08:00:00")) is not first


def test_nothing_of_a_home_outlives_its_checks() -> None:
    others = {str(hour): lamp_at(f"{hour:02}:00:00") for hour in range(10, 20)}
    context = CheckContext(other_automations=others)

    before = check(lamp_at("10:00:00"), context)
    held = sum(isinstance(thing, Reading) for thing in gc.get_objects())
    del context
    gc.collect()
    left = sum(isinstance(thing, Reading) for thing in gc.get_objects())

    assert [problem.stage for problem in before] == ["duplicates"]
    assert held - left >= len(others)
