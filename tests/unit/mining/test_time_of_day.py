from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.mining import MiningResult, mine
from schemas.patterns import ClockTrigger, PatternKind, SunTrigger
from tests.homes import planted_home
from tests.unit.mining.small import FIRST, Row, at, daily, events_of, home_of, random_use

LAMP = "light.xq"


def shifted(rows: list[Row], hours: float) -> list[Row]:
    return [(when + hours * 3600, entity, state, cause) for when, entity, state, cause in rows]


def found(mined: MiningResult, service: str = "light.turn_on") -> list[Any]:
    return [pattern for pattern in mined.patterns if pattern.actions[0].service == service]


def test_a_lamp_that_goes_on_at_seven_every_day_is_found_within_five_minutes() -> None:
    mined = mine(events_of(daily(LAMP, 7)), home_of(LAMP))

    (pattern,) = found(mined)
    assert pattern.kind is PatternKind.TIME_OF_DAY
    assert pattern.weekdays == frozenset(range(7))
    assert abs(pattern.trigger.at_seconds - 7 * 3600) < 300


@settings(max_examples=6, deadline=None)
@given(hours=st.integers(1, 23))
def test_midnight_is_not_special_to_an_every_day_habit(hours: int) -> None:
    rows = daily(LAMP, 12)

    (pattern,) = found(mine(events_of(rows), home_of(LAMP)))
    (turned,) = found(mine(events_of(shifted(rows, hours)), home_of(LAMP)))

    apart = (turned.trigger.at_seconds - pattern.trigger.at_seconds - hours * 3600) % 86_400
    assert min(apart, 86_400 - apart) <= 90
    assert turned.weekdays == pattern.weekdays


@pytest.mark.parametrize(
    ("weekdays", "jitter"), [(frozenset(range(5)), 10), (frozenset({5, 6}), 5), (frozenset({2}), 3)]
)
def test_a_habit_of_some_weekdays_is_told_from_one_of_every_day(weekdays: frozenset[int], jitter: float) -> None:
    days = [day for day in range(35) if day % 7 in weekdays]

    mined = mine(events_of(daily(LAMP, 19, days, jitter), [(at(34, 23), LAMP, "off", "device")]), home_of(LAMP), 35)

    assert [pattern.weekdays for pattern in found(mined)] == [weekdays]


@pytest.mark.parametrize("missed", [5, 6])
def test_with_one_weekend_of_history_a_habit_waits_until_its_weekdays_are_certain(missed: int) -> None:
    days = [day for day in range(10) if day != missed]

    few = mine(events_of(daily(LAMP, 19, days)), home_of(LAMP))
    more = mine(events_of(daily(LAMP, 19, [*days, 10, 11, 12, 13])), home_of(LAMP))

    assert found(few) == []
    assert any("days of the week" in skipped.reason for skipped in few.skipped)
    assert [pattern.weekdays for pattern in found(more)] == [frozenset(range(7))]


def test_a_habit_keeps_its_local_time_over_the_change_to_summer_time() -> None:
    winter, summer = daily(LAMP, 6, range(15)), shifted(daily(LAMP, 6, range(15, 30), seed=2), -1)
    first_of_march_plus = datetime(2026, 3, 14, tzinfo=UTC).timestamp() - FIRST.timestamp()

    rows = shifted(winter + summer, first_of_march_plus / 3600)
    (pattern,) = found(mine(events_of(rows), home_of(LAMP, timezone="Europe/Amsterdam")))

    assert abs(pattern.trigger.at_seconds - 7 * 3600) < 400


def test_two_far_times_of_one_lamp_are_two_habits() -> None:
    mined = mine(events_of(daily(LAMP, 6.5, seed=1), daily(LAMP, 18, seed=2)), home_of(LAMP))

    hours = sorted(round(pattern.trigger.at_seconds / 3600, 1) for pattern in found(mined))
    assert hours == pytest.approx([6.5, 18.0], abs=0.2)


def test_a_drifting_habit_is_offered_at_its_recent_time() -> None:
    rows = [row for day in range(30) for row in shifted(daily(LAMP, 20, [day], 5, seed=day), day * 2 / 60)]

    (pattern,) = found(mine(events_of(rows), home_of(LAMP)))

    assert abs(pattern.trigger.at_seconds - 21 * 3600) < 600


def test_a_habit_of_sunset_is_told_from_one_of_the_clock() -> None:
    from astral import Observer
    from astral.sun import sunset

    times = [sunset(Observer(52.37, 4.9), datetime(2026, 3, 2 + day).date()) for day in range(28)]  # noqa: DTZ001
    jitter = [((day * 37) % 11 - 5) * 60 for day in range(28)]
    rows: list[Row] = []
    for when, late in zip(times, jitter, strict=True):
        rows += [
            (when.timestamp() + late + 900, LAMP, "on", "person"),
            (when.timestamp() + 9000 + 40 * late, LAMP, "off", "person"),
        ]

    (pattern,) = found(mine(events_of(rows), home_of(LAMP, place=True)))

    assert isinstance(pattern.trigger, SunTrigger)
    assert (pattern.trigger.event, round(pattern.trigger.offset_seconds / 300)) == ("sunset", 3)


def test_a_home_without_coordinates_gets_no_sun_habit_and_is_told() -> None:
    mined = mine(events_of(daily(LAMP, 7)), home_of(LAMP))

    assert any("no coordinates" in note for note in mined.notes)
    assert [type(pattern.trigger) for pattern in mined.patterns] == [ClockTrigger]


def test_the_use_of_an_evening_is_no_habit_and_a_loose_hour_is_one() -> None:
    rng = np.random.default_rng(3)
    evening = [row for day in range(30) for row in daily("light.ev", rng.uniform(18.5, 22), [day], 0)]
    loose = daily(LAMP, 20, jitter_minutes=24, seed=5)

    mined = mine(events_of(evening, loose), home_of(LAMP, "light.ev"))

    assert {pattern.target for pattern in found(mined)} == {LAMP}


def test_random_use_is_no_habit() -> None:
    mined = mine(events_of(random_use(LAMP, 3)), home_of(LAMP))

    assert mined.patterns == ()
    assert any(skipped.reason for skipped in mined.skipped)


def test_a_habit_that_stopped_two_weeks_ago_is_named_and_not_proposed() -> None:
    mined = mine(events_of(daily(LAMP, 7, range(16)), random_use("light.other", 2)), home_of(LAMP, "light.other"))

    assert not [pattern for pattern in mined.patterns if pattern.target == LAMP]
    assert any("stopped" in skipped.reason or "no longer" in skipped.reason for skipped in mined.skipped)


@pytest.mark.slow
def test_a_holiday_does_not_weaken_a_habit() -> None:
    home = planted_home(1)
    holiday_home = home.home

    mined = mine(home.events, holiday_home)

    assert any(pattern.evidence.days_possible <= 26 for pattern in mined.patterns)
