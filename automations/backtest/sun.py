"""The sun's next events and the `sun.sun` entity as Home Assistant computes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
from astral import Observer

from automations.backtest.timepoints import Ints, Mask
from automations.backtest.values import NotComputable
from automations.timeline.local_clock import LocalClock
from automations.timeline.sun import observer_of, sun_elevation, sun_event
from schemas.clock import datetime_from_us, microseconds
from schemas.home import Home

HORIZON_DEGREES = -0.833


class Sun:
    """The sun over one home. Raises NotComputable where the home has no latitude and longitude."""

    def __init__(self, home: Home, clock: LocalClock) -> None:
        self._home, self._clock = home, clock
        self.event_on = cache(self._event_on)

    @property
    def has_location(self) -> bool:
        return observer_of(self._home) is not None

    @property
    def observer(self) -> Observer:
        observer = observer_of(self._home)
        if observer is None:
            raise NotComputable("it depends on the sun, and the home does not say its latitude and longitude")
        return observer

    def _event_on(self, event: str, day: date, depression: float | None = None) -> datetime | None:
        return sun_event(self.observer, event, day, depression)

    def next_event(
        self, event: str, at: datetime, offset: timedelta, depression: float | None = None
    ) -> datetime | None:
        """The first `event` plus offset later than `at`, sought from the day before on, as Home Assistant does."""
        first = at.astimezone(self._clock.zone).date()
        for days in range(-1, 367):
            event_time = self.event_on(event, first + timedelta(days=days), depression)
            if event_time is not None and event_time + offset > at:
                return event_time + offset
        return None

    def event_times(
        self, event: str, start_us: int, end_us: int, offset_us: int, depression: float | None = None
    ) -> Ints:
        """Every `event` plus offset from start to end, microseconds."""
        times, offset = [], timedelta(microseconds=offset_us)
        at = self.next_event(event, datetime_from_us(start_us) - timedelta(microseconds=1), offset, depression)
        while at is not None and (time := microseconds(at)) <= end_us:
            times.append(time)
            at = self.next_event(event, at, offset, depression)
        return np.array(times, np.int64)

    def elevation(self, at: datetime) -> float:
        return sun_elevation(self.observer, at)

    def sun_entity_states(self, start_us: int, end_us: int) -> tuple[Ints, Mask]:
        """When `sun.sun` is written and whether it is above_horizon then."""
        updates = sun_entity_updates(self, datetime_from_us(start_us), datetime_from_us(end_us), self._update_minutes())
        up = np.array([phase in ("day", "small_day") for _, phase in updates], np.bool_)
        for crossing in np.flatnonzero(up[1:] != up[:-1]) + 1:
            # The elevation is rounded and refracted, so the entity changes some updates after sunset or before sunrise.
            self._correct_elevations(updates, up, range(crossing, len(up)))
            self._correct_elevations(updates, up, range(crossing - 1, -1, -1))
        return np.array([microseconds(at) for at, _ in updates], np.int64), up

    def _update_minutes(self) -> Mapping[str, int]:
        year = (self._home.version or "").split(".")[0]
        return _UPDATE_MINUTES_2026 if year.isdigit() and int(year) >= 2026 else _UPDATE_MINUTES_2025

    def _correct_elevations(self, updates: list[tuple[datetime, str]], up: Mask, indexes: range) -> None:
        for index in indexes:
            is_up = round(self.elevation(updates[index][0]), 2) > HORIZON_DEGREES
            if is_up == up[index]:
                return
            up[index] = is_up


_PHASES: tuple[tuple[str, float | None, str | None], ...] = (
    ("dawn", 18, "night"),
    ("dawn", 12, "astronomical_twilight"),
    ("dawn", 6, "nautical_twilight"),
    ("sunrise", None, "twilight"),
    ("dawn", -10, "small_day"),
    ("noon", None, None),
    ("dusk", -10, "day"),
    ("sunset", None, "small_day"),
    ("dusk", 6, "twilight"),
    ("dusk", 12, "nautical_twilight"),
    ("dusk", 18, "astronomical_twilight"),
    ("midnight", None, None),
)
"""The phase changes of a day: event, depression in degrees, and the phase that each of them ends."""

_PHASE_BY_ELEVATION = (
    (10, "day"),
    (0, "small_day"),
    (-6, "twilight"),
    (-12, "nautical_twilight"),
    (-18, "astronomical_twilight"),
    (-91, "night"),
)
_UPDATE_MINUTES_2025 = {
    "night": 20,
    "astronomical_twilight": 8,
    "nautical_twilight": 8,
    "twilight": 4,
    "small_day": 2,
    "day": 4,
}
"""How often `sun.sun` is written in each phase (Home Assistant 2025.4, components/sun/entity.py)."""

_UPDATE_MINUTES_2026 = {**_UPDATE_MINUTES_2025, "nautical_twilight": 4, "twilight": 2}
"""The same in Home Assistant 2026.11."""


def sun_entity_updates(
    sun: Sun, start: datetime, end: datetime, minutes: Mapping[str, int]
) -> list[tuple[datetime, str]]:
    """Every instant at which Home Assistant, started at `start`, writes `sun.sun`, and the phase of the day then."""
    updates: list[tuple[datetime, str]] = []
    at = start
    while at <= end:
        change, phase = _next_phase_change(sun, at)
        step = timedelta(minutes=minutes[phase])
        updates.append((at, phase))
        while at + step * 1.25 <= change:
            at += step
            updates.append((at, phase))
        at = change
    return [(when, phase) for when, phase in updates if when <= end]


def _next_phase_change(sun: Sun, at: datetime) -> tuple[datetime, str]:
    change, phase = at + timedelta(days=400), None
    for event, depression, ended_phase in _PHASES:
        event_time = sun.next_event(event, at, timedelta(), depression)
        if event_time is not None and event_time < change:
            change, phase = event_time, ended_phase
    if phase is None:
        elevation = sun.elevation(change)
        phase = next(name for lowest, name in _PHASE_BY_ELEVATION if elevation >= lowest)
    return change, phase
