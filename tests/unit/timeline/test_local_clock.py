"""The home's wall clock, across changes of the UTC offset."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automations.timeline.local_clock import LocalClock
from generator.mining.events.local_time import window_clock_from
from schemas.clock import DAY_SECONDS, DAY_US, SECOND_US, date_from_day, datetime_from_us, microseconds
from schemas.home import Home

ZONES = ["Europe/Amsterdam", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
MARCH = microseconds(datetime(2026, 3, 1, tzinfo=UTC))
YEAR = 365 * DAY_US


@given(
    st.sampled_from(ZONES),
    st.integers(0, 365),
    st.integers(0, DAY_SECONDS - 1),
)
def test_a_wall_time_comes_at_every_instant_that_shows_it(zone_name: str, day: int, second: int) -> None:
    zone, start = ZoneInfo(zone_name), MARCH + day * DAY_US
    end = start + 3 * DAY_US - 1
    clock = LocalClock(zone, start, end)

    found = clock.instants_at(np.array([second]), start, end)

    shown = [datetime_from_us(int(time)).astimezone(zone) for time in found]
    assert all(moment.hour * 3600 + moment.minute * 60 + moment.second == second for moment in shown)
    assert 2 <= len(found) <= 4
    assert clock.time_of_day(found).tolist() == [second * SECOND_US] * len(found)


@given(st.sampled_from(ZONES), st.lists(st.integers(MARCH, MARCH + YEAR), min_size=1, max_size=20))
def test_an_instant_has_the_day_weekday_and_time_that_its_zone_shows(zone_name: str, instants: list[int]) -> None:
    zone, times = ZoneInfo(zone_name), np.array(instants, np.int64)
    clock = LocalClock(zone, MARCH, MARCH + YEAR)

    shown = [datetime_from_us(time).astimezone(zone) for time in instants]
    assert [date_from_day(day) for day in clock.local_day(times)] == [moment.date() for moment in shown]
    assert clock.weekday(times).tolist() == [moment.weekday() for moment in shown]
    assert [datetime_from_us(wall).replace(tzinfo=None) for wall in clock.wall_time(times)] == [
        moment.replace(tzinfo=None) for moment in shown
    ]


@given(st.sampled_from(ZONES), st.integers(0, 364), st.floats(0, 5 * DAY_SECONDS))
def test_a_window_counts_from_its_first_local_midnight_and_back(zone_name: str, day: int, second: float) -> None:
    start_us = MARCH + day * DAY_US + 12_345 * SECOND_US
    clock = window_clock_from(start_us, start_us + 5 * DAY_US, Home(zone_name))
    midnight = clock.start.astimezone(ZoneInfo(zone_name)).replace(hour=0, minute=0, second=0, tzinfo=None)
    seen = clock.datetime_at(second).astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)

    (local,) = clock.to_local(np.array([second]))
    (back,) = clock.to_local(clock.from_local(np.array([local])))

    assert abs(local - (seen - midnight).total_seconds()) < 1e-5
    assert abs(back - local) < 1e-5


def test_a_time_that_spring_skips_becomes_the_one_an_hour_later() -> None:
    start_us = microseconds(datetime(2026, 3, 27, 23, tzinfo=UTC))
    clock = window_clock_from(start_us, start_us + 3 * DAY_US, Home("Europe/Amsterdam"))

    (skipped,) = clock.from_local(np.array([DAY_SECONDS + 2.5 * 3600]))

    assert clock.datetime_at(skipped) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert clock.weekdays.tolist() == [5, 6, 0, 1]
