from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mining.identity import KnownHabit, assign_ids, habit_key, parse_key
from schemas.errors import InputError
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
ON = Action("light.turn_on", "light.kitchen", "on")
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
MINUTES = st.integers(0, 1439)


def pattern(trigger: Trigger, *actions: Action, weekdays: frozenset[int] = frozenset(range(7))) -> Pattern:
    return Pattern(PatternKind.TIME_OF_DAY, trigger, actions or (ON,), EVIDENCE, (), weekdays)


def known(old: Pattern) -> list[KnownHabit]:
    return [KnownHabit(each.habit_id, habit_key(each)) for each in assign_ids([old], [])]


@given(minute=MINUTES, move=st.integers(-30, 30), before=DAYS, after=DAYS)
def test_day_type_and_half_an_hour_keep_the_id(
    minute: int, move: int, before: frozenset[int], after: frozenset[int]
) -> None:
    habit = known(pattern(ClockTrigger(minute * 60), weekdays=before))

    (again,) = assign_ids([pattern(ClockTrigger((minute + move) % 1440 * 60), weekdays=after)], habit)

    assert again.habit_id == habit[0].habit_id


@given(minute=MINUTES, move=st.integers(-30, 30))
def test_a_clock_turned_sun_keeps_the_id(minute: int, move: int) -> None:
    habit = known(pattern(ClockTrigger(minute * 60)))

    (again,) = assign_ids([pattern(SunTrigger("sunset", 600, (minute + move) % 1440 * 60))], habit)

    assert again.habit_id == habit[0].habit_id


@given(minute=MINUTES)
def test_an_added_action_keeps_the_id(minute: int) -> None:
    habit = known(pattern(ClockTrigger(minute * 60)))
    more = Action("fan.turn_on", "fan.hall", "on", delay_seconds=60)

    (again,) = assign_ids([pattern(ClockTrigger(minute * 60), ON, more)], habit)

    assert again.habit_id == habit[0].habit_id


@given(minute=MINUTES, apart=st.integers(90, 720))
def test_two_far_times_of_one_light_are_two_ids(minute: int, apart: int) -> None:
    early, late = pattern(ClockTrigger(minute * 60)), pattern(ClockTrigger((minute + apart) % 1440 * 60))

    together = assign_ids([early, late], [])
    (later,) = assign_ids([late], known(early))

    assert len({each.habit_id for each in together}) == 2
    assert later.habit_id != known(early)[0].habit_id


@given(target=st.sampled_from(["light.hall", "switch.kitchen"]), minute=MINUTES)
def test_other_targets_are_other_ids(target: str, minute: int) -> None:
    other = replace(ON, entity_id=target)

    ids = {
        each.habit_id
        for each in assign_ids([pattern(ClockTrigger(minute * 60)), pattern(ClockTrigger(minute * 60), other)], [])
    }

    assert len(ids) == 2


def test_other_trigger_entities_are_other_ids_and_the_same_one_keeps_it() -> None:
    door, motion = StateTrigger("binary_sensor.door", "on"), StateTrigger("binary_sensor.motion", "on")
    habit = known(pattern(door))

    same, other = assign_ids([pattern(StateTrigger("binary_sensor.door", "off")), pattern(motion)], habit)

    assert same.habit_id == habit[0].habit_id
    assert other.habit_id != habit[0].habit_id


def test_ids_are_given_one_to_one_nearest_first() -> None:
    habit = known(pattern(ClockTrigger(7 * 3600)))

    near, nearer = assign_ids([pattern(ClockTrigger(8 * 3600)), pattern(ClockTrigger(7 * 3600 + 60))], habit)

    assert nearer.habit_id == habit[0].habit_id
    assert near.habit_id != habit[0].habit_id


@given(minutes=st.lists(MINUTES, min_size=1, max_size=6))
def test_the_same_night_gives_the_same_ids_and_no_id_twice(minutes: list[int]) -> None:
    patterns = [pattern(ClockTrigger(minute * 60)) for minute in minutes]

    ids = [each.habit_id for each in assign_ids(patterns, [])]

    assert ids == [each.habit_id for each in assign_ids(patterns, [])]
    assert len(set(ids)) == len(ids)


@given(minute=MINUTES, weekdays=DAYS)
def test_a_key_survives_its_line_in_a_trailer(minute: int, weekdays: frozenset[int]) -> None:
    for trigger in (ClockTrigger(minute * 60), NumericTrigger("sensor.humidity", above=65)):
        key = habit_key(pattern(trigger, weekdays=weekdays))

        assert parse_key(str(key)) == key
        assert "\n" not in str(key)


def test_a_line_that_is_no_key_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="is no Habit-Key"):
        parse_key("something else")
