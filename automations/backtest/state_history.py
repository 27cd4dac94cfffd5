"""The state of every entity at any timepoint of the history."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from automations.backtest.sun import Sun
from automations.backtest.timepoints import Ints, Mask, Timepoints
from automations.backtest.work import Work
from automations.timeline.local_clock import LocalClock
from automations.timeline.presence import count_inside, is_person, states_in_zone
from schemas.events import Events
from schemas.home import Home

Value = TypeVar("Value")

ABSENT = -1
"""State code of an entity without any change up to then."""


@dataclass(frozen=True)
class Series:
    """The changes of one entity, repeats of the same state left out.

    `time` in microseconds; `rows_seen` is the number of rows of the history up to and including each change (0: not a
    row); `state` are codes.
    """

    time: Ints
    rows_seen: Ints
    state: Ints

    def __len__(self) -> int:
        return len(self.time)

    def index_at(self, at: Timepoints) -> Ints:
        """The index of the change in force at each timepoint, -1 before the first."""
        by_row = np.searchsorted(self.rows_seen, at.rows_seen, side="right")
        by_time = np.searchsorted(self.time, at.time, side="right")
        return np.minimum(by_row, by_time) - 1

    def state_at(self, at: Timepoints) -> Ints:
        """State codes, ABSENT before the first."""
        index = self.index_at(at)
        if not len(self):
            return np.full(len(at), ABSENT, np.int64)
        return np.where(index >= 0, self.state[np.maximum(index, 0)], ABSENT)

    def changed_at(self, at: Timepoints) -> Ints:
        """When the state in force began, microseconds; meaningless before the first."""
        index = np.maximum(self.index_at(at), 0)
        return self.time[index] if len(self) else np.zeros(len(at), np.int64)


class StateHistory:
    """The history of one home between two instants (both included)."""

    def __init__(self, events: Events, home: Home, start_us: int, end_us: int) -> None:
        self.events, self.home = events, home
        self.start_us, self.end_us = start_us, end_us
        self.clock = LocalClock(home.tzinfo, min(start_us, int(events.time[0]) if len(events) else start_us), end_us)
        self.work = Work()
        self.sun = Sun(home, self.clock)
        self._texts: list[str] = list(events.states)
        self._series: dict[str, Series] = {}
        self._numbers: dict[int, float | None] = {}
        self._cache: dict[Hashable, object] = {}

    def compute_once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The result of `make`, computed once for each key and kept as long as this history."""
        if key not in self._cache:
            self._cache[key] = make()
        return cast(Value, self._cache[key])

    def series(self, entity_id: str) -> Series:
        if entity_id not in self._series:
            self._series[entity_id] = self._series_from_events(entity_id)
        return self._series[entity_id]

    def timepoints_at(self, time: Ints) -> Timepoints:
        """Timers at these instants: every change up to and including them has been seen."""
        return Timepoints(time, np.searchsorted(self.events.time, time, side="right").astype(np.int64))

    @cached_property
    def start(self) -> Timepoints:
        return self.timepoints_at(np.array([self.start_us], np.int64))

    def state_code(self, text: str) -> int:
        """The code of a state text; a text that the history never shows gets one of its own."""
        if text not in self._codes:
            self._codes[text] = len(self._texts)
            self._texts.append(text)
        return self._codes[text]

    def state_codes(self, texts: list[str]) -> Ints:
        return np.array([self.state_code(text) for text in texts], np.int64)

    def state_text(self, code: int) -> str:
        return self._texts[code]

    def numeric_values(self, state: Ints) -> tuple[NDArray[np.float64], Mask]:
        """Each state as a number (nan where it is none), and which of them are numbers as Python's float reads them."""
        distinct, inverse = np.unique(state, return_inverse=True)
        values = [self._numeric_value(int(code)) for code in distinct]
        number = np.array([np.nan if value is None else value for value in values], np.float64)
        is_number = np.array([value is not None for value in values], np.bool_)
        return number[inverse], is_number[inverse]

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {text: code for code, text in enumerate(self._texts)}

    def _numeric_value(self, code: int) -> float | None:
        if code not in self._numbers:
            try:
                self._numbers[code] = float(self._texts[code]) if code >= 0 else None
            except ValueError:
                self._numbers[code] = None
        return self._numbers[code]

    def _series_from_events(self, entity_id: str) -> Series:
        if entity_id not in self.events.entities:
            return self._derived_series(entity_id)
        events = self.events
        row = np.flatnonzero(events.entity == events.entities.index(entity_id))
        state = events.state[row].astype(np.int64)
        changed = np.ones(len(row), np.bool_)
        changed[1:] = state[1:] != state[:-1]
        row = row[changed]
        return Series(events.time[row], row.astype(np.int64) + 1, state[changed])

    def _derived_series(self, entity_id: str) -> Series:
        """Entities that follow from others: `sun.sun` from the sun, zones from the persons in them."""
        if entity_id == "sun.sun" and self.sun.has_location:
            return self._sun_series()
        if entity_id.startswith("zone."):
            return self._zone_series(entity_id)
        nothing = np.zeros(0, np.int64)
        return Series(nothing, nothing, nothing)

    def _sun_series(self) -> Series:
        time, up = self.sun.sun_entity_states(self.start_us, self.end_us)
        changed = np.ones(len(up), np.bool_)
        changed[1:] = up[1:] != up[:-1]
        codes = np.where(up, self.state_code("above_horizon"), self.state_code("below_horizon")).astype(np.int64)
        return Series(time[changed], np.zeros(int(changed.sum()), np.int64), codes[changed])

    def _zone_series(self, entity_id: str) -> Series:
        """How many persons are in the zone, as Home Assistant counts them."""
        parts = [self.series(name) for name in self.events.entities if is_person(name)]
        if not parts:
            nothing = np.zeros(0, np.int64)
            return Series(nothing, nothing, nothing)
        inside = [self.is_in_zone(entity_id, part.state) for part in parts]
        order, count = count_inside([part.rows_seen for part in parts], inside)
        changed = np.ones(len(count), np.bool_)
        changed[1:] = count[1:] != count[:-1]
        code = np.array([self.state_code(str(number)) for number in range(len(parts) + 1)], np.int64)
        rows_seen = np.concatenate([part.rows_seen for part in parts])[order]
        time = np.concatenate([part.time for part in parts])[order]
        return Series(time[changed], rows_seen[changed], code[count[changed]])

    def is_in_zone(self, zone_id: str, state: Ints) -> Mask:
        """Whether a person with this state is in the zone."""
        distinct, inverse = np.unique(state, return_inverse=True)
        texts = [self._texts[code] if code >= 0 else "" for code in distinct]
        return states_in_zone(self.home, zone_id, texts)[inverse]
