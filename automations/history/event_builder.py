"""Builds, combines and filters events as columns; never a Python object per event for longer than a chunk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.events import Events, Origin

Scalar = TypeVar("Scalar", bound=np.generic)
CodedTexts = tuple[NDArray[np.integer], Sequence[str]]
"""A column of texts as codes, and the texts that these stand for."""


class Codes(dict[str, int]):
    """Numbers texts as they come: 0, 1, 2, ..."""

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code


class EventBuilder:
    """Collects chunks of changes in any order, 17 bytes a change; `build` returns them as they were added."""

    def __init__(self) -> None:
        self._entities = Codes()
        self._states = Codes()
        self._time: list[NDArray[np.int64]] = []
        self._entity: list[NDArray[np.int32]] = []
        self._state: list[NDArray[np.int32]] = []
        self._origin: list[NDArray[np.int8]] = []

    def __len__(self) -> int:
        return sum(map(len, self._time))

    def entity_code(self, entity_id: str) -> int:
        return self._entities[entity_id]

    def add(
        self,
        time: NDArray[np.int64],
        entity: NDArray[np.int32],
        states: Sequence[str],
        origin: NDArray[np.int8],
    ) -> None:
        """One chunk of equally long columns; `entity` holds codes from `entity_code`, `time` microseconds UTC."""
        codes = np.fromiter(map(self._states.__getitem__, states), np.int32, len(states))
        self._append(time, entity, codes, origin)

    def add_coded(
        self, time: NDArray[np.int64], entity: CodedTexts, state: CodedTexts, origin: NDArray[np.int8]
    ) -> None:
        """One chunk whose texts have codes of their own."""
        self._append(time, _recode(entity, self._entities), _recode(state, self._states), origin)

    def build(self) -> Events:
        """All that was added, in that order; the builder gives its columns away, so call it once."""
        return Events(
            _concatenate(self._time, np.int64),
            _concatenate(self._entity, np.int32),
            _concatenate(self._state, np.int32),
            _concatenate(self._origin, np.int8),
            tuple(self._entities),
            tuple(self._states),
        )

    def _append(
        self, time: NDArray[np.int64], entity: NDArray[np.int32], state: NDArray[np.int32], origin: NDArray[np.int8]
    ) -> None:
        self._time.append(time)
        self._entity.append(entity)
        self._state.append(state)
        self._origin.append(origin)


def _recode(column: CodedTexts, codes: Codes) -> NDArray[np.int32]:
    own_codes, texts = column
    mapping = [codes[text] for text in texts] or [0]
    return np.asarray(np.array(mapping, np.int32)[own_codes])


def _concatenate(chunks: list[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    """One column; the chunks are released at once, so that at most one column is held twice."""
    column = np.concatenate(chunks) if chunks else np.empty(0, dtype)
    chunks.clear()
    return column


def drop_repeats(events: Events) -> Events:
    """Sorted by time, without rows that repeat their entity's state; of two equal rows the known origin stays."""
    by_entity = _order_by_entity(events)
    tied = _find_tied(events.entity[by_entity], events.time[by_entity])
    is_duplicate, origin = _merge_duplicates(events, by_entity[tied])
    by_entity = by_entity[~is_duplicate[by_entity]]
    entity, state = events.entity[by_entity], events.state[by_entity]
    changed = np.ones(len(by_entity), bool)
    changed[1:] = (entity[1:] != entity[:-1]) | (state[1:] != state[:-1])
    kept = by_entity[changed]
    kept = kept[np.argsort(events.time[kept], kind="stable")]
    return replace(events, origin=origin).take(kept)


def drop_duplicates(events: Events) -> Events:
    """Without rows that repeat another's entity, time and state, for events sorted by time; the known origin stays."""
    is_duplicate, origin = _merge_duplicates(events, _find_tied(events.time))
    return replace(events, origin=origin).take(np.flatnonzero(~is_duplicate)) if is_duplicate.any() else events


def _find_tied(*columns: NDArray[np.integer]) -> NDArray[np.intp]:
    """Indexes of the rows that equal a neighbour in all columns."""
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in columns])
    tied = np.zeros(len(columns[0]), bool)
    tied[1:] |= same
    tied[:-1] |= same
    return np.flatnonzero(tied)


def _merge_duplicates(events: Events, candidates: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """Which rows repeat another's entity, time and state, and the origins, filled from those rows.

    All rows that have an equal are among the `candidates`.
    """
    is_duplicate = np.zeros(len(events), bool)
    if not len(candidates):
        return is_duplicate, events.origin
    keys = (events.state[candidates], events.entity[candidates], events.time[candidates])
    rows = candidates[np.lexsort(keys)]
    repeats = np.zeros(len(rows), bool)
    repeats[1:] = np.logical_and.reduce(
        [column[rows[1:]] == column[rows[:-1]] for column in (events.time, events.entity, events.state)]
    )
    is_duplicate[rows[repeats]] = True
    first = np.flatnonzero(~repeats)
    origin = events.origin.copy()
    graded = np.maximum.reduceat(origin[rows], first)
    origin[rows[first]] = np.where(origin[rows[first]] == Origin.UNKNOWN, graded, origin[rows[first]])
    return is_duplicate, origin


def _order_by_entity(events: Events) -> NDArray[np.intp]:
    """Row numbers grouped by entity, by time within each; equal rows in the order given."""
    codes = events.entity if len(events.entities) > 2**16 else events.entity.astype(np.uint16)  # sorted in linear time
    if (events.time[1:] >= events.time[:-1]).all():
        return np.argsort(codes, kind="stable")
    by_time = np.argsort(events.time, kind="stable")
    return by_time[np.argsort(codes[by_time], kind="stable")]


def combine_events(parts: Iterable[Events]) -> Events:
    """All parts as one, with one vocabulary; where parts overlap, a change in both counts once."""
    builder = EventBuilder()
    for part in parts:
        builder.add_coded(part.time, (part.entity, part.entities), (part.state, part.states), part.origin)
    return drop_repeats(builder.build())


def rename_entities(events: Events, names: Mapping[str, str]) -> Events:
    """The same changes under their entities' names of today, from a mapping of former to present entity ids."""
    if not names.keys() & set(events.entities):
        return events
    present = [names.get(name, name) for name in events.entities]
    codes = {name: code for code, name in enumerate(dict.fromkeys(present))}
    entity = np.array([codes[name] for name in present], np.int32)[events.entity]
    return drop_repeats(Events(events.time, entity, events.state, events.origin, tuple(codes), events.states))


def filter_entities(events: Events, entity_ids: Collection[str]) -> Events:
    """The changes of these entities; the vocabularies stay as they are."""
    wanted = np.array([name in entity_ids for name in events.entities], bool)
    if wanted.all():
        return events
    return events.take(np.flatnonzero(wanted[events.entity]))


def grade_returns_as_device(events: Events, unavailable_states: Collection[str]) -> Events:
    """Becoming unavailable and coming back have no cause outside: those of unknown origin become the device's own."""
    is_unavailable_state = np.array([text in unavailable_states for text in events.states] or [False], bool)
    by_entity = _order_by_entity(events)
    is_unavailable = is_unavailable_state[events.state[by_entity]]
    returns = np.zeros(len(events), bool)
    same_entity = events.entity[by_entity][1:] == events.entity[by_entity][:-1]
    returns[1:] = is_unavailable[:-1] & same_entity
    origin = events.origin.copy()
    own = by_entity[is_unavailable | returns]
    origin[own[origin[own] == Origin.UNKNOWN]] = Origin.DEVICE
    return replace(events, origin=origin)
