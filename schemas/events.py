"""State changes as typed columns, and who caused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Origin(IntEnum):
    """Where a change came from, as finely as it could be determined; stored as int8."""

    UNKNOWN = 0
    APP = 1
    VOICE = 2
    WALL = 3
    SCENE = 4
    SCRIPT = 5
    AUTOMATION = 6
    DEVICE = 7


class Cause(IntEnum):
    """The four causes that mining distinguishes; only `PERSON` and `UNKNOWN` can be a habit."""

    UNKNOWN = 0
    PERSON = 1
    AUTOMATION = 2
    DEVICE = 3


CAUSE_OF_ORIGIN: Final[NDArray[np.int8]] = np.array(
    [
        Cause.UNKNOWN,
        Cause.PERSON,
        Cause.PERSON,
        Cause.PERSON,
        Cause.AUTOMATION,
        Cause.AUTOMATION,
        Cause.AUTOMATION,
        Cause.DEVICE,
    ],
    dtype=np.int8,
)
"""Index with an `Origin` code to get its `Cause` code."""

ORIGIN_OF_CAUSE_TEXT: Final[dict[str, Origin]] = {
    "": Origin.UNKNOWN,
    "unknown": Origin.UNKNOWN,
    "person": Origin.APP,
    "automation": Origin.AUTOMATION,
    "device": Origin.DEVICE,
}
"""The `cause` column of a history file."""

LONGEST_SILENCE: Final = timedelta(days=45)
"""No home is silent for so long."""


@dataclass(frozen=True)
class Events:
    """State changes of one home, one row a change, sorted by time (stable).

    `time`   int64, microseconds since 1970-01-01 UTC, shape (n,)
    `entity` int32 code into `entities`, shape (n,)
    `state`  int32 code into `states`, shape (n,)
    `origin` int8 code, see `Origin`, shape (n,)

    17 bytes an event. `states` and `entities` hold each text once.
    """

    time: NDArray[np.int64]
    entity: NDArray[np.int32]
    state: NDArray[np.int32]
    origin: NDArray[np.int8]
    entities: tuple[str, ...]
    states: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def cause(self) -> NDArray[np.int8]:
        """Cause codes, int8, shape (n,)."""
        return CAUSE_OF_ORIGIN[self.origin]

    def between(self, start_us: int, end_us: int) -> Events:
        """The changes with start_us <= time < end_us (a view, no copy)."""
        first, last = np.searchsorted(self.time, [start_us, end_us])
        part = slice(int(first), int(last))
        return Events(
            self.time[part], self.entity[part], self.state[part], self.origin[part], self.entities, self.states
        )

    def take(self, rows: NDArray[np.intp]) -> Events:
        """The changes at these positions, in their order (a copy)."""
        return Events(
            self.time[rows], self.entity[rows], self.state[rows], self.origin[rows], self.entities, self.states
        )


def main_part(time: NDArray[np.int64]) -> slice:
    """The longest part of these sorted microseconds without LONGEST_SILENCE; beyond it a clock was wrong."""
    breaks = np.flatnonzero(np.diff(time) > LONGEST_SILENCE // timedelta(microseconds=1)) + 1
    edges = [0, *breaks.tolist(), len(time)]
    return slice(*max(pairwise(edges), key=lambda part: part[1] - part[0]))
