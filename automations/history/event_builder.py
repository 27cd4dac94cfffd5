"""Builds, combines and filters events as columns; never a Python object per event for longer than a chunk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.events import Events, Origin

Scalar = TypeVar("Scalar", bound=np.generic)

MICROSECONDS = 1_000_000


class Codes(dict[str, int]):
    """Numbers texts as they come: 0, 1, 2, ..."""

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code


class EventBuilder:
    """Collects chunks of changes in any order; `build` returns them sorted, as real changes only."""

    def __init__(self) -> None:
        self._entities = Codes()
        self._states = Codes()
        self._time: list[NDArray[np.int64]] = []
        self._entity: list[NDArray[np.int32]] = []
        self._state: list[NDArray[np.int32]] = []
        self._origin: list[NDArray[np.int8]] = []

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

    def add_events(self, events: Events) -> None:
        """Changes that have vocabularies of their own."""
        entity = np.array([self.entity_code(name) for name in events.entities], np.int32)
        state = np.array([self._states[text] for text in events.states], np.int32)
        if len(events):
            self._append(events.time, entity[events.entity], state[events.state], events.origin)

    def build(self) -> Events:
        """All that was added; the builder gives its columns away, so call it once."""
        columns = (
            _concatenate(self._time, np.int64),
            _concatenate(self._entity, np.int32),
            _concatenate(self._state, np.int32),
            _concatenate(self._origin, np.int8),
        )
        return drop_repeats(Events(*columns, tuple(self._entities), tuple(self._states)))

    def _append(
        self, time: NDArray[np.int64], entity: NDArray[np.int32], state: NDArray[np.int32], origin: NDArray[np.int8]
    ) -> None:
        self._time.append(time)
        self._entity.append(entity)
        self._state.append(state)
        self._origin.append(origin)


def _concatenate(chunks: list[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    """One column; the chunks are released at once, so that at most one column is held twice."""
    column = np.concatenate(chunks) if chunks else np.empty(0, dtype)
    chunks.clear()
    return column


def drop_repeats(events: Events) -> Events:
    """Sorted by time, without rows that repeat their entity's state; of two equal rows the known origin stays."""
    by_entity = _order_by_entity(events)
    by_entity, origin = _drop_duplicates(events, by_entity)
    entity, state = events.entity[by_entity], events.state[by_entity]
    changed = np.ones(len(by_entity), bool)
    changed[1:] = (entity[1:] != entity[:-1]) | (state[1:] != state[:-1])
    kept = by_entity[changed]
    kept = kept[np.argsort(events.time[kept], kind="stable")]
    return Events(
        events.time[kept], events.entity[kept], events.state[kept], origin[kept], events.entities, events.states
    )


def _drop_duplicates(events: Events, by_entity: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int8]]:
    """Without rows that repeat another's entity, time and state; and the origins, filled from the dropped rows."""
    time, entity = events.time[by_entity], events.entity[by_entity]
    same = (time[1:] == time[:-1]) & (entity[1:] == entity[:-1])
    tied = np.zeros(len(by_entity), bool)
    tied[1:] |= same
    tied[:-1] |= same
    where = np.flatnonzero(tied)
    if not len(where):
        return by_entity, events.origin
    rows = by_entity[where]
    keys = np.stack([events.entity[rows], events.time[rows], events.state[rows]])
    _, first, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    origin = events.origin.copy()
    graded = np.zeros(len(first), np.int8)
    np.maximum.at(graded, group.ravel(), origin[rows])
    ungraded = origin[rows[first]] == Origin.UNKNOWN
    origin[rows[first[ungraded]]] = graded[ungraded]
    is_duplicate = np.ones(len(where), bool)
    is_duplicate[first] = False
    return np.delete(by_entity, where[is_duplicate]), origin


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
        builder.add_events(part)
    return builder.build()


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
    return Events(events.time, events.entity, events.state, origin, events.entities, events.states)
