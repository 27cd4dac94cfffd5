"""What services do, in both directions, and what a step causes."""

from __future__ import annotations

import pytest

from automations.config.calls import calls_from_step
from automations.config.services import service_for_state, state_after, verb_of
from automations.config.state_changes import StateChange, caused_changes, changes_from_step
from generator.mining.events.actions import SWITCHED_STATES, action_for, can_act_on
from schemas.home import Entity, Home

HOME = Home(
    "UTC", entities=(Entity("cover.blind", "Blind", area_id="hall"), Entity("light.hall", "Hall", area_id="hall"))
)
STATES = [(domain, state) for domain, states in SWITCHED_STATES.items() for state in states]


@pytest.mark.parametrize(("domain", "state"), STATES)
def test_the_service_that_a_habit_calls_ends_in_the_habits_state(domain: str, state: str) -> None:
    service = service_for_state(domain, state)

    assert state_after(domain, verb_of(domain, service), {}) == state


@pytest.mark.parametrize("entity_id", ["climate.hall", "select.mode", "number.level"])
def test_a_chosen_state_is_the_one_that_is_sent(entity_id: str) -> None:
    action = action_for(entity_id, "21.5")
    assert action is not None

    step = {"action": action.service, "target": {"entity_id": entity_id}, "data": action.data}

    assert changes_from_step(step, HOME) == (StateChange(entity_id, "21.5"),)


def test_a_habit_neither_unlocks_nor_sounds_a_siren() -> None:
    assert action_for("lock.door", "unlocked") is None
    assert not can_act_on("siren.attic")


def test_turning_on_everything_in_a_room_opens_its_cover() -> None:
    step = {"action": "homeassistant.turn_on", "target": {"area_id": "hall"}}

    assert changes_from_step(step, HOME) == (StateChange("cover.blind", "open"), StateChange("light.hall", "on"))


def test_a_scene_says_what_each_of_its_things_becomes() -> None:
    entities = {"cover.blind": "closed", "light.hall": {"state": True, "brightness": 9}, "lock.door": "unlocked"}
    step = {"action": "scene.apply", "data": {"entities": entities}}

    assert [call.verb for call in calls_from_step(step, HOME)] == ["close", "turn_on", "unlock"]
    assert [change.state for change in changes_from_step(step, HOME)] == ["closed", "on", "unlocked"]


@pytest.mark.parametrize(
    "step",
    [
        {"action": "light.toggle", "target": {"entity_id": "light.hall"}},
        {"action": "timer.start", "target": {"entity_id": "timer.wash"}},
        {"action": "script.turn_on", "target": {"entity_id": "script.evening"}},
        {"action": "climate.set_temperature", "target": {"entity_id": "climate.hall"}, "data": {"temperature": 21}},
        {"action": "select.select_option", "target": {"entity_id": "select.mode"}, "data": {"option": "{{ x }}"}},
        {"delay": 5},
    ],
)
def test_where_the_call_alone_does_not_tell_there_is_no_state(step: dict[str, object]) -> None:
    assert changes_from_step(step, HOME) == ()


def test_two_numbers_that_differ_are_no_contradiction_so_they_are_not_compared() -> None:
    step = {"action": "input_number.set_value", "target": {"entity_id": "input_number.level"}, "data": {"value": 20}}

    assert caused_changes({"actions": [step]}, HOME) == []
