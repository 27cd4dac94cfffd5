"""Cleans a history: the window, changes sorted by entity, what became visible again after a restart marked as none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds, WindowClock, window_clock_from
from generator.mining.events.rejections import Rejections
from schemas.clock import SECOND_US
from schemas.events import Events, main_part
from schemas.home import Home
from schemas.states import UNAVAILABLE_STATES

MISSING = frozenset({*UNAVAILABLE_STATES, "", "none", "None"})
RESTART_ENTITIES = 4
RESTART_SECONDS = 150.0
NUMERIC_SHARE = 0.8


@dataclass(frozen=True)
class TidyEvents:
    """Changes of state sorted by entity, then time; entity `e` owns rows `bounds[e]` to `bounds[e + 1]`.

    `time` in seconds since the window began. `is_change` is False for what only became visible again: the first state
    in the window, a return from unavailable, anything in the minutes after a restart. `value` is the number that a
    state code stands for, NaN where it is no number; `numeric` marks the entities whose states are numbers.
    """

    home: Home
    clock: WindowClock
    time: Seconds
    state: NDArray[np.int32]
    cause: NDArray[np.int8]
    is_change: NDArray[np.bool_]
    bounds: NDArray[np.int64]
    entities: tuple[str, ...]
    states: tuple[str, ...]
    value: Seconds
    numeric: NDArray[np.bool_]

    def rows(self, entity: int) -> slice:
        return slice(int(self.bounds[entity]), int(self.bounds[entity + 1]))


def select_window(events: Events, window_days: int) -> tuple[Events, int]:
    """The last `window_days` of the history's main part, and how many rows a jumping clock put elsewhere."""
    main = events.time[main_part(events.time)]
    end = int(main[-1])
    return events.between(end - int(window_days * DAY) * SECOND_US, end + 1), len(events) - len(main)


def tidy(events: Events, home: Home, window_days: int) -> tuple[TidyEvents, Rejections]:
    """`events` must not be empty."""
    events, jumped = select_window(events, window_days)
    rejections = Counter({"its time lies far from the rest of the history (a clock that jumped)": jumped})
    start = int(events.time[0])
    clock = window_clock_from(start, int(events.time[-1]), home)
    value = np.array([_number(text) for text in events.states])
    order = _order_by_entity(events)
    entity, state = events.entity[order], events.state[order]
    missing = np.array([text in MISSING for text in events.states], np.bool_)[state]
    returned = _previous_row(missing) & (entity == _previous_row(entity))
    present = np.flatnonzero(~missing)
    order, entity, state, returned = order[present], entity[present], state[present], returned[present]
    same_entity = entity == _previous_row(entity, -1)
    changed = ~(same_entity & (state == _previous_row(state, -1)))
    is_change = same_entity & ~returned
    rejections["said again a state that it had already"] = int(np.count_nonzero(~changed))
    rejections["was unavailable or unknown"] = int(np.count_nonzero(missing))
    time = (events.time[order] - start) / SECOND_US
    bursts = _restart_times(time[returned], entity[returned])
    kept = np.flatnonzero(changed)
    time, entity, state, is_change = time[kept], entity[kept], state[kept], is_change[kept]
    if len(bursts):
        after = time - bursts[np.clip(np.searchsorted(bursts, time, "right") - 1, 0, None)]
        late = (after >= 0) & (after <= RESTART_SECONDS)
        rejections["came in the burst after a restart"] = int(np.count_nonzero(late & is_change))
        is_change &= ~late
    bounds = np.searchsorted(entity, np.arange(len(events.entities) + 1)).astype(np.int64)
    tidied = TidyEvents(
        home,
        clock,
        time,
        state,
        events.cause[order[kept]],
        is_change,
        bounds,
        events.entities,
        events.states,
        value,
        _numeric_entities(entity, value[state], len(events.entities)),
    )
    return tidied, rejections


def _order_by_entity(events: Events) -> NDArray[np.intp]:
    # NumPy sorts 16-bit integers by radix, ten times as fast as wider ones.
    codes = events.entity.astype(np.int16) if len(events.entities) < 32_767 else events.entity
    return np.argsort(codes, kind="stable")


def _previous_row(column: NDArray[np.generic], first: int = 0) -> NDArray[np.generic]:
    """Each row's predecessor."""
    before = np.empty_like(column)
    before[1:] = column[:-1]
    before[:1] = first
    return before


def _restart_times(time: Seconds, entity: NDArray[np.int32]) -> Seconds:
    """When at least RESTART_ENTITIES came back from unavailable within a minute."""
    order = np.argsort(time)
    time, entity = time[order], entity[order]
    last = np.searchsorted(time, time + 60.0)
    several = [at for at, end in enumerate(last) if end - at >= RESTART_ENTITIES]
    starts = [at for at in several if len(set(entity[at : last[at]].tolist())) >= RESTART_ENTITIES]
    return np.asarray(time[starts])


def _numeric_entities(entity: NDArray[np.int32], value: Seconds, entities: int) -> NDArray[np.bool_]:
    rows = np.bincount(entity, minlength=entities)
    numbers = np.bincount(entity, weights=~np.isnan(value), minlength=entities)
    return np.asarray((rows > 0) & (numbers >= NUMERIC_SHARE * rows))


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan
