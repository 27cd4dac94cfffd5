"""Units of time that several packages share, and the distance of two times of day."""

from __future__ import annotations

SECOND_US = 1_000_000
"""One second in microseconds, the unit of a history's times."""
DAY_SECONDS = 86_400


def clock_distance(one: float, other: float) -> float:
    """How far apart two times of day are in seconds, the shorter way around midnight: 0 to half a day."""
    apart = abs(one - other) % DAY_SECONDS
    return min(apart, DAY_SECONDS - apart)
