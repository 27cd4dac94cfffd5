"""The home's own clock: seconds since the window began become local days and times of day, and the sun's times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.clock import DAY_SECONDS
from schemas.home import Home

DAY = float(DAY_SECONDS)
HOUR = 3_600.0
Seconds = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class LocalClock:
    """Time is seconds since `start` (UTC); local time is seconds since midnight of the first local day.

    `offsets` holds what to add to reach local time, one number for each hour from `start`'s full hour on; time zones
    change at full hours.
    """

    start: datetime
    length_seconds: float
    offsets: Seconds
    first_day: date
    seconds_into_hour: float
    """Seconds from the full hour to `start`."""

    @property
    def days(self) -> int:
        """Local days that the window touches."""
        return int(self.to_local(np.array([self.length_seconds]))[0] // DAY) + 1

    @property
    def weekdays(self) -> NDArray[np.int64]:
        """Monday=0..Sunday=6 of each local day, shape (days,)."""
        return (self.first_day.weekday() + np.arange(self.days)) % 7

    def to_local(self, time: Seconds) -> Seconds:
        hour = ((time + self.seconds_into_hour) // HOUR).astype(np.int64)
        return np.asarray(time + self.offsets[np.clip(hour, 0, len(self.offsets) - 1)])

    def from_local(self, local: Seconds) -> Seconds:
        """The inverse of `to_local`; a time that the spring change skips becomes the one an hour later."""
        guess = local - self.offsets[0]
        for _ in range(2):
            hour = ((guess + self.seconds_into_hour) // HOUR).astype(np.int64)
            guess = local - self.offsets[np.clip(hour, 0, len(self.offsets) - 1)]
        return np.asarray(guess)

    def datetime_at(self, time: float) -> datetime:
        return self.start + timedelta(seconds=time)


def local_clock_from(start: datetime, length: float, home: Home) -> LocalClock:
    """The clock of a window of `length` seconds from `start` (aware) on."""
    start = start.astimezone(UTC)
    hour = start.replace(minute=0, second=0, microsecond=0)
    local_start = start.astimezone(home.tzinfo)
    midnight = local_start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    steps = range(int(length // HOUR) + 3)
    naive = [(hour + timedelta(hours=step)).astimezone(home.tzinfo).replace(tzinfo=None) for step in steps]
    into = (start - hour).total_seconds()
    offsets = [(at - midnight).total_seconds() - (step * HOUR - into) for step, at in enumerate(naive)]
    return LocalClock(start, length, np.array(offsets), local_start.date(), into)


def sun_times(clock: LocalClock, home: Home) -> dict[str, Seconds]:
    """Local seconds of sunrise and sunset on each local day, NaN where the sun does not; {} without coordinates."""
    if home.latitude is None or home.longitude is None:
        return {}
    from astral import Observer
    from astral.sun import sunrise, sunset

    observer = Observer(home.latitude, home.longitude)
    times: dict[str, Seconds] = {}
    for name, event in (("sunrise", sunrise), ("sunset", sunset)):
        local_seconds = np.full(clock.days, np.nan)
        for day in range(clock.days):
            try:
                at = event(observer, clock.first_day + timedelta(days=day), tzinfo=home.tzinfo)
            except ValueError:  # polar day or night
                continue
            local_seconds[day] = day * DAY + at.hour * HOUR + at.minute * 60 + at.second
        times[name] = local_seconds
    return times
