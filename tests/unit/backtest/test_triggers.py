"""When triggers fire, in the cases that surprise."""

from __future__ import annotations

import pytest

from schemas.home import Home
from tests.unit.backtest.build import fired, played

DOOR = "binary_sensor.door"
TEMPERATURE = "sensor.temperature"


def test_to_fires_on_a_return_from_unavailable_and_on_the_first_appearance() -> None:
    rows = [("10 01:00", DOOR, "on"), ("10 02:00", DOOR, "unavailable"), ("10 03:00", DOOR, "on")]

    result = played({"trigger": "state", "entity_id": DOOR, "to": "on"}, ("10 00:00", "light.hall", "off"), *rows)

    assert fired(result) == ["10 01:00:00", "10 03:00:00"]


def test_from_off_fires_on_neither() -> None:
    rows = [("10 01:00", DOOR, "on"), ("10 02:00", DOOR, "unavailable"), ("10 03:00", DOOR, "on")]
    trigger = {"trigger": "state", "entity_id": DOOR, "from": "off", "to": "on"}

    result = played(trigger, ("10 00:00", "light.hall", "off"), *rows)

    assert fired(result) == []


def test_the_states_found_at_the_start_fire_nothing() -> None:
    result = played({"trigger": "state", "entity_id": DOOR, "to": "on"}, ("10 00:00", DOOR, "on"))

    assert fired(result) == []


def test_a_repeated_state_is_no_change() -> None:
    rows = [("10 00:00", DOOR, "off"), ("10 01:00", DOOR, "on"), ("10 02:00", DOOR, "on")]

    result = played({"trigger": "state", "entity_id": DOOR}, *rows)

    assert fired(result) == ["10 01:00:00"]


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ({"not_from": "off"}, ["10 01:00:00", "10 03:00:00"]),
        ({"not_to": ["on", "unavailable"]}, ["10 01:00:00", "10 03:00:00"]),
        ({"to": None}, ["10 01:00:00", "10 02:00:00", "10 03:00:00"]),
    ],
)
def test_states_can_be_left_out(side: dict[str, object], expected: list[str]) -> None:
    rows = [("10 01:00", DOOR, "off"), ("10 02:00", DOOR, "on"), ("10 03:00", DOOR, "off")]
    trigger = {"trigger": "state", "entity_id": DOOR, **side}

    result = played(trigger, ("10 00:00", "light.hall", "off"), *rows)

    assert fired(result) == expected


def test_for_with_to_dies_on_any_other_state() -> None:
    rows = [("10 00:00", DOOR, "off"), ("10 01:00", DOOR, "on"), ("10 01:05", DOOR, "unavailable")]
    trigger = {"trigger": "state", "entity_id": DOOR, "to": "on", "for": "00:10:00"}

    result = played(trigger, *rows, ("10 01:06", DOOR, "on"))

    assert fired(result) == ["10 01:16:00"]


def test_for_with_only_from_survives_all_but_a_return() -> None:
    rows = [("10 00:00", DOOR, "on"), ("10 01:00", DOOR, "off"), ("10 01:05", DOOR, "unavailable")]
    back = [("10 02:00", DOOR, "on"), ("10 02:01", DOOR, "off"), ("10 02:02", DOOR, "on")]
    trigger = {"trigger": "state", "entity_id": DOOR, "from": "on", "for": {"minutes": 10}}

    result = played(trigger, *rows, *back)

    assert fired(result) == ["10 01:10:00"]


def test_a_change_at_the_very_microsecond_ends_the_wait() -> None:
    rows = [("10 00:00", DOOR, "off"), ("10 01:00", DOOR, "on"), ("10 01:10", DOOR, "off")]

    result = played({"trigger": "state", "entity_id": DOOR, "to": "on", "for": 600}, *rows)

    assert fired(result) == []


def test_a_number_fires_when_it_crosses_and_not_while_it_stays() -> None:
    rows = [(f"10 0{hour}:00", TEMPERATURE, value) for hour, value in enumerate(["19", "21", "22", "20", "20.1"])]

    result = played({"trigger": "numeric_state", "entity_id": TEMPERATURE, "above": 20}, *rows)

    assert fired(result) == ["10 01:00:00", "10 04:00:00"]


def test_unavailable_counts_as_outside_and_arms_anew() -> None:
    rows = [("10 00:00", TEMPERATURE, "21"), ("10 01:00", TEMPERATURE, "unavailable"), ("10 02:00", TEMPERATURE, "21")]

    result = played({"trigger": "numeric_state", "entity_id": TEMPERATURE, "above": 20}, *rows)

    assert fired(result) == ["10 02:00:00"]


def test_a_text_is_passed_over_and_arms_nothing() -> None:
    rows = [("10 00:00", TEMPERATURE, "21"), ("10 01:00", TEMPERATURE, "broken"), ("10 02:00", TEMPERATURE, "21")]

    result = played({"trigger": "numeric_state", "entity_id": TEMPERATURE, "above": 20}, *rows)

    assert fired(result) == []


def test_an_entity_absent_at_the_start_is_not_armed() -> None:
    rows = [("10 01:00", TEMPERATURE, "21"), ("10 02:00", TEMPERATURE, "19"), ("10 03:00", TEMPERATURE, "21")]

    result = played(
        {"trigger": "numeric_state", "entity_id": TEMPERATURE, "above": 20}, ("10 00:00", "light.hall", "off"), *rows
    )

    assert fired(result) == ["10 03:00:00"]


def test_a_bound_can_be_another_entity() -> None:
    limits = [("10 00:00", "input_number.limit", "21"), ("10 02:00", "input_number.limit", "19")]
    rows = [("10 00:00", TEMPERATURE, "20"), ("10 01:00", TEMPERATURE, "20.5"), ("10 03:00", TEMPERATURE, "20")]
    trigger = {"trigger": "numeric_state", "entity_id": TEMPERATURE, "above": "input_number.limit"}

    result = played(trigger, *limits, *rows)

    assert fired(result) == ["10 03:00:00"]


def test_a_time_in_the_turned_hour_fires_twice_in_autumn_and_not_in_spring() -> None:
    trigger = {"trigger": "time", "at": "02:30:00"}
    row = ("03-01 00:00", DOOR, "off")

    spring = played(trigger, row, start="03-29 12:00", end="03-30 12:00")
    autumn = played(trigger, row, start="10-25 12:00", end="10-26 12:00")

    assert fired(spring) == []
    assert fired(autumn) == ["26 00:30:00", "26 01:30:00"]


def test_a_time_trigger_keeps_to_its_weekdays() -> None:
    trigger = {"trigger": "time", "at": "07:00", "weekday": ["tue"]}

    result = played(trigger, ("10 00:00", DOOR, "off"), end="20 00:00")

    assert fired(result) == ["11 06:00:00", "18 06:00:00"]


def test_a_time_can_come_from_an_entity() -> None:
    rows = [("10 00:00", "input_datetime.wake", "07:00:00"), ("10 12:00", "input_datetime.wake", "08:30:00")]

    result = played({"trigger": "time", "at": "input_datetime.wake"}, *rows)

    assert fired(result) == ["10 06:00:00", "11 07:30:00"]


def test_a_pattern_follows_the_wall_clock() -> None:
    trigger = {"trigger": "time_pattern", "hours": "/12"}

    result = played(trigger, ("03-01 00:00", DOOR, "off"), start="03-29 12:00", end="03-30 12:00")

    assert fired(result) == ["29 23:00:00", "30 10:00:00"]


def test_sunset_with_an_offset_is_the_second_that_home_assistant_reckons() -> None:
    result = played({"trigger": "sun", "event": "sunset", "offset": "-00:30:00"}, ("10 00:00", DOOR, "off"))

    assert fired(result) == ["10 17:05:54", "11 17:07:41"]


def test_the_last_person_to_leave_takes_the_home_zone_to_zero() -> None:
    anna = [("10 00:00", "person.anna", "home"), ("10 01:00", "person.anna", "Work")]
    ben = [(f"10 0{hour}:00", "person.ben", state) for hour, state in ((0, "home"), (2, "unavailable"), (3, "home"))]
    trigger = {"trigger": "numeric_state", "entity_id": "zone.home", "below": 1}

    result = played(trigger, *anna, *ben)

    assert fired(result) == ["10 02:00:00"]


def test_entering_a_zone_needs_a_place_on_both_sides() -> None:
    rows = [("10 00:00", "person.anna", "not_home"), ("10 01:00", "person.anna", "Work")]
    later = [("10 02:00", "person.anna", "unavailable"), ("10 03:00", "person.anna", "Work")]
    trigger = {"trigger": "zone", "entity_id": "person.anna", "zone": "zone.work", "event": "enter"}

    result = played(trigger, *rows, *later)

    assert fired(result) == ["10 01:00:00"]


def test_the_sun_entity_turns_minutes_after_sunset() -> None:
    trigger = {"trigger": "state", "entity_id": "sun.sun", "to": "below_horizon"}

    result = played(trigger, ("10 00:00", DOOR, "off"), end="11 00:00")

    assert fired(result) == ["10 17:39:54"]


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        ({"trigger": "mqtt", "topic": "x"}, "'mqtt' leaves no trace"),
        ({"trigger": "state", "entity_id": DOOR, "attribute": "battery"}, "attribute"),
        ({"trigger": "time", "at": "sensor.nowhere"}, "sensor.nowhere"),
        ({"trigger": "template", "value_template": "{{ state_attr('a.b', 'c') }}"}, "state_attr"),
        ({"trigger": "sun", "event": "noon"}, "noon"),
    ],
)
def test_what_the_history_does_not_tell_is_not_computable(trigger: dict[str, object], reason: str) -> None:
    result = played(trigger, ("10 00:00", DOOR, "off"))

    assert not result.computable
    assert reason in result.reason
    assert result.fired == ()


def test_the_sun_of_a_home_without_a_place_is_not_computable() -> None:
    result = played({"trigger": "sun", "event": "sunset"}, ("10 00:00", DOOR, "off"), home=Home("Europe/Amsterdam"))

    assert "latitude" in result.reason


def test_a_disabled_trigger_is_as_if_it_were_not_there() -> None:
    triggers = [{"trigger": "mqtt", "topic": "x", "enabled": False}, {"trigger": "time", "at": "07:00"}]

    result = played(triggers, ("10 00:00", DOOR, "off"), end="11 00:00")

    assert fired(result) == ["10 06:00:00"]
