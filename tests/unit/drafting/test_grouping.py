"""Habits of one moment in one area become one automation."""

from __future__ import annotations

from dataclasses import replace

from generator.drafting.grouping import group_patterns, merge_group
from schemas.patterns import Action, ClockTrigger, DarkCondition, StateTrigger, SunTrigger
from tests.builders.habits import HOME, habit

LAMP = habit(habit_id="lamp")
FAN = habit("fan.zolder", "fan.turn_on", ClockTrigger(6 * 3600 + 45 * 60), habit_id="fan")


def test_habits_within_ten_minutes_in_one_room_are_one_group() -> None:
    assert group_patterns([LAMP, FAN], HOME) == [(LAMP, FAN)]


def test_midnight_is_not_special() -> None:
    late, early = replace(LAMP, trigger=ClockTrigger(86_340)), replace(FAN, trigger=ClockTrigger(60))

    assert group_patterns([late, early], HOME) == [(late, early)]


def test_another_time_room_day_or_condition_is_another_group() -> None:
    others = [
        replace(FAN, trigger=ClockTrigger(9 * 3600)),
        habit("light.keuken", habit_id="kitchen"),
        replace(FAN, weekdays=frozenset({5, 6})),
        replace(FAN, conditions=(DarkCondition(),)),
        replace(FAN, trigger=SunTrigger("sunset", 0)),
    ]

    assert all(len(group_patterns([LAMP, other], HOME)) == 2 for other in others)


def test_things_without_an_area_are_never_grouped() -> None:
    home = replace(HOME, areas=())

    assert len(group_patterns([LAMP, FAN], home)) == 2


def test_two_habits_of_one_thing_stay_apart() -> None:
    assert len(group_patterns([LAMP, replace(LAMP, habit_id="again")], HOME)) == 2


def test_a_group_does_what_all_of_its_habits_do_at_the_moment_of_the_best() -> None:
    weak = replace(FAN, evidence=replace(FAN.evidence, confidence_low=0.4))

    pattern = merge_group((LAMP, weak))

    assert [action.entity_id for action in pattern.actions] == ["light.zolder_plafond", "fan.zolder"]
    assert (pattern.trigger, pattern.habit_id) == (LAMP.trigger, "lamp")
    assert pattern.evidence.confidence_low == 0.4


def test_what_follows_from_an_action_of_the_first_joins_with_its_delay() -> None:
    motion = StateTrigger("binary_sensor.keuken_beweging", "on")
    first = habit(trigger=motion, habit_id="first")
    then = replace(
        habit(trigger=StateTrigger("light.zolder_plafond", "on", for_seconds=60), habit_id="then"),
        actions=(Action("fan.turn_on", "fan.zolder", "on", delay_seconds=30),),
    )

    assert group_patterns([first, then], HOME) == [(first, then)]
    assert [action.delay_seconds for action in merge_group((first, then)).actions] == [0, 90]


def test_the_order_of_the_best_is_kept_and_nothing_is_lost() -> None:
    kitchen = habit("light.keuken", habit_id="kitchen")

    groups = group_patterns([LAMP, kitchen, FAN], HOME)

    assert groups == [(LAMP, FAN), (kitchen,)]


def test_a_group_of_one_is_itself() -> None:
    assert merge_group((LAMP,)) is LAMP
