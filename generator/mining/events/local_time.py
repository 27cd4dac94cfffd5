"""The home's own clock over a window: seconds since it began become local days and times of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automations.timeline.local_clock import LocalClock, weekday_of
from automations.timeline.sun import local_sun_event, observer_of
from schemas.clock import DAY_US, SECOND_US, date_from_day, datetime_from_us
from schemas.home import Home

DAY = 86_400.0
HOUR = 3_600.0
Seconds = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class WindowClock:
    """Time is seconds since `start_us`; local time is seconds since midnight of the first local day."""

    clock: LocalClock
    start_us: int
    length_seconds: float
    first_day: int
    """Local days since 1970-01-01."""

    @property
    def start(self) -> datetime:
        return datetime_from_us(self.start_us)

    @property
    def days(self) -> int:
        """Local days that the window touches."""
        return int(self.to_local(np.array([self.length_seconds]))[0] // DAY) + 1

    @property
    def weekdays(self) -> NDArray[np.int64]:
        """Monday=0..Sunday=6 of each local day, shape (days,)."""
        return weekday_of(self.first_day + np.arange(self.days))

    def to_local(self, time: Seconds) -> Seconds:
        return np.asarray(time + self._shift(time))

    def from_local(self, local: Seconds) -> Seconds:
        """The inverse of `to_local`; a time that the spring change skips becomes the one an hour later."""
        guess = local - self._shift(np.zeros(1))
        for _ in range(2):
            guess = local - self._shift(guess)
        return np.asarray(guess)

    def datetime_at(self, time: float) -> datetime:
        return self.start + timedelta(seconds=time)

    def _shift(self, time: Seconds) -> Seconds:
        """What to add to reach local time."""
        offset_us = self.clock.offset_us(self.start_us + time * SECOND_US)
        return np.asarray((self.start_us - self.first_day * DAY_US + offset_us) / SECOND_US)


def window_clock_from(start_us: int, end_us: int, home: Home) -> WindowClock:
    clock = LocalClock(home.tzinfo, start_us, end_us)
    first_day = int(clock.local_day(np.array([start_us]))[0])
    return WindowClock(clock, start_us, (end_us - start_us) / SECOND_US, first_day)


def sun_times(clock: WindowClock, home: Home) -> dict[str, Seconds]:
    """Local seconds of sunrise and sunset on each local day, NaN where the sun does not; {} without coordinates."""
    observer = observer_of(home)
    if observer is None:
        return {}
    dates = [date_from_day(clock.first_day + day) for day in range(clock.days)]
    return {
        event: clock.to_local(
            np.array([_seconds_since(clock.start, local_sun_event(observer, event, day, home.tzinfo)) for day in dates])
        )
        for event in ("sunrise", "sunset")
    }


def _seconds_since(start: datetime, at: datetime | None) -> float:
    """Of the whole second; nobody sees the sun rise more exactly."""
    return np.nan if at is None else (at.replace(microsecond=0) - start).total_seconds()
