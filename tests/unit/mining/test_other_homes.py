"""The second maker of homes plants what it says, and its judge tells right from wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from generator.drafting.baseline import baseline_from
from schemas.events import Origin
from schemas.patterns import Action, Evidence, Pattern, PatternKind, StateTrigger
from tests.homes import EVERY_DAY
from tests.other_homes.habits.plant import HABITS_A_HOME, KINDS
from tests.other_homes.judge import COVERS, PRECISE, firings, judge, measured
from tests.other_homes.make import other_home, quiet_home
from tests.other_homes.world import Habit, OtherHome

pytestmark = pytest.mark.slow

NEVER = datetime(2026, 1, 1, tzinfo=UTC)
EVIDENCE = Evidence(1, 1, 1, 1, 1, 1, 1, 1, 0, NEVER, NEVER, False)
SEEDS = range(6)
home_of = cache(other_home)


def ideal(habit: Habit) -> Pattern:
    """What a miner that knows the truth would say."""
    action = Action(habit.service, habit.target, habit.state)
    return Pattern(PatternKind.CO_OCCURRENCE, habit.trigger, (action,), EVIDENCE, habit.conditions, habit.weekdays)


def habit_of(home: OtherHome, kind: str) -> Habit:
    return next(habit for habit in home.habits if habit.name == kind)


def test_the_same_seed_makes_the_same_home() -> None:
    one, other = other_home(4), home_of(4)

    assert one.truths == other.truths
    assert one.decoys == other.decoys
    assert one.home == other.home
    assert one.events.entities == other.events.entities
    assert one.events.states == other.events.states
    for column in ("time", "entity", "state", "origin"):
        assert np.array_equal(getattr(one.all_events, column), getattr(other.all_events, column))
    assert np.array_equal(one.who, other.who)


def test_six_homes_have_every_kind_of_habit() -> None:
    homes = [home_of(seed) for seed in SEEDS]

    assert all(len(home.habits) == HABITS_A_HOME for home in homes)
    assert len({habit.name for home in homes for habit in home.habits}) == len(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planted_is_in_the_history(seed: int) -> None:
    home = home_of(seed)

    assert home.habits
    assert all(seen_share(home, habit) > 0.85 for habit in home.habits)
    assert int(home.events.time[-1]) < home.split <= int(home.all_events.time[len(home.events)])
    assert 240 <= len(home.home.entities) <= 300


def seen_share(home: OtherHome, habit: Habit) -> float:
    events = home.all_events
    alike = [place for place, state in enumerate(events.states) if state in habit.states]
    rows = (events.entity == events.entities.index(habit.target)) & np.isin(events.state, alike)
    times = events.time[rows] / 1e6
    return float(np.mean([np.any(np.abs(times - at) < 1) for at in habit.times]))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_automation_that_knows_the_truth_is_right(seed: int) -> None:
    home = home_of(seed)

    for habit in home.habits:
        config = baseline_from(ideal(habit), home.home)
        if config["triggers"][0].get("to") == "":  # a press is told as a time: any change is one
            del config["triggers"][0]["to"]
        covered, precise = measured(firings(config, home), habit, home)

        assert (habit.name, covered >= COVERS, precise >= PRECISE) == (habit.name, True, True)


def test_a_habit_is_found_once_and_every_other_pattern_for_it_is_wrong() -> None:
    home = home_of(1)
    pattern = ideal(habit_of(home, "clock, by voice"))

    verdict = judge(home, [pattern, pattern])

    assert [habit.name for habit in verdict.found] == ["clock, by voice"]
    assert verdict.wrong == [pattern]
    assert len(verdict.missed) == HABITS_A_HOME - 1


@pytest.mark.parametrize("kind", ["motion at night", "only with guests", "only while the player plays"])
def test_without_its_condition_a_habit_is_not_found(kind: str) -> None:
    home = home_of(1)

    assert judge(home, [replace(ideal(habit_of(home, kind)), conditions=())]).found == []


def test_on_days_on_which_nobody_does_it_a_habit_is_not_found() -> None:
    home = home_of(1)
    pattern = ideal(habit_of(home, "clock, working days"))

    assert judge(home, [replace(pattern, weekdays=EVERY_DAY)]).found == []
    assert judge(home, [replace(pattern, weekdays=pattern.weekdays - {2})]).found != []


def test_a_delay_is_not_a_state_that_lasts() -> None:
    home = home_of(0)
    pattern = ideal(habit_of(home, "door open for minutes"))
    assert isinstance(pattern.trigger, StateTrigger)
    delay = pattern.trigger.for_seconds
    late = replace(pattern.actions[0], delay_seconds=delay)

    without = replace(pattern, trigger=replace(pattern.trigger, for_seconds=0), actions=(late,))

    assert judge(home, [pattern]).wrong == []
    assert judge(home, [without]).found == []


def test_what_acts_on_a_decoy_is_told_by_its_name() -> None:
    home = home_of(1)
    habit = habit_of(home, "clock, by voice")
    lock = replace(ideal(habit), actions=(Action("lock.lock", "lock.front_door", "locked"),))

    assert judge(home, [lock]).decoys == ["safety"]


def test_who_did_it_is_known_of_people_only() -> None:
    home = home_of(3)

    assert set(home.all_events.origin[home.who >= 0].tolist()) <= {Origin.APP, Origin.VOICE}
    assert set(home.who.tolist()) == {-1, *range(len(home.persons))}


def test_a_quiet_home_is_lived_in_without_habits() -> None:
    home = quiet_home(5)

    assert (len(home.truths), len(home.decoys)) == (0, 0)
    assert np.count_nonzero(home.events.origin == Origin.APP) > 500
