"""Units of time, times of day, nights, and how moments are written, that several packages share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

SECOND_US = 1_000_000
"""One second in microseconds, the unit of a history's times."""
DAY_SECONDS = 86_400


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
