"""Whether the home does a habit already."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from automations.config.already_does import AutomatedActions
from schemas.home import Entity, Home
from schemas.patterns import (
    Action,
    ClockTrigger,
    Evidence,
    NumericTrigger,
    Pattern,
    PatternKind,
    StateTrigger,
    SunTrigger,
    Trigger,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EVIDENCE = Evidence(0.9, 0.9, 0.8, 5.0, 27, 30, 27, 30, 0.0, NOW, NOW, False)
ON = {"action": "light.turn_on", "target": {"entity_id": "light.hall"}}
AT_SEVEN = {"trigger": "time", "at": "07:00:00"}
SEVEN = ClockTrigger(7 * 3600)


def does(config: dict[str, Any], trigger: Trigger = SEVEN) -> bool:
    home = Home("UTC", entities=(Entity("light.hall", "Hall", area_id="hall"),), automations=(config,))
    action = Action("light.turn_on", "light.hall", "on")
    return AutomatedActions(home).already_does(Pattern(PatternKind.TIME_OF_DAY, trigger, (action,), EVIDENCE))


@pytest.mark.parametrize(
    "config",
    [
        {"triggers": [AT_SEVEN], "actions": [ON]},
        {
            "trigger": {"platform": "time", "at": "07:40"},
            "action": {"service": "light.turn_on", "entity_id": "light.hall"},
        },
        {"triggers": [AT_SEVEN], "actions": [{"if": "{{ x }}", "then": [ON]}]},
        {"triggers": [AT_SEVEN], "actions": [{"action": "homeassistant.turn_on", "target": {"area_id": "hall"}}]},
        {"triggers": [{"trigger": "time", "at": ["12:00", "06:20"]}], "actions": [ON]},
        {"triggers": [{"triggers": [AT_SEVEN]}], "actions": [ON]},
    ],
)
def test_the_same_call_at_about_the_same_time_is_done_already(config: dict[str, Any]) -> None:
    assert does(config)


@pytest.mark.parametrize(
    "config",
    [
        {"triggers": [{"trigger": "time", "at": "07:50"}], "actions": [ON]},
        {"triggers": [{"trigger": "time", "at": "sensor.alarm"}], "actions": [ON]},
        {"triggers": [AT_SEVEN], "actions": [{**ON, "action": "light.turn_off"}]},
        {"triggers": [AT_SEVEN], "actions": [{**ON, "target": {"entity_id": "light.attic"}}]},
        {"triggers": [], "actions": [{"wait_for_trigger": [AT_SEVEN]}, ON]},
    ],
)
def test_another_call_or_another_time_is_not_done_already(config: dict[str, Any]) -> None:
    assert not does(config)


def test_a_time_across_midnight_is_near() -> None:
    assert does({"triggers": [{"trigger": "time", "at": "23:50"}], "actions": [ON]}, ClockTrigger(600))


def test_the_sun_is_the_same_event_or_the_time_that_it_means() -> None:
    sunset = SunTrigger("sunset", 0, 18 * 3600)

    assert does({"triggers": [{"trigger": "sun", "event": "sunset"}], "actions": [ON]}, sunset)
    assert does({"triggers": [{"trigger": "time", "at": "18:10"}], "actions": [ON]}, sunset)
    assert not does({"triggers": [{"trigger": "sun", "event": "sunrise"}], "actions": [ON]}, sunset)


@pytest.mark.parametrize("trigger", [StateTrigger("binary_sensor.door", "on"), NumericTrigger("binary_sensor.door", 3)])
def test_another_entity_is_the_same_trigger_whatever_it_turns_to(trigger: Trigger) -> None:
    listening = {"trigger": "state", "entity_id": "sensor.x, binary_sensor.door", "to": "off"}

    assert does({"triggers": [listening], "actions": [ON]}, trigger)
