"""An automation in the words of a person."""

from __future__ import annotations

import pytest

from automations.config.words.describe import describe
from schemas.home import Area, Entity, Home

HOME = Home(
    "UTC",
    areas=(Area("hall", "Hall"),),
    entities=(
        Entity("light.k", "Kitchen light"),
        Entity("binary_sensor.m", "Hall motion", area_id="hall"),
        Entity("sensor.h", "Humidity"),
    ),
)
ON = {"action": "light.turn_on", "target": {"entity_id": "light.k"}}


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"trigger": "time", "at": "06:42:00"}, "At 06:42, turn on Kitchen light."),
        (
            {"platform": "sun", "event": "sunset", "offset": "-00:15:00"},
            "At 15 min before sunset, turn on Kitchen light.",
        ),
        (
            {"trigger": "state", "entity_id": "binary_sensor.m", "to": "on", "for": {"minutes": 5}},
            "When Hall motion turns on for 5 minutes, turn on Kitchen light.",
        ),
        (
            {"trigger": "numeric_state", "entity_id": "sensor.h", "above": 65},
            "When Humidity goes above 65, turn on Kitchen light.",
        ),
    ],
)
def test_each_trigger_has_its_words(trigger: dict[str, object], words: str) -> None:
    found = describe({"triggers": [trigger], "actions": [ON]}, HOME)

    assert found.sentence == words


def test_conditions_follow_the_actions() -> None:
    conditions = [
        {"condition": "time", "weekday": ["mon", "tue", "wed", "thu", "fri"]},
        {"condition": "sun", "after": "sunset", "before": "sunrise"},
    ]

    found = describe(
        {"triggers": [{"trigger": "time", "at": "07:00"}], "conditions": conditions, "actions": [ON]}, HOME
    )

    assert found.sentence == "At 07:00, turn on Kitchen light, but only if it is a weekday and it is dark."


def test_old_and_new_spelling_read_the_same() -> None:
    old = {
        "trigger": {"platform": "state", "entity_id": "binary_sensor.m", "to": "on"},
        "action": {"service": "light.turn_on", "entity_id": "light.k"},
    }
    new = {
        "triggers": [{"trigger": "state", "entity_id": ["binary_sensor.m"], "to": "on"}],
        "actions": [{"action": "light.turn_on", "entity_id": "light.k"}],
    }

    assert describe(old, HOME).sentence == describe(new, HOME).sentence


def test_what_has_no_words_is_still_named() -> None:
    config = {
        "triggers": [{"trigger": "mqtt", "topic": "x"}],
        "actions": [
            {"choose": [{"conditions": [], "sequence": [ON, ON]}]},
            {"action": "light.turn_on", "target": {"area_id": "hall"}},
        ],
    }

    found = describe(config, HOME)

    assert found.triggers[0].text == "mqtt"
    assert found.actions[0].text == "choose what fits (2 steps inside)"
    assert found.actions[1].text == "turn on everything in Hall"


def test_a_call_whose_data_is_a_template_is_told_without_it() -> None:
    found = describe({"triggers": [], "actions": [ON | {"data": "{{ fields }}"}]}, HOME)

    assert found.sentence == "Turn on Kitchen light."


def test_a_hostile_automation_does_not_break_it() -> None:
    found = describe({"triggers": [3, None, "x"], "actions": {"action": 5, "target": [1]}}, HOME)

    assert isinstance(found.sentence, str)
