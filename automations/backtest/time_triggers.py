"""Triggers by the clock and the sun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from automations.backtest.state_history import StateHistory
from automations.backtest.timepoints import Firings, Ints, firings_without_entity
from automations.backtest.values import NotComputable, duration_us, weekday_numbers
from automations.backtest.work import FIRING_STEPS
from automations.config.times import clock_seconds
from automations.config.values import as_list, is_template
from schemas.clock import DAY_SECONDS, DAY_US, SECOND_US, microseconds

TIMER_DELAY_US = 275_000
"""Home Assistant lets a timer fire 50 to 500 ms after the full second, drawn once per timer; this is the middle."""


def time_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    instants = np.concatenate(
        [_instants_from_at(history, value) for value in as_list(config.get("at"))] or [np.zeros(0, np.int64)]
    )
    instants = instants[np.isin(history.clock.weekday(instants), weekday_numbers(config.get("weekday")))]
    return firings_without_entity(history.timepoints_at(np.sort(instants)))


def _instants_from_at(history: StateHistory, value: Any) -> Ints:
    """Instants of one `at`: a time of day, or an entity that holds one, with an offset or without."""
    seconds = clock_seconds(value)
    if seconds is not None:
        return _timer_instants(history, np.array([seconds]))
    if isinstance(value, Mapping):
        offset = duration_us(value["offset"]) if value.get("offset") is not None else 0
        return _instants_from_entity(history, str(value.get("entity_id")), offset)
    return _instants_from_entity(history, str(value), 0)


def _instants_from_entity(history: StateHistory, entity_id: str, offset_us: int) -> Ints:
    """Each state of the entity sets the timer anew, until its next change."""
    series = history.series(entity_id)
    if is_template(entity_id) or not entity_id.startswith(("input_datetime.", "sensor.")) or not len(series):
        raise NotComputable(f"a time trigger takes its time from '{entity_id}', which the history does not show")
    first = max(int(series.index_at(history.start)[0]), 0)
    until = np.append(series.time[1:], history.end_us + 1)
    parts = [np.zeros(0, np.int64)]
    for index in range(first, len(series)):
        begin, over = max(int(series.time[index]), history.start_us), int(until[index])
        instants = _instants_from_state(
            history, history.state_text(int(series.state[index])), entity_id, offset_us, begin
        )
        # A change of the entity at the timer's very microsecond comes first and cancels the timer.
        parts.append(instants[(instants >= begin) & (instants < over) & (instants <= history.end_us)])
    return np.concatenate(parts)


def _instants_from_state(history: StateHistory, text: str, entity_id: str, offset_us: int, begin_us: int) -> Ints:
    """The instants that one state means: every day for a time of day, else one (a date alone is its midnight)."""
    seconds = clock_seconds(text)
    if seconds is not None and entity_id.startswith("input_datetime."):
        shifted = (seconds + offset_us // SECOND_US) % DAY_SECONDS
        start = begin_us // SECOND_US * SECOND_US
        return history.clock.instants_at(np.array([shifted]), start, history.end_us - TIMER_DELAY_US) + TIMER_DELAY_US
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return np.zeros(0, np.int64)
    if at.tzinfo is None:
        if entity_id.startswith("sensor."):
            return np.zeros(0, np.int64)
        at = at.replace(tzinfo=history.home.tzinfo)
    return np.array([microseconds(at) + offset_us], np.int64)


def time_pattern_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    """Wall-clock times that match; units below the largest that is given are zero."""
    hours, minutes, seconds = (config.get(unit) for unit in ("hours", "minutes", "seconds"))
    if minutes is None and hours is not None:
        minutes = 0
    if seconds is None and minutes is not None:
        seconds = 0
    unit_values = [_pattern_values(hours, 24), _pattern_values(minutes, 60), _pattern_values(seconds, 60)]
    times_a_day = len(unit_values[0]) * len(unit_values[1]) * len(unit_values[2])
    history.work.spend(FIRING_STEPS * times_a_day * (1 + (history.end_us - history.start_us) // DAY_US))
    if [len(part) for part in unit_values] == [24, 60, 60] and all(
        value in (None, "*") for value in (hours, minutes, seconds)
    ):
        # Not bound to the wall clock: every second after the start.
        return firings_without_entity(
            history.timepoints_at(np.arange(history.start_us + SECOND_US, history.end_us + 1, SECOND_US))
        )
    of_day = (
        unit_values[0][:, None, None] * 3600 + unit_values[1][None, :, None] * 60 + unit_values[2][None, None, :]
    ).ravel()
    return firings_without_entity(history.timepoints_at(_timer_instants(history, of_day)))


def _pattern_values(pattern: Any, size: int) -> Ints:
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
    values: Ints = numbers[numbers == number]
    return values


def _timer_instants(history: StateHistory, seconds_of_day: Ints) -> Ints:
    """Timers from the second of the start on: one whose second has begun still fires."""
    first = history.start_us // SECOND_US * SECOND_US
    instants: Ints = history.clock.instants_at(seconds_of_day, first, history.end_us - TIMER_DELAY_US)
    return np.add(instants, TIMER_DELAY_US, dtype=np.int64)


SUN_EVENTS: Final[Mapping[str, str]] = {
    "sun.sunrise": "sunrise",
    "sun.sunset": "sunset",
    "sun.dawn": "dawn",
    "sun.dusk": "dusk",
    "sun.solar_noon": "noon",
    "sun.solar_midnight": "midnight",
}
"""The purpose-specific kinds of Home Assistant 2026.11, and the names that astral has for them."""

_TWILIGHTS: Final = {"civil": 6.0, "nautical": 12.0, "astronomical": 18.0}
"""Degrees below the horizon."""


def sun_event_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    offset = duration_us(config["offset"]) if config.get("offset") is not None else 0
    if config.get("offset_type") == "before":
        offset = -offset
    event = SUN_EVENTS[str(config["trigger"])]
    depression = _TWILIGHTS[config.get("type", "civil")] if event in ("dawn", "dusk") else None
    times = history.sun.event_times(event, history.start_us, history.end_us, offset, depression)
    return firings_without_entity(history.timepoints_at(times))


def sun_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    offset = duration_us(config["offset"]) if config.get("offset") is not None else 0
    event = str(config.get("event"))
    if event not in ("sunrise", "sunset"):
        raise NotComputable(f"the sun knows no event '{event}'")
    return firings_without_entity(
        history.timepoints_at(history.sun.event_times(event, history.start_us, history.end_us, offset))
    )
