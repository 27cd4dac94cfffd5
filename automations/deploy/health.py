"""After deploying: does it fire as the history said it would, and do people let it stand? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from automations.home_assistant.run_history import Record

WATCHED_FOR = timedelta(days=14)
SAME_FIRING = timedelta(minutes=2)
"""The home's clock and its history differ by seconds; the logbook rounds."""
LEAST_FIRINGS = 3
"""Fewer say nothing about it."""
MOST_UNDONE = 0.3
"""Undone by people in more than this share of its firings: it is not what they want."""
MOST_FAILED = 0.5
"""More than this share of the runs that the home remembers ended in an error: it does not do its work."""
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
    record: Record,
    undone: int,
) -> Health:
    """`expected`: when a replay over what really happened says it should have fired since; `undone`: how often people
    turned its effect back within minutes. While it is turned off it is not expected to do anything."""
    fired = record.fired
    due = [one for one in expected if not record.was_off(one)]
    met = sum(any(abs(one - other) <= SAME_FIRING for other in fired) for one in due)
    told = f"It fired {len(fired)} times, {met} of {len(due)} times when it should; people undid it {undone} times."
    if record.traced >= LEAST_FIRINGS and len(record.errors) > MOST_FAILED * record.traced:
        failed = f"{len(record.errors)} of its last {record.traced} runs ended in an error: {record.errors[-1]}."
        return Health(Verdict.DEGRADED, f"It fails. {failed} {told}")
    if len(fired) >= LEAST_FIRINGS and undone > MOST_UNDONE * len(fired):
        return Health(Verdict.DEGRADED, f"People take it back. {told}")
    if len(due) >= LEAST_FIRINGS and met < LEAST_FIRED * len(due):
        return Health(Verdict.DEGRADED, f"It does not fire when it should. {told}")
    over = now - deployed_at >= WATCHED_FOR and record.is_on
    return Health(Verdict.HEALTHY if over else Verdict.WATCHING, told)
