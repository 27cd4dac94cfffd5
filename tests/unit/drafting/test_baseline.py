from __future__ import annotations

from datetime import UTC, datetime

import pytest

from automations.checks import check_text
from automations.checks.context import CheckContext
from automations.config.normalize import equivalent
from automations.config.yaml import decode, encode
from generator.drafting.baseline import baseline_from
from schemas.home import Entity, Home
from schemas.patterns import (
    Action,
    ClockCondition,
    ClockTrigger,
    Condition,
    DarkCondition,
    Evidence,
    NumericCondition,
    NumericTrigger,
    Pattern,
    PatternKind,
    StateCondition,
    StateTrigger,
    SunTrigger,
    Trigger,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EVIDENCE = Evidence(0.9, 0.9, 0.8, 5.0, 27, 30, 27, 30, 0.0, NOW, NOW, False, jitter_seconds=300)
HOME = Home(
    "Europe/Amsterdam",
    52.4,
    4.9,
    entities=tuple(
        Entity(entity_id)
        for entity_id in (
            "light.hall",
            "fan.bath",
            "binary_sensor.door",
            "sensor.humidity",
            "person.ann",
            "input_boolean.guests",
            "climate.living",
            "zone.home",
        )
    ),
)
TRIGGERS: list[Trigger] = [
    ClockTrigger(24_120),
    SunTrigger("sunset", -900),
    SunTrigger("sunrise", 0),
    StateTrigger("binary_sensor.door", "on", "off"),
    StateTrigger("person.ann", "home", for_seconds=60),
    NumericTrigger("sensor.humidity", above=65),
    NumericTrigger("zone.home", below=1),
]
CONDITIONS: list[Condition] = [
    DarkCondition(True),
    DarkCondition(False),
    ClockCondition(3600, 7200),
    NumericCondition("zone.home", above=0),
    StateCondition("input_boolean.guests", "on"),
]
ON = Action("light.turn_on", "light.hall", "on")


def pattern(trigger: Trigger, *conditions: Condition, weekdays: frozenset[int] = frozenset(range(7))) -> Pattern:
    actions = (ON, Action("fan.turn_on", "fan.bath", "on", delay_seconds=90))
    return Pattern(PatternKind.TIME_OF_DAY, trigger, actions, EVIDENCE, conditions, weekdays)


@pytest.mark.parametrize("trigger", TRIGGERS, ids=str)
def test_every_trigger_becomes_a_config_that_passes_its_checks(trigger: Trigger) -> None:
    config = baseline_from(pattern(trigger, *CONDITIONS), HOME)

    problems = check_text(encode(config), CheckContext(HOME))

    assert [problem for problem in problems if problem.stage in ("yaml", "schema", "triggers", "actions")] == []
    assert equivalent(decode(encode(config)).config or {}, config)


def test_a_weekday_habit_says_its_days_in_the_name_and_in_a_condition() -> None:
    config = baseline_from(pattern(ClockTrigger(24_120), weekdays=frozenset(range(5))), HOME)

    assert config["alias"] == "Turn on Hall and turn on Bath at 06:42 on weekdays"
    assert config["triggers"] == [{"trigger": "time", "at": "06:42:00"}]
    assert config["conditions"] == [{"condition": "time", "weekday": ["mon", "tue", "wed", "thu", "fri"]}]


def test_a_chain_waits_between_its_actions() -> None:
    config = baseline_from(pattern(ClockTrigger(0)), HOME)

    assert [list(step) for step in config["actions"]] == [["action", "target"], ["delay"], ["action", "target"]]
    assert config["actions"][1] == {"delay": "00:01:30"}


def test_a_thermostat_is_set_by_its_mode() -> None:
    heat = Action("climate.set_hvac_mode", "climate.living", "heat", {"hvac_mode": "heat"})

    config = baseline_from(Pattern(PatternKind.SUN, SunTrigger("sunset", 600), (heat,), EVIDENCE), HOME)

    assert config["alias"] == "Set Living to heat 10 minutes after sunset"
    assert config["actions"][0]["data"] == {"hvac_mode": "heat"}


def test_a_return_from_unavailable_fires_no_state_trigger() -> None:
    (trigger,) = baseline_from(pattern(StateTrigger("person.ann", "home")), HOME)["triggers"]

    assert trigger["not_from"] == ["unavailable", "unknown"]
