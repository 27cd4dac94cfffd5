"""Timepoints of the history: an instant, and how many rows of the history had been seen by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
ResultCodes = NDArray[np.int8]


@dataclass(frozen=True)
class Timepoints:
    """Some timepoints, one for each element.

    `time` is int64 microseconds since 1970-01-01 UTC. `rows_seen` is the number of rows of the history up to
    then: at the same microsecond a state change is seen before a timer, and one change before the next.
    """

    time: Ints
    rows_seen: Ints

    def __len__(self) -> int:
        return len(self.time)

    def take(self, chosen: Ints | Mask) -> Timepoints:
        return Timepoints(self.time[chosen], self.rows_seen[chosen])


ALWAYS: Final = np.iinfo(np.int64).max
"""`armed_before_row` of a firing that every listener sees that is armed by then."""


@dataclass(frozen=True)
class Firings:
    """Timepoints at which triggers fired.

    `trigger` is the trigger's index in the automation's list. `entity` is the index of the entity among those of the
    trigger (-1: a trigger without one); `before` and `after` are its state codes then (-1: none). `armed_before_row`:
    only a listener that was armed while fewer rows of the history than this had been seen sees the firing, because it
    began with that row.
    """

    at: Timepoints
    trigger: Ints
    entity: Ints
    before: Ints
    after: Ints
    armed_before_row: Ints

    def __len__(self) -> int:
        return len(self.at)

    def take(self, chosen: Ints | Mask) -> Firings:
        return Firings(
            self.at.take(chosen),
            self.trigger[chosen],
            self.entity[chosen],
            self.before[chosen],
            self.after[chosen],
            self.armed_before_row[chosen],
        )

    def filter_since(self, since: Timepoints) -> Firings:
        """The firings that a listener armed at that one timepoint sees."""
        return self.take((self.at.time > since.time[0]) & (self.armed_before_row > since.rows_seen[0]))


def firings_without_entity(at: Timepoints, needs: Ints | None = None) -> Firings:
    nothing = np.full(len(at), -1, np.int64)
    always = np.full(len(at), ALWAYS, np.int64) if needs is None else needs
    return Firings(at, np.zeros(len(at), np.int64), nothing, nothing, nothing, always)


def combine_firings(parts: list[Firings]) -> Firings:
    """All parts in the order in which they happened; `trigger` becomes the part's index in the list."""
    if not parts:
        return firings_without_entity(Timepoints(np.zeros(0, np.int64), np.zeros(0, np.int64)))
    trigger = np.concatenate([np.full(len(part), index, np.int64) for index, part in enumerate(parts)])
    time = np.concatenate([part.at.time for part in parts])
    seen = np.concatenate([part.at.rows_seen for part in parts])
    order = np.lexsort((trigger, seen, time))
    return Firings(
        Timepoints(time[order], seen[order]),
        trigger[order],
        np.concatenate([part.entity for part in parts])[order],
        np.concatenate([part.before for part in parts])[order],
        np.concatenate([part.after for part in parts])[order],
        np.concatenate([part.armed_before_row for part in parts])[order],
    )
