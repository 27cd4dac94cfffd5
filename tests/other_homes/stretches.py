"""Stretches of time, such as when somebody is home and awake."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

import numpy as np

Pair = tuple[float, float]


class Stretches:
    """Pairs of start and end (seconds since 1970), sorted and apart."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs: list[Pair] = []
        for start, end in sorted(pairs):
            if self.pairs and start <= self.pairs[-1][1]:
                self.pairs[-1] = (self.pairs[-1][0], max(end, self.pairs[-1][1]))
            elif end > start:
                self.pairs.append((start, end))

    @cached_property
    def starts(self) -> list[float]:
        return [start for start, _ in self.pairs]

    def covers(self, at: float) -> bool:
        place = bisect_right(self.starts, at) - 1
        return place >= 0 and at < self.pairs[place][1]

    def both(self, other: Stretches) -> Stretches:
        overlaps = ((max(a, c), min(b, d)) for a, b in self.pairs for c, d in other.near(a, b))
        return Stretches((start, end) for start, end in overlaps if start < end)

    def near(self, start: float, end: float) -> list[Pair]:
        first = max(0, bisect_right(self.starts, start) - 1)
        return self.pairs[first : bisect_right(self.starts, end)]

    def gaps(self, first: float, last: float) -> Stretches:
        """What is none of them, between two moments."""
        edges = [first, *(edge for pair in self.pairs for edge in pair), last]
        return Stretches((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)

    def draw(self, rng: np.random.Generator, count: int) -> list[float]:
        """So many moments, evenly over all stretches, sorted."""
        if not self.pairs:
            return []
        lengths = np.array([end - start for start, end in self.pairs])
        ends = np.cumsum(lengths)
        places = np.sort(rng.uniform(0, ends[-1], count))
        which = np.searchsorted(ends, places, side="right")
        starts = np.array(self.starts)[which]
        return [float(at) for at in starts + places - (ends - lengths)[which]]
