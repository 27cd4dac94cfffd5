"""Automations that work against each other or start each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from automations.config.yaml import decode
from schemas.events import Events
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from tests.builders.checked_home import found


def config(text: str) -> AutomationConfig:
    decoded = decode(text).config
    assert decoded is not None
    return decoded


def simple(trigger: str, *actions: str) -> str:
    return f"triggers: [{trigger}]\nactions: [{', '.join(actions)}]\n"


def does(service: str, entity: str) -> str:
    return f"{{action: {service}, target: {{entity_id: {entity}}}}}"


def when(entity: str, to: str) -> str:
    return f"{{trigger: state, entity_id: {entity}, to: '{to}'}}"


def told(text: str, other: str, events: Events | None = None, before: str | None = None) -> list[Problem]:
    old = config(before) if before else None
    return found(text, "conflicts", others={"other": {**config(other), "alias": "Other"}}, events=events, before=old)


LATE = "{trigger: time, at: '22:30'}"
ON, OFF = does("light.turn_on", "light.hall"), does("light.turn_off", "light.hall")


def test_opposite_actions_by_the_same_trigger_are_a_conflict() -> None:
    (problem,) = told(simple(LATE, ON), simple("{platform: time, at: '22:30:00'}", OFF))

    assert problem.check == "conflicts"
    assert problem.severity is Severity.ASK
    assert "`light.hall`" in problem.message


def test_opposite_actions_minutes_apart_by_the_clock_are_a_conflict_across_midnight() -> None:
    assert told(simple("{trigger: time, at: '23:59'}", ON), simple("{trigger: time, at: '00:00:30'}", OFF))


def test_opposite_actions_far_apart_or_on_other_days_are_none() -> None:
    weekdays = "conditions: [{condition: time, weekday: [mon, tue]}]\n"
    weekend = "conditions: [{condition: time, weekday: [sat, sun]}]\n"

    assert told(simple(LATE, ON), simple("{trigger: time, at: '07:00'}", OFF)) == []
    assert told(simple(LATE, ON) + weekdays, simple(LATE, OFF) + weekend) == []


def test_motion_on_and_no_motion_off_are_counterparts() -> None:
    motion, still = when("binary_sensor.motion", "on"), when("binary_sensor.motion", "off")

    assert told(simple(motion, ON), simple(still, OFF), events=nights(20)) == []


def test_the_same_action_twice_is_no_conflict() -> None:
    assert told(simple(LATE, ON), simple(LATE, ON)) == []


def nights(count: int) -> Events:
    """Each evening at 22:30 local time (20:30 UTC in summer) somebody comes home, and the motion sensor sees it."""
    start = datetime(2026, 6, 1, 20, 30, 20, tzinfo=UTC)
    rows = []
    for night in range(count):
        at = int((start + timedelta(days=night)).timestamp() * 1_000_000)
        rows += [(at, 0, 0), (at + 5_000_000, 1, 1), (at + 600_000_000, 0, 2), (at + 605_000_000, 1, 3)]
    time, entity, state = (np.array(column) for column in zip(*rows, strict=True))
    origin = np.zeros(len(rows), dtype=np.int8)
    names, states = ("person.anna", "binary_sensor.motion"), ("home", "on", "not_home", "off")
    return Events(time.astype(np.int64), entity.astype(np.int32), state.astype(np.int32), origin, names, states)


def test_the_history_tells_the_dates_on_which_both_would_have_fired() -> None:
    (problem,) = told(simple(when("person.anna", "home"), ON), simple(LATE, OFF), events=nights(5))

    assert len(problem.dates) == 4  # the first change of a history only shows how the home was found
    assert problem.dates[0].startswith("2026-06-02T20:30:20")
    assert "4 times" in problem.message


def test_a_history_in_which_they_never_meet_clears_them() -> None:
    assert (
        told(simple(when("person.anna", "home"), ON), simple("{trigger: time, at: '07:00'}", OFF), events=nights(5))
        == []
    )


def test_what_an_edit_did_not_bring_is_not_told_again() -> None:
    assert (
        told(simple(LATE, ON), simple(LATE, OFF), before=simple(LATE, ON, does("light.turn_on", "light.kitchen"))) == []
    )


def test_an_automation_that_starts_itself() -> None:
    flicker = simple("{trigger: state, entity_id: light.hall}", does("light.toggle", "light.hall"))

    (problem,) = told(flicker, "triggers: []\nactions: []")

    assert problem.check == "loops"
    assert problem.message == "It starts itself again and again."


def test_what_only_looks_like_starting_itself() -> None:
    confirm = simple(
        when("light.hall", "on"), ON, does("switch.turn_on", "switch.pump"), does("switch.turn_off", "switch.pump")
    )
    guard = simple(when("light.hall", "on"), OFF)
    once = simple(when("light.hall", "on"), does("light.toggle", "light.hall"))

    assert [told(text, "triggers: []\nactions: []") for text in (confirm, guard, once)] == [[], [], []]


def test_two_that_switch_each_other_without_end() -> None:
    forth = simple(when("light.hall", "on"), OFF)
    back = simple(when("light.hall", "off"), ON)

    problems = [problem for problem in told(forth, back) if problem.check == "loops"]

    assert [problem.severity for problem in problems] == [Severity.ASK]
    assert problems[0].message == "It starts “Other”, and that starts it again, without end."


def test_two_lamps_that_follow_each_other_come_to_rest() -> None:
    first = simple(when("light.hall", "on"), does("light.turn_on", "light.kitchen"))
    second = simple(when("light.kitchen", "on"), ON)

    assert [problem.severity for problem in told(first, second)] == [Severity.WARN]


def test_a_circle_of_three() -> None:
    ring = {
        "b": config(simple(when("switch.pump", "on"), does("light.turn_off", "light.kitchen"))),
        "c": config(simple(when("light.kitchen", "off"), does("switch.turn_off", "switch.pump"), ON, OFF)),
        "d": config(simple(when("siren.attic", "on"), ON)),
    }
    text = simple(
        when("light.hall", "on"), does("switch.turn_on", "switch.pump"), does("light.turn_on", "light.kitchen")
    )

    (problem,) = [p for p in found(text, "conflicts", others=ring) if p.check == "loops"]

    assert problem.message == "It starts “b” and then “c”, and that starts it again, without end."


def test_conditions_that_exclude_each_other_part_them() -> None:
    guests = "conditions: [{condition: state, entity_id: input_boolean.guests, state: 'on'}]\n"
    alone = "conditions: [{condition: state, entity_id: input_boolean.guests, state: 'off'}]\n"

    assert told(simple(LATE, ON) + guests, simple(LATE, OFF) + alone) == []
