"""Events as rows, and back: for reading in a test."""

from __future__ import annotations

import numpy as np

from schemas.events import Events, Origin

Row = tuple[int, str, str, Origin]
"""Time, entity, state and origin."""


def events_of(changes: list[Row]) -> Events:
    entities = tuple(dict.fromkeys(row[1] for row in changes))
    states = tuple(dict.fromkeys(row[2] for row in changes))
    return Events(
        np.array([row[0] for row in changes], np.int64),
        np.array([entities.index(row[1]) for row in changes], np.int32),
        np.array([states.index(row[2]) for row in changes], np.int32),
        np.array([row[3] for row in changes], np.int8),
        entities,
        states,
    )


def rows_of(events: Events) -> list[Row]:
    return [
        (int(time), events.entities[entity], events.states[state], Origin(origin))
        for time, entity, state, origin in zip(events.time, events.entity, events.state, events.origin, strict=True)
    ]
