"""Makes typed columns from parts of a history: texts become codes, rows are put in order and counted once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.events import ORIGIN_OF_CAUSE_TEXT, Events, Origin
from schemas.home import ENTITY_ID, Home

Scalar = TypeVar("Scalar", bound=np.generic)

BUILT_IN_ENTITIES = frozenset({"zone.home", "sun.sun"})
"""Home Assistant has these without any registry entry."""


class FileEventBuilder:
    """Collects parts of a history, 17 bytes a row, and combines them into `Events`."""

    def __init__(self) -> None:
        self._time: list[NDArray[np.int64]] = []
        self._entity: list[NDArray[np.int32]] = []
        self._state: list[NDArray[np.int32]] = []
        self._origin: list[NDArray[np.int8]] = []
        self._entities: dict[str, int] = {}
        self._states: dict[str, int] = {}
        self._unknown_causes: set[str] = set()

    def __len__(self) -> int:
        return sum(map(len, self._time))

    def add(
        self,
        time_us: NDArray[np.int64],
        entity: tuple[NDArray[np.integer], Iterable[str]],
        state: tuple[NDArray[np.integer], Iterable[str]],
        cause: tuple[NDArray[np.integer], Iterable[str]] | None,
    ) -> None:
        """One part; each text column is a pair of its own codes and the texts these stand for."""
        self._time.append(time_us)
        self._entity.append(_recode(entity, self._entities))
        self._state.append(_recode(state, self._states))
        if cause is None:
            self._origin.append(np.zeros(len(time_us), np.int8))
            return
        codes, texts = cause
        origins = [self._origin_of(str(text)) for text in texts] or [Origin.UNKNOWN]
        self._origin.append(np.array(origins, np.int8)[codes])

    def _origin_of(self, text: str) -> Origin:
        origin = ORIGIN_OF_CAUSE_TEXT.get(text.strip().lower())
        if origin is None:
            self._unknown_causes.add(text)
        return Origin.UNKNOWN if origin is None else origin

    def build(self, home: Home | None) -> tuple[Events, list[str]]:
        """All parts in order of time (stable), with notes on what was corrected or left out."""
        notes: list[str] = []
        events = Events(
            _concatenate(self._time, np.int64),
            _concatenate(self._entity, np.int32),
            _concatenate(self._state, np.int32),
            _concatenate(self._origin, np.int8),
            tuple(self._entities),
            tuple(self._states),
        )
        events = _sort_by_time(events, notes)
        if self._unknown_causes:
            some = ", ".join(repr(text) for text in sorted(self._unknown_causes)[:3])
            notes.append(f"The cause column holds words that are not known ({some}); they count as unknown.")
        if home is not None:
            _note_unknown_entities(events, home, notes)
        return _drop_invalid_rows(events, notes), notes


def _sort_by_time(events: Events, notes: list[str]) -> Events:
    backwards = int(np.count_nonzero(events.time[1:] < events.time[:-1]))
    if not backwards:
        return events
    notes.append(f"The history was not in order of time ({backwards} steps back); it was sorted.")
    return events.take(np.argsort(events.time, kind="stable"))


def _note_unknown_entities(events: Events, home: Home, notes: list[str]) -> None:
    unknown = [name for name in events.entities if name not in home.entities_by_id and name not in BUILT_IN_ENTITIES]
    if unknown:
        some = ", ".join(unknown[:3])
        notes.append(f"{len(unknown)} entities of the history are not in the home ({some}); nothing acts on them.")


def _drop_invalid_rows(events: Events, notes: list[str]) -> Events:
    """Without duplicate rows, and without rows whose entity id cannot be one."""
    duplicates = _find_duplicates(events.time, events.entity, events.state)
    invalid = np.array([re.fullmatch(ENTITY_ID, name) is None for name in events.entities], dtype=np.bool_)
    if not len(duplicates) and not invalid.any():
        return events
    if len(duplicates):
        notes.append(f"{len(duplicates)} rows stood in the history more than once; each was counted once.")
    if invalid.any():
        some = ", ".join(repr(events.entities[code]) for code in np.flatnonzero(invalid)[:3])
        notes.append(f"Rows whose entity_id is not like light.kitchen were left out ({some}).")
    keep = ~invalid[events.entity]
    keep[duplicates] = False
    return events.take(np.flatnonzero(keep))


def _recode(column: tuple[NDArray[np.integer], Iterable[str]], code_by_text: dict[str, int]) -> NDArray[np.int32]:
    codes, texts = column
    mapping = [code_by_text.setdefault(text, len(code_by_text)) for text in texts] or [0]
    return np.asarray(np.array(mapping, np.int32)[codes])


def _concatenate(parts: list[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    column = np.concatenate(parts) if parts else np.empty(0, dtype)
    parts.clear()
    return column


def _find_duplicates(time: NDArray[np.int64], entity: NDArray[np.int32], state: NDArray[np.int32]) -> NDArray[np.intp]:
    """Indexes of rows that repeat an earlier row; only rows of equal time are compared."""
    tied = np.zeros(len(time), np.bool_)
    if len(time) > 1:
        same = time[1:] == time[:-1]
        tied[1:] |= same
        tied[:-1] |= same
    where = np.flatnonzero(tied)
    if not len(where):
        return where
    order = np.lexsort((state[where], entity[where], time[where]))
    where = where[order]
    is_duplicate = (
        (time[where[1:]] == time[where[:-1]])
        & (entity[where[1:]] == entity[where[:-1]])
        & (state[where[1:]] == state[where[:-1]])
    )
    return np.asarray(where[1:][is_duplicate])
