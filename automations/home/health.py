"""After deploying: does it fire as the history said it would, and do people let it stand? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WATCHED_FOR = timedelta(days=14)
SAME_FIRING = timedelta(minutes=2)
"""The home's clock and its history differ by seconds; the logbook rounds."""
LEAST_FIRINGS = 3
"""Fewer say nothing about it."""
MOST_UNDONE = 0.3
"""Undone by people in more than this share of its firings: it is not what they want."""
LEAST_FIRED = 0.5
"""Fires on less than this share of the occasions that it should: something is broken."""


class Verdict(StrEnum):
    WATCHING = "watching"
    HEALTHY = "healthy"
    DEGRADED = "degraded"


@dataclass(frozen=True)
class Health:
    verdict: Verdict
    sentence: str


def health(
    deployed_at: datetime,
    now: datetime,
    expected: Sequence[datetime],
    fired: Sequence[datetime],
    undone: int,
) -> Health:
    """`expected`: when a replay over what really happened says it should have fired since; `fired`: when it did;
    `undone`: how often people turned its effect back within minutes."""
    met = sum(any(abs(one - other) <= SAME_FIRING for other in fired) for one in expected)
    told = (
        f"It fired {len(fired)} times, {met} of {len(expected)} times when it should; people undid it {undone} times."
    )
    if len(fired) >= LEAST_FIRINGS and undone > MOST_UNDONE * len(fired):
        return Health(Verdict.DEGRADED, f"People take it back. {told}")
    if len(expected) >= LEAST_FIRINGS and met < LEAST_FIRED * len(expected):
        return Health(Verdict.DEGRADED, f"It does not fire when it should. {told}")
    over = now - deployed_at >= WATCHED_FOR
    return Health(Verdict.HEALTHY if over else Verdict.WATCHING, told)
