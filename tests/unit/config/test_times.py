"""How automations spell weekdays, times of day and durations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.config.times import (
    clock_seconds,
    clock_text,
    clock_words,
    common_weekdays,
    duration_seconds,
    duration_text,
    rounded_clock,
    weekdays_from,
)
from schemas.clock import DAY_SECONDS, clock_distance


@given(st.integers(0, DAY_SECONDS - 1))
def test_a_time_of_day_is_read_back_as_it_was_written(seconds: int) -> None:
    assert clock_seconds(clock_text(seconds)) == clock_seconds(clock_words(seconds)) == seconds


@given(st.integers(-40 * DAY_SECONDS, 40 * DAY_SECONDS))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert duration_seconds(duration_text(seconds)) == seconds


@pytest.mark.parametrize("value", ["00:10:00", "00:10", 600, "600", {"minutes": 10}, {"minutes": "9.5", "seconds": 30}])
def test_ten_minutes_in_every_spelling_of_home_assistant(value: object) -> None:
    assert duration_seconds(value) == 600


@pytest.mark.parametrize("value", ["{{ x }}", {"minutes": "{{ x }}"}, {"weeks": 1}, {}, "soon", None, True, 1e300])
def test_what_is_no_duration_has_no_seconds(value: object) -> None:
    assert duration_seconds(value) is None


def test_a_time_without_quotes_is_read_as_the_number_that_yaml_makes_of_it() -> None:
    assert clock_seconds(63_000) == clock_seconds("17:30:00")


@pytest.mark.parametrize("value", ["24:00", "07:60", "sensor.alarm", "-01:00", None, True, {"entity_id": "sensor.x"}])
def test_what_is_no_time_of_day_has_no_seconds(value: object) -> None:
    assert clock_seconds(value) is None


def test_a_time_past_midnight_is_one_of_the_next_day() -> None:
    assert clock_text(DAY_SECONDS + 60) == "00:01:00"
    assert rounded_clock(DAY_SECONDS - 60) == "00:00"


def test_conditions_leave_the_weekdays_that_they_have_in_common() -> None:
    conditions = [{"condition": "time", "weekday": ["mon", "tue"]}, {"condition": "time", "weekday": "tue"}, "{{ x }}"]

    assert common_weekdays(conditions) == {"tue"}
    assert common_weekdays([{"condition": "sun"}]) == weekdays_from(None)


@given(st.integers(0, DAY_SECONDS), st.integers(0, DAY_SECONDS))
def test_two_times_of_day_are_never_further_apart_than_half_a_day(one: int, other: int) -> None:
    assert clock_distance(one, other) == clock_distance(other, one) <= DAY_SECONDS / 2


def test_a_minute_before_and_after_midnight_are_two_minutes_apart() -> None:
    assert clock_distance(DAY_SECONDS - 60, 60) == 120
