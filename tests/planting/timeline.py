"""One entity's life: spans of being on, single changes, and who did what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Span:
    """On from `start` to `end` (seconds since 1970); `firm` spans belong to habits and push loose ones aside."""

    start: float
    end: float
    started_by: str = "person"
    ended_by: str = "person"
    firm: bool = False


@dataclass
class Timeline:
    on: str = "on"
    off: str = "off"
    spans: list[Span] = field(default_factory=list)
    events: list[tuple[float, str, str]] = field(default_factory=list)
    """Changes that are no span: (time, state, cause)."""

    def changes(self, rng: np.random.Generator, wall_share: float) -> list[tuple[float, str, str]]:
        """All changes; some of a person's lose their cause, as at a wall switch."""
        rows = [*self.events]
        for span in self._apart(rng):
            rows += [(span.start, self.on, span.started_by), (span.end, self.off, span.ended_by)]
        rows.sort()
        return [
            (at, state, "" if cause == "person" and rng.random() < wall_share else cause) for at, state, cause in rows
        ]

    def _apart(self, rng: np.random.Generator) -> list[Span]:
        """Spans that do not touch: firm ones stay (cut before the next), loose ones that touch them go."""
        firm = sorted((span for span in self.spans if span.firm), key=lambda span: span.start)
        kept = [
            one if one.end + 30 < after.start else replace(one, end=_before(one, after, rng))
            for one, after in zip(firm, [*firm[1:], Span(9e18, 9e18)], strict=False)
            if after.start - one.start > 60
        ]
        for span in sorted((span for span in self.spans if not span.firm), key=lambda span: span.start):
            if all(span.end + 30 < other.start or span.start > other.end + 30 for other in kept):
                kept.append(span)
        return kept


def _before(one: Span, after: Span, rng: np.random.Generator) -> float:
    """Some moment between the starts of two spans that would touch."""
    return after.start - float(rng.uniform(0.1, 0.9)) * (after.start - one.start)
