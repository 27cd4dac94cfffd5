"""Triggers by the clock and the sun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from automations.backtest.clock import microseconds
from automations.backtest.state_history import Past
from automations.backtest.timepoints import Firings, Ints, firings_without_entity
from automations.config.values import (
    NotComputable,
    as_list,
    clock_seconds,
    duration_us,
    is_template,
    weekdays_from_value,
)
from schemas.clock import DAY_SECONDS, SECOND_US

INSIDE_SECOND_US = 275_000
"""Home Assistant lets a timer fire 50 to 500 ms after the full second, drawn once a timer; we take the middle."""


def time(past: Past, config: Mapping[str, Any]) -> Firings:
    found = np.concatenate([_at(past, value) for value in as_list(config.get("at"))] or [np.zeros(0, np.int64)])
    found = found[np.isin(past.clock.weekday(found), list(weekdays_from_value(config.get("weekday"))))]
    return firings_without_entity(past.moments(np.sort(found)))


def _at(past: Past, value: Any) -> Ints:
    """Instants of one `at`: a time of day, or an entity that holds one, with an offset or without."""
    seconds = clock_seconds(value)
    if seconds is not None:
        return _ticks(past, np.array([seconds]))
    if isinstance(value, Mapping):
        offset = duration_us(value["offset"]) if value.get("offset") is not None else 0
        return _told_by_entity(past, str(value.get("entity_id")), offset)
    return _told_by_entity(past, str(value), 0)


def _told_by_entity(past: Past, entity_id: str, offset_us: int) -> Ints:
    """Each state of the entity sets the timer anew, until the next one does."""
    series = past.series(entity_id)
    if is_template(entity_id) or not entity_id.startswith(("input_datetime.", "sensor.")) or not len(series):
        raise NotComputable(f"a time trigger takes its time from '{entity_id}', which the history does not show")
    first = max(int(series.place(past.start)[0]), 0)
    until = np.append(series.time[1:], past.end_us + 1)
    parts = [np.zeros(0, np.int64)]
    for place in range(first, len(series)):
        begin, over = max(int(series.time[place]), past.start_us), int(until[place])
        found = _told(past, past.text(int(series.state[place])), entity_id, offset_us, begin)
        # A change of the entity at the timer's very microsecond comes first and takes the timer away.
        parts.append(found[(found >= begin) & (found < over) & (found <= past.end_us)])
    return np.concatenate(parts)


def _told(past: Past, text: str, entity_id: str, offset_us: int, begin_us: int) -> Ints:
    """The instants that one state names: every day for a time of day, else one (a date alone is its midnight)."""
    seconds = clock_seconds(text)
    if seconds is not None and entity_id.startswith("input_datetime."):
        shifted = (seconds + offset_us // SECOND_US) % DAY_SECONDS
        start = begin_us // SECOND_US * SECOND_US
        return past.clock.whenever(np.array([shifted]), start, past.end_us - INSIDE_SECOND_US) + INSIDE_SECOND_US
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        return np.zeros(0, np.int64)
    if named.tzinfo is None:
        if entity_id.startswith("sensor."):
            return np.zeros(0, np.int64)
        named = named.replace(tzinfo=past.home.tzinfo)
    return np.array([microseconds(named) + offset_us], np.int64)


def time_pattern(past: Past, config: Mapping[str, Any]) -> Firings:
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
        return firings_without_entity(past.moments(np.arange(past.start_us + SECOND_US, past.end_us + 1, SECOND_US)))
    of_day = (every[0][:, None, None] * 3600 + every[1][None, :, None] * 60 + every[2][None, None, :]).ravel()
    return firings_without_entity(past.moments(_ticks(past, of_day)))


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


def _ticks(past: Past, seconds_of_day: Ints) -> Ints:
    """Timers from the second of the start on: one whose second has begun still fires."""
    first = past.start_us // SECOND_US * SECOND_US
    ticks: Ints = past.clock.whenever(seconds_of_day, first, past.end_us - INSIDE_SECOND_US)
    return np.add(ticks, INSIDE_SECOND_US, dtype=np.int64)


SUN_EVENTS: Final[Mapping[str, str]] = {
    "sun.sunrise": "sunrise",
    "sun.sunset": "sunset",
    "sun.dawn": "dawn",
    "sun.dusk": "dusk",
    "sun.solar_noon": "noon",
    "sun.solar_midnight": "midnight",
}
"""The purpose-specific kinds of Home Assistant 2026.11, and what astral calls them."""

_TWILIGHTS: Final = {"civil": 6.0, "nautical": 12.0, "astronomical": 18.0}
"""Degrees below the horizon."""


def sun_event(past: Past, config: Mapping[str, Any]) -> Firings:
    offset = duration_us(config["offset"]) if config.get("offset") is not None else 0
    if config.get("offset_type") == "before":
        offset = -offset
    event = SUN_EVENTS[str(config["trigger"])]
    depression = _TWILIGHTS[config.get("type", "civil")] if event in ("dawn", "dusk") else None
    times = past.sky.times(event, past.start_us, past.end_us, offset, depression)
    return firings_without_entity(past.moments(times))


def sun(past: Past, config: Mapping[str, Any]) -> Firings:
    offset = duration_us(config["offset"]) if config.get("offset") is not None else 0
    event = str(config.get("event"))
    if event not in ("sunrise", "sunset"):
        raise NotComputable(f"the sun knows no event '{event}'")
    return firings_without_entity(past.moments(past.sky.times(event, past.start_us, past.end_us, offset)))
