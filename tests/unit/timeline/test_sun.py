"""One sun of a day, for the page, for mining and for the backtest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from automations.timeline.sun import local_sun_event, observer_of, sun_event
from generator.mining.events.local_time import DAY, sun_times, window_clock_from
from schemas.clock import microseconds
from schemas.home import Home

HOMES = {
    "Amsterdam": Home("Europe/Amsterdam", 52.37, 4.9),
    "Los Angeles": Home("America/Los_Angeles", 34.05, -118.24),
    "Sydney": Home("Australia/Sydney", -33.87, 151.21),
    "Auckland": Home("Pacific/Auckland", -36.85, 174.76),
}
DAYS = [date(2026, 3, 20) + timedelta(days=day) for day in range(30)]


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
@pytest.mark.parametrize("event", ["sunrise", "sunset"])
def test_each_local_day_has_its_own_sun_whatever_the_utc_date(home: Home, event: str) -> None:
    observer = observer_of(home)
    assert observer is not None

    times = [at for day in DAYS if (at := local_sun_event(observer, event, day, home.tzinfo))]

    assert [at.date() for at in times] == DAYS
    steps = [later - earlier for earlier, later in pairwise(at.astimezone(UTC) for at in times)]
    assert max(abs(step - timedelta(days=1)) for step in steps) < timedelta(minutes=3)


def test_where_the_sun_does_not_set_there_is_no_sunset() -> None:
    north = observer_of(Home("Europe/Oslo", 69.65, 18.96))
    assert north is not None

    assert sun_event(north, "sunset", date(2026, 6, 21)) is None
    assert local_sun_event(north, "sunset", date(2026, 6, 21), ZoneInfo("Europe/Oslo")) is None


def test_a_home_without_coordinates_has_no_sun() -> None:
    clock = window_clock_from(0, 3 * 86_400_000_000, Home("UTC"))

    assert observer_of(Home("UTC", 52.0, None)) is None
    assert sun_times(clock, Home("UTC")) == {}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_mining_has_the_same_sun_in_seconds_of_its_window(home: Home) -> None:
    start = datetime(2026, 3, 25, 13, 7, 11, tzinfo=home.tzinfo)
    clock = window_clock_from(microseconds(start), microseconds(start + timedelta(days=9)), home)
    observer = observer_of(home)
    assert observer is not None

    local = sun_times(clock, home)["sunset"]

    assert len(local) == clock.days == 10
    assert (local // DAY).tolist() == list(range(10))
    for day, seconds in enumerate(clock.from_local(local)):
        at = local_sun_event(observer, "sunset", start.date() + timedelta(days=day), home.tzinfo)
        assert at is not None
        assert abs((clock.datetime_at(float(seconds)) - at).total_seconds()) < 1.001
    assert not np.isnan(local).any()
