"""Instants, days, times of day and nights as numbers and texts, in the units that all packages share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import SupportsInt

SECOND_US = 1_000_000
"""One second in microseconds, the unit of a history's times."""
DAY_SECONDS = 86_400
DAY_US = DAY_SECONDS * SECOND_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def datetime_from_us(time_us: SupportsInt) -> datetime:
    return _EPOCH + timedelta(microseconds=int(time_us))


def date_from_day(day: SupportsInt) -> date:
    """The date of a number of days since 1970-01-01."""
    return _EPOCH.date() + timedelta(days=int(day))


def clock_distance(one: float, other: float) -> float:
    """How far apart two times of day are in seconds, the shorter way around midnight: 0 to half a day."""
    apart = abs(one - other) % DAY_SECONDS
    return min(apart, DAY_SECONDS - apart)


def night_of(moment: datetime, zone: tzinfo) -> date:
    """The night that `moment` belongs to: from noon to noon in the home's zone, named by the day it began."""
    return (moment.astimezone(zone) - timedelta(hours=12)).date()


def iso(moment: datetime) -> str:
    """In UTC, to the second: `2026-03-01T03:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
