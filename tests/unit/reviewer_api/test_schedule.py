"""The cron line means what crontab(5) says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_api.night.schedule import missed_start, next_fire_time, trigger_from
from schemas.errors import InputError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_night_is_at_three_where_the_home_stands() -> None:
    trigger = trigger_from("0 3 * * *", AMSTERDAM)

    assert next_fire_time(trigger, SUNDAY) == datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekday", "first"),
    [("0", 29), ("7", 29), ("sun", 29), ("1", 23), ("1-5", 23), ("6", 28), ("fri-sun", 27), ("5-7", 27), ("2,4", 24)],
)
def test_weekdays_count_from_sunday(weekday: str, first: int) -> None:
    trigger = trigger_from(f"0 3 * * {weekday}", ZoneInfo("UTC"))

    assert next_fire_time(trigger, SUNDAY) == datetime(2026, 11, first, 3, tzinfo=UTC)


def test_day_of_month_and_weekday_together_mean_either() -> None:
    trigger = trigger_from("0 3 25 * 1", ZoneInfo("UTC"))

    monday = next_fire_time(trigger, SUNDAY)

    assert monday == datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert next_fire_time(trigger, monday + timedelta(hours=1)) == datetime(2026, 11, 25, 3, tzinfo=UTC)


@given(start=st.integers(0, 6), length=st.integers(0, 6))
def test_a_range_of_weekdays_holds_exactly_its_days(start: int, length: int) -> None:
    trigger = trigger_from(f"0 0 * * {start}-{(start + length) % 7}", ZoneInfo("UTC"))
    week = [datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=day) for day in range(7)]

    chosen = {day for day, at in enumerate(week) if next_fire_time(trigger, at) == at}

    assert chosen == {(start + step) % 7 for step in range(length + 1)}


@pytest.mark.parametrize(
    "line", ["", "3", "0 3 * *", "61 3 * * *", "0 3 * * 8", "0 3 * * someday", "0 3 * * 1-x", "a b c d e"]
)
def test_a_line_that_is_no_cron_line_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(InputError, match="ANALYSIS_SCHEDULE"):
        trigger_from(line, ZoneInfo("UTC"))


def test_a_start_while_the_machine_was_off_was_missed() -> None:
    trigger = trigger_from("0 3 * * *", ZoneInfo("UTC"))
    last = datetime(2026, 11, 20, 3, 0, 0, 5_000, tzinfo=UTC)

    assert missed_start(trigger, last, last + timedelta(days=3))
    assert not missed_start(trigger, last, last + timedelta(hours=23))
