"""The home's wall clock over the window: local times to instants and back, with clocks that are turned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from automations.backtest.timepoints import Ints
from schemas.clock import DAY_SECONDS, SECOND_US


class LocalClock:
    """UTC offsets of one time zone between two instants, as int64 microseconds."""

    def __init__(self, zone: ZoneInfo, start_us: int, end_us: int) -> None:
        self.zone = zone
        self._since, self._offset = _offsets(zone, start_us, end_us)

    def local(self, time: Ints) -> Ints:
        """Microseconds since 1970-01-01 00:00 on the wall clock."""
        place = np.searchsorted(self._since, time, side="right") - 1
        return time + self._offset[np.maximum(place, 0)]

    def day(self, time: Ints) -> Ints:
        """Local days since 1970-01-01."""
        return self.local(time) // (DAY_SECONDS * SECOND_US)

    def of_day(self, time: Ints) -> Ints:
        """Microseconds since local midnight, 0 to 86,399,999,999."""
        return self.local(time) % (DAY_SECONDS * SECOND_US)

    def weekday(self, time: Ints) -> Ints:
        """Monday 0 to Sunday 6."""
        return (self.day(time) + 3) % 7

    def whenever(self, seconds_of_day: Ints, start_us: int, end_us: int) -> Ints:
        """Every instant from start to end (both included) at which the wall clock shows one of these seconds.

        A wall time that a turned clock shows twice comes twice, one that it leaves out does not come:
        as `find_next_time_expression_time` of Home Assistant finds them.
        """
        ends = np.append(self._since[1:], end_us + 1)
        found = [
            _between(seconds_of_day, max(int(since), start_us), min(int(until), end_us + 1), int(offset))
            for since, until, offset in zip(self._since, ends, self._offset, strict=True)
        ]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


def _between(seconds_of_day: Ints, start_us: int, end_us: int, offset_us: int) -> Ints:
    """Instants in [start_us, end_us) under one UTC offset."""
    if start_us >= end_us:
        return np.zeros(0, np.int64)
    day_us = DAY_SECONDS * SECOND_US
    days = np.arange((start_us + offset_us) // day_us, (end_us + offset_us) // day_us + 1, dtype=np.int64)
    times = (days[:, None] * day_us + np.sort(seconds_of_day)[None, :] * SECOND_US).ravel() - offset_us
    first, last = np.searchsorted(times, [start_us, end_us])
    return times[first:last]


def _offsets(zone: ZoneInfo, start_us: int, end_us: int) -> tuple[Ints, Ints]:
    """Since when which UTC offset holds; a change of offset is found to the second."""
    at = instant(start_us) - timedelta(days=2)
    end = instant(end_us) + timedelta(days=2)
    since, offsets = [microseconds(at)], [_offset(zone, at)]
    while at < end:
        after = at + timedelta(days=1)
        if _offset(zone, after) != offsets[-1]:
            turn = _turn(zone, at, after)
            since.append(microseconds(turn))
            offsets.append(_offset(zone, turn))
        at = after
    return np.array(since, np.int64), np.array(offsets, np.int64)


def _turn(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second of (low, high] whose offset differs from that at low."""
    first, steps = _offset(zone, low), int((high - low).total_seconds())
    known_same = 0
    while steps - known_same > 1:
        middle = (known_same + steps) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == first:
            known_same = middle
        else:
            steps = middle
    return (low + timedelta(seconds=steps)).replace(microsecond=0)


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * SECOND_US


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(time_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=int(time_us))


def date_of(day: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=int(day))
