"""Triggers by the clock and the sun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automations.backtest.clock import SECOND
from automations.backtest.moments import Firings, Ints, Moments, firings_without_entity
from automations.backtest.past import Past
from automations.backtest.reading import NotComputable, clock_seconds, listed, period_us, weekdays

INSIDE_SECOND_US = 275_000
"""Home Assistant lets a timer fire 50 to 500 ms after the full second, drawn once a timer; we take the middle."""


def time(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    at = [_clock_time(value) for value in listed(config.get("at"))]
    days = weekdays(config.get("weekday"))
    found = np.concatenate([_ticks(past, np.array([second]), since) for second in at] or [np.zeros(0, np.int64)])
    found = found[np.isin(past.clock.weekday(found), list(days))]
    return firings_without_entity(past.moments(np.sort(found)))


def _clock_time(value: Any) -> int:
    seconds = clock_seconds(value)
    if seconds is None:
        raise NotComputable(f"a time trigger takes its time from '{value}'")
    return seconds


def time_pattern(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    """Wall-clock times that match; units below the largest that is given stand at zero."""
    hours, minutes, seconds = (config.get(unit) for unit in ("hours", "minutes", "seconds"))
    if minutes is None and hours is not None:
        minutes = 0
    if seconds is None and minutes is not None:
        seconds = 0
    every = [_matching(hours, 24), _matching(minutes, 60), _matching(seconds, 60)]
    if [len(part) for part in every] == [24, 60, 60] and all(
        value in (None, "*") for value in (hours, minutes, seconds)
    ):
        # Not bound to the wall clock: every second after the start.
        return firings_without_entity(past.moments(np.arange(since.time[0] + SECOND, past.end_us + 1, SECOND)))
    of_day = (every[0][:, None, None] * 3600 + every[1][None, :, None] * 60 + every[2][None, None, :]).ravel()
    return firings_without_entity(past.moments(_ticks(past, of_day, since)))


def _matching(pattern: Any, size: int) -> Ints:
    numbers = np.arange(size, dtype=np.int64)
    text = "*" if pattern is None else str(pattern).strip()
    if text == "*":
        return numbers
    try:
        number = int(text.removeprefix("/"))
    except ValueError:
        raise NotComputable(f"'{pattern}' is no time pattern") from None
    if text.startswith("/"):
        return numbers[numbers % number == 0] if number else numbers[:0]
    same: Ints = numbers[numbers == number]
    return same


def _ticks(past: Past, seconds_of_day: Ints, since: Moments) -> Ints:
    """Timers from the second of `since` on: one whose second has begun still fires."""
    first = int(since.time[0]) // SECOND * SECOND
    ticks: Ints = past.clock.whenever(seconds_of_day, first, past.end_us - INSIDE_SECOND_US)
    return np.add(ticks, INSIDE_SECOND_US, dtype=np.int64)


def sun(past: Past, config: Mapping[str, Any], since: Moments) -> Firings:
    offset = period_us(config["offset"]) if config.get("offset") is not None else 0
    event = str(config.get("event"))
    if event not in ("sunrise", "sunset"):
        raise NotComputable(f"the sun knows no event '{event}'")
    return firings_without_entity(past.moments(past.sky.times(event, int(since.time[0]), past.end_us, offset)))
