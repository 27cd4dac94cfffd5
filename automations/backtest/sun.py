"""Sunrise, sunset and the `sun.sun` entity as Home Assistant reckons them (astral 2.2, no elevation)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache

import astral.sun
import numpy as np
from astral import Observer

from automations.backtest.clock import LocalClock, instant, microseconds
from automations.backtest.timepoints import Ints, Mask
from automations.config.values import NotComputable
from schemas.home import Home

HORIZON_DEGREES = -0.833


class Sky:
    """The sun over one home. Raises NotComputable where the home does not say where it lies."""

    def __init__(self, home: Home, clock: LocalClock) -> None:
        self._home, self._clock = home, clock
        self.on = cache(self._on)

    @property
    def known(self) -> bool:
        return self._home.latitude is not None and self._home.longitude is not None

    @property
    def observer(self) -> Observer:
        if self._home.latitude is None or self._home.longitude is None:
            raise NotComputable("it depends on the sun, and the home does not say its latitude and longitude")
        return Observer(self._home.latitude, self._home.longitude, 0)

    def _on(self, event: str, day: date, depression: float | None = None) -> datetime | None:
        """When `event` (sunrise, sunset, dawn, dusk, noon, midnight) is on that UTC date, None where never."""
        reckon: Callable[..., datetime] = getattr(astral.sun, event)
        more = {} if depression is None else {"depression": depression}
        try:
            return reckon(self.observer, day, **more)
        except ValueError:
            return None

    def after(self, event: str, at: datetime, offset: timedelta, depression: float | None = None) -> datetime | None:
        """The first `event` plus offset later than `at`, sought from the day before on, as Home Assistant does."""
        first = at.astimezone(self._clock.zone).date()
        for days in range(-1, 367):
            found = self.on(event, first + timedelta(days=days), depression)
            if found is not None and found + offset > at:
                return found + offset
        return None

    def times(self, event: str, start_us: int, end_us: int, offset_us: int, depression: float | None = None) -> Ints:
        """Every `event` plus offset from start to end, microseconds."""
        found, offset = [], timedelta(microseconds=offset_us)
        at = self.after(event, instant(start_us) - timedelta(microseconds=1), offset, depression)
        while at is not None and (time := microseconds(at)) <= end_us:
            found.append(time)
            at = self.after(event, at, offset, depression)
        return np.array(found, np.int64)

    def elevation(self, at: datetime) -> float:
        """Degrees above the horizon."""
        return float(astral.sun.elevation(self.observer, at))

    def sun_entity(self, start_us: int, end_us: int) -> tuple[Ints, Mask]:
        """When `sun.sun` is written and whether it then says above_horizon."""
        written = updates(self, instant(start_us), instant(end_us), self._minutes())
        up = np.array([phase in ("day", "small_day") for _, phase in written], np.bool_)
        for crossing in np.flatnonzero(up[1:] != up[:-1]) + 1:
            # The elevation is rounded and refracted, so the entity turns some writes after sunset or before sunrise.
            self._correct(written, up, range(crossing, len(up)))
            self._correct(written, up, range(crossing - 1, -1, -1))
        return np.array([microseconds(at) for at, _ in written], np.int64), up

    def _minutes(self) -> Mapping[str, int]:
        year = (self._home.version or "").split(".")[0]
        return _MINUTES_2026 if year.isdigit() and int(year) >= 2026 else _MINUTES_2025

    def _correct(self, written: list[tuple[datetime, str]], up: Mask, places: range) -> None:
        for place in places:
            truly = round(self.elevation(written[place][0]), 2) > HORIZON_DEGREES
            if truly == up[place]:
                return
            up[place] = truly


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
"""The turning points of a day: event, depression in degrees, and the phase that each of them ends."""

_LOWEST = (
    (10, "day"),
    (0, "small_day"),
    (-6, "twilight"),
    (-12, "nautical_twilight"),
    (-18, "astronomical_twilight"),
    (-91, "night"),
)
_MINUTES_2025 = {
    "night": 20,
    "astronomical_twilight": 8,
    "nautical_twilight": 8,
    "twilight": 4,
    "small_day": 2,
    "day": 4,
}
"""How often `sun.sun` is written in each phase (Home Assistant 2025.4, components/sun/entity.py)."""

_MINUTES_2026 = {**_MINUTES_2025, "nautical_twilight": 4, "twilight": 2}
"""The same in Home Assistant 2026.11."""


def updates(sky: Sky, start: datetime, end: datetime, minutes: Mapping[str, int]) -> list[tuple[datetime, str]]:
    """Every instant at which Home Assistant, started at `start`, writes `sun.sun`, and the phase of the day then."""
    found: list[tuple[datetime, str]] = []
    at = start
    while at <= end:
        change, phase = _next_change(sky, at)
        step = timedelta(minutes=minutes[phase])
        found.append((at, phase))
        while at + step * 1.25 <= change:
            at += step
            found.append((at, phase))
        at = change
    return [(when, phase) for when, phase in found if when <= end]


def _next_change(sky: Sky, at: datetime) -> tuple[datetime, str]:
    change, phase = at + timedelta(days=400), None
    for event, depression, before in _PHASES:
        found = sky.after(event, at, timedelta(), depression)
        if found is not None and found < change:
            change, phase = found, before
    if phase is None:
        elevation = sky.elevation(change)
        phase = next(name for lowest, name in _LOWEST if elevation >= lowest)
    return change, phase
