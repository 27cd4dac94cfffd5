"""One entity's life: what was done to it, told as a home would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from schemas.events import Origin


@dataclass(frozen=True)
class Act:
    """One change to `state`; `who` is the place of a person in the home, -1 where nobody knows.

    Attributes that come with a change, such as a brightness, would stand here.
    """

    at: float
    state: str
    origin: Origin = Origin.DEVICE
    who: int = -1


@dataclass(frozen=True)
class Episode:
    """What belongs together: on and off again. `firm` ones are part of a habit and push loose ones aside."""

    acts: tuple[Act, ...]
    firm: bool = True

    @property
    def start(self) -> float:
        return self.acts[0].at

    @property
    def end(self) -> float:
        return self.acts[-1].at


@dataclass(frozen=True)
class Passing:
    """States that a thing passes through for `seconds` on its way: {"open": "opening"}."""

    through: Mapping[str, str]
    seconds: tuple[float, float]


@dataclass
class Line:
    first: str
    """The state at the start."""
    passing: Passing | None = None
    episodes: list[Episode] = field(default_factory=list)
    rows: list[Act] = field(default_factory=list)
    """Changes as the thing itself tells them."""

    def changes(self, rng: np.random.Generator) -> list[Act]:
        acts = sorted((act for episode in self._apart(rng) for act in episode.acts), key=lambda act: act.at)
        travel = float(rng.uniform(*self.passing.seconds)) if self.passing else 0.0
        told = [row for act in self._real(acts) for row in self._told(act, travel, rng)]
        return sorted([*self.rows, *told], key=lambda act: act.at)

    def _real(self, acts: list[Act]) -> Iterator[Act]:
        """Without what changes nothing."""
        state = self.first
        for act in acts:
            if act.state != state:
                yield act
            state = act.state

    def _told(self, act: Act, travel: float, rng: np.random.Generator) -> Iterator[Act]:
        """A motor tells that it moves, and later, by itself, that it has arrived."""
        if self.passing is None or act.state not in self.passing.through:
            yield act
            return
        yield replace(act, state=self.passing.through[act.state])
        yield Act(act.at + travel * float(rng.normal(1, 0.01)), act.state, Origin.UNKNOWN)

    def _apart(self, rng: np.random.Generator) -> list[Episode]:
        """Firm episodes, each ended before the next; loose ones only where nothing else is."""
        firm = sorted((episode for episode in self.episodes if episode.firm), key=lambda episode: episode.start)
        kept = [_ended_before(one, after, rng) for one, after in pairwise(firm)] + firm[-1:]
        starts = np.array([episode.start for episode in firm])
        ends = np.array([episode.end for episode in kept])
        last = -np.inf
        for episode in sorted((one for one in self.episodes if not one.firm), key=lambda episode: episode.start):
            if episode.start > last and not np.any((starts < episode.end + 300) & (ends > episode.start - 300)):
                kept.append(episode)
                last = episode.end + 60
        return kept


def _ended_before(one: Episode, after: Episode, rng: np.random.Generator) -> Episode:
    if one.end + 30 < after.start:
        return one
    sooner = one.start + (after.start - one.start) * float(rng.uniform(0.2, 0.9))
    acts = [act if act.at < after.start else replace(act, at=sooner) for act in one.acts]
    return replace(one, acts=tuple(sorted(acts, key=lambda act: act.at)))
