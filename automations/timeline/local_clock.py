"""The home's wall clock over the window: local times to instants and back, across changes of the UTC offset."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from schemas.clock import DAY_US, SECOND_US, datetime_from_us, microseconds

Ints = NDArray[np.int64]


class LocalClock:
    """UTC offsets of one time zone between two instants, as int64 microseconds."""

    def __init__(self, zone: ZoneInfo, start_us: int, end_us: int) -> None:
        self.zone = zone
        self._valid_from, self._offset_us = _utc_offsets(zone, start_us, end_us)

    def offset_us(self, time: NDArray[np.integer | np.floating]) -> Ints:
        """What to add to each instant (microseconds since 1970-01-01 UTC) to reach the wall clock."""
        index = np.searchsorted(self._valid_from, time, side="right") - 1
        return self._offset_us[np.maximum(index, 0)]

    def wall_time(self, time: Ints) -> Ints:
        """Microseconds since 1970-01-01 00:00 on the wall clock."""
        return time + self.offset_us(time)

    def local_day(self, time: Ints) -> Ints:
        """Local days since 1970-01-01."""
        return self.wall_time(time) // DAY_US

    def time_of_day(self, time: Ints) -> Ints:
        """Microseconds since local midnight, 0 to 86,399,999,999."""
        return self.wall_time(time) % DAY_US

    def weekday(self, time: Ints) -> Ints:
        """Monday 0 to Sunday 6."""
        return weekday_of(self.local_day(time))

    def instants_at(self, seconds_of_day: Ints, start_us: int, end_us: int) -> Ints:
        """Every instant from start to end (both included) at which the wall clock shows one of these seconds.

        A wall time that occurs twice when clocks go back is given twice, one that is skipped is not given:
        as `find_next_time_expression_time` of Home Assistant finds them.
        """
        ends = np.append(self._valid_from[1:], end_us + 1)
        parts = [
            _instants_between(seconds_of_day, max(int(since), start_us), min(int(until), end_us + 1), int(offset))
            for since, until, offset in zip(self._valid_from, ends, self._offset_us, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def weekday_of(day: Ints) -> Ints:
    """Monday 0 to Sunday 6 of days since 1970-01-01, which was a Thursday."""
    return (day + 3) % 7


def _instants_between(seconds_of_day: Ints, start_us: int, end_us: int, offset_us: int) -> Ints:
    """Instants in [start_us, end_us) under one UTC offset."""
    if start_us >= end_us:
        return np.zeros(0, np.int64)
    days = np.arange((start_us + offset_us) // DAY_US, (end_us + offset_us) // DAY_US + 1, dtype=np.int64)
    times = (days[:, None] * DAY_US + np.sort(seconds_of_day)[None, :] * SECOND_US).ravel() - offset_us
    first, last = np.searchsorted(times, [start_us, end_us])
    return times[first:last]


def _utc_offsets(zone: ZoneInfo, start_us: int, end_us: int) -> tuple[Ints, Ints]:
    """The start of each UTC offset and the offsets, microseconds; a change of offset is found to the second."""
    at = datetime_from_us(start_us) - timedelta(days=2)
    end = datetime_from_us(end_us) + timedelta(days=2)
    since, offsets = [microseconds(at)], [_utc_offset(zone, at)]
    while at < end:
        after = at + timedelta(days=1)
        if _utc_offset(zone, after) != offsets[-1]:
            changed_at = _find_offset_change(zone, at, after)
            since.append(microseconds(changed_at))
            offsets.append(_utc_offset(zone, changed_at))
        at = after
    return np.array(since, np.int64), np.array(offsets, np.int64)


def _find_offset_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second of (low, high] whose offset differs from that at low."""
    first, steps = _utc_offset(zone, low), int((high - low).total_seconds())
    same_until = 0
    while steps - same_until > 1:
        middle = (same_until + steps) // 2
        if _utc_offset(zone, low + timedelta(seconds=middle)) == first:
            same_until = middle
        else:
            steps = middle
    return (low + timedelta(seconds=steps)).replace(microsecond=0)


def _utc_offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * SECOND_US
