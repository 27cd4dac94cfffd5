"""Which rows of a history can be used: one rule for all sources. What is left out is counted by reason and entity."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.clock import SECOND_US, microseconds
from schemas.events import Events
from schemas.home import ENTITY_ID

CLOCK_TOLERANCE: Final = timedelta(minutes=55)
"""How far the home's clock may be from ours. In the store a day is complete an hour after its end."""
MAX_STATE_LENGTH: Final = 255
"""Home Assistant's own limit."""
UNREADABLE_TIME: Final = int(np.iinfo(np.int64).min)
"""Stands in a column of times for one that cannot be read; numpy's NaT is the same number."""
TIME_WITHOUT_OFFSET: Final = UNREADABLE_TIME + 1
"""Stands for one that does not say its offset: to guess its zone would move every habit."""
MANY_ENTITIES: Final = 5
"""As many entities with changes in the future are a clock that is wrong, not a row that is."""

_TOLERANCE_US: Final = CLOCK_TOLERANCE // timedelta(microseconds=1)
_EARLIEST_US: Final = microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_MILLISECONDS_US: Final = 10**11 * SECOND_US
"""Seconds since 1970 reach so far in the year 5138, milliseconds in 1973."""
_MAX_SECONDS: Final = 9e12
"""More does not fit a column of microseconds."""
_NAMED_ENTITIES: Final = 5


class Reason(IntEnum):
    """Why a row is left out; of several reasons the highest counts."""

    STATE_TOO_LONG = 1
    STATE_NAN = 2
    STATE_BROKEN = 3
    NO_STATE = 4
    TOO_OLD = 5
    IN_FUTURE = 6
    IN_MILLISECONDS = 7
    NO_OFFSET = 8
    NO_TIME = 9
    BAD_ENTITY = 10
    NO_METADATA = 11
    NOT_ASKED_FOR = 12


_WORDS: Final = {
    Reason.STATE_TOO_LONG: f"state of more than {MAX_STATE_LENGTH} characters",
    Reason.STATE_NAN: "state that is no value (NaN)",
    Reason.STATE_BROKEN: "state with characters that cannot be read",
    Reason.NO_STATE: "no state",
    Reason.TOO_OLD: "time before the year 2000",
    Reason.IN_FUTURE: "time in the future",
    Reason.IN_MILLISECONDS: "time in milliseconds",
    Reason.NO_OFFSET: "time without its offset",
    Reason.NO_TIME: "no time that can be read",
    Reason.BAD_ENTITY: "entity_id not like light.kitchen",
    Reason.NO_METADATA: "no metadata_id",
    Reason.NOT_ASKED_FOR: "time outside of what was asked for",
}


class LeftOut:
    """Counts the rows of one reading that were left out; of `entity_ids` only, where these are given."""

    def __init__(self, entity_ids: frozenset[str] | None = None) -> None:
        self._entity_ids = entity_ids
        self._counts: Counter[tuple[Reason, str]] = Counter()

    def add(self, reason: Reason, entity_id: str, rows: int = 1) -> None:
        """`entity_id` is empty where the row names none."""
        if not entity_id or self._entity_ids is None or entity_id in self._entity_ids:
            self._counts[reason, entity_id] += rows

    def total(self, reason: Reason) -> int:
        return sum(self._by_entity(reason).values())

    def notes(self) -> tuple[str, ...]:
        """A sentence for each reason, and one more where a clock must be wrong."""
        reasons = sorted({reason for reason, _ in self._counts})
        notes = [_note(_WORDS[reason], self._by_entity(reason)) for reason in reasons]
        ahead = len(self._by_entity(Reason.IN_FUTURE))
        if ahead >= MANY_ENTITIES:
            notes.append(
                f"{ahead} entities have changes in the future: the clock of the home or ours is wrong. "
                "Set both right; what lies ahead is read once its time has come."
            )
        return tuple(notes)

    def _by_entity(self, reason: Reason) -> Counter[str]:
        return Counter({entity_id: rows for (why, entity_id), rows in self._counts.items() if why == reason})


def drop_unusable(events: Events, latest_us: int, left_out: LeftOut) -> Events:
    """The rows that can be used; the others are counted in `left_out`. After `latest_us` is the future."""
    reason = _time_reasons(events.time, latest_us + _TOLERANCE_US)
    for texts, codes, judge in (
        (events.states, events.state, _state_reason),
        (events.entities, events.entity, _entity_reason),
    ):
        by_code = np.array([judge(text) for text in texts], np.int8)
        if by_code.any():
            reason = np.maximum(reason, by_code[codes])
    unusable = np.flatnonzero(reason)
    if not len(unusable):
        return events
    found = Counter(zip(reason[unusable].tolist(), events.entity[unusable].tolist(), strict=True))
    for (code, entity), rows in found.items():
        left_out.add(Reason(code), events.entities[entity], rows)
    return events.take(np.flatnonzero(reason == 0))


def is_possible_time(time_us: int, latest_us: int) -> bool:
    """Whether `drop_unusable` keeps a row of that time."""
    return _EARLIEST_US <= time_us <= latest_us + _TOLERANCE_US


def possible_seconds(latest_us: int) -> tuple[float, float]:
    """The first and the last possible time, in seconds since 1970."""
    return _EARLIEST_US / SECOND_US, (latest_us + _TOLERANCE_US) / SECOND_US


def time_from_seconds(seconds: float) -> int:
    """Microseconds of seconds since 1970, UNREADABLE_TIME where they are no such number."""
    return round(seconds * SECOND_US) if -_MAX_SECONDS < seconds < _MAX_SECONDS else UNREADABLE_TIME


def times_from_seconds(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """A column as `time_from_seconds`."""
    readable = np.abs(seconds) < _MAX_SECONDS  # False for NaN
    if readable.all():
        return np.round(seconds * SECOND_US).astype(np.int64)
    times = np.round(np.where(readable, seconds, 0.0) * SECOND_US).astype(np.int64)
    return np.where(readable, times, UNREADABLE_TIME)


def _time_reasons(time: NDArray[np.int64], latest_us: int) -> NDArray[np.int8]:
    reason = np.zeros(len(time), np.int8)
    reason[time < _EARLIEST_US] = Reason.TOO_OLD
    reason[time > latest_us] = Reason.IN_FUTURE
    reason[time > _MILLISECONDS_US] = Reason.IN_MILLISECONDS
    reason[time == TIME_WITHOUT_OFFSET] = Reason.NO_OFFSET
    reason[time == UNREADABLE_TIME] = Reason.NO_TIME
    return reason


def _state_reason(state: str) -> int:
    if len(state) > MAX_STATE_LENGTH:
        return Reason.STATE_TOO_LONG
    if state.lower() == "nan":
        return Reason.STATE_NAN
    return 0 if _is_readable(state) else Reason.STATE_BROKEN


def _is_readable(text: str) -> bool:
    """No half character, and no sign that one was replaced when the text was decoded."""
    return text.isascii() or ("\ufffd" not in text and not re.search("[\ud800-\udfff]", text))


def _entity_reason(entity_id: str) -> int:
    return 0 if re.fullmatch(ENTITY_ID, entity_id) else Reason.BAD_ENTITY


def _note(words: str, by_entity: Counter[str]) -> str:
    rows, named = by_entity.total(), by_entity.most_common(_NAMED_ENTITIES)
    names = ", ".join(_name(entity_id) + (f" {count}" if rows > 1 else "") for entity_id, count in named)
    others = len(by_entity) - len(named)
    more = f" and {others} more" if others else ""
    return f"{rows} {'row was' if rows == 1 else 'rows were'} left out ({words}): {names}{more}."


def _name(entity_id: str) -> str:
    if re.fullmatch(ENTITY_ID, entity_id):
        return entity_id
    return ascii(entity_id[:40]) if entity_id else "without a name"
