"""After deploying: does it fire as the replay expects, and do people undo it? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from automations.home_assistant.run_history import RunHistory

WATCH_PERIOD = timedelta(days=14)
FIRING_TOLERANCE = timedelta(minutes=2)
"""The home's clock and its history differ by seconds; the logbook rounds."""
MIN_FIRINGS = 3
"""With fewer there is too little to judge it by."""
MAX_UNDONE_SHARE = 0.3
"""Degraded where people undid more than this share of its firings."""
MAX_FAILED_SHARE = 0.5
"""Degraded where more than this share of the runs with a trace ended in an error."""
MIN_FIRED_SHARE = 0.5
"""Degraded where it fired at less than this share of the times expected."""


class HealthStatus(StrEnum):
    WATCHING = "watching"
    HEALTHY = "healthy"
    DEGRADED = "degraded"


@dataclass(frozen=True)
class Health:
    status: HealthStatus
    sentence: str


def assess_health(
    deployed_at: datetime,
    now: datetime,
    expected: Sequence[datetime],
    run_history: RunHistory,
    undone: int,
) -> Health:
    """`expected`: when a replay over the recorded history says it should have fired since; `undone`: how often people
    turned its effect back within minutes. While it is turned off it is not expected to do anything."""
    fired = run_history.fired_at
    due = [one for one in expected if not run_history.was_off(one)]
    matched = sum(any(abs(one - other) <= FIRING_TOLERANCE for other in fired) for one in due)
    summary = (
        f"It fired {len(fired)} times, {matched} of {len(due)} times when it should; people undid it {undone} times."
    )
    if run_history.traced_runs >= MIN_FIRINGS and len(run_history.errors) > MAX_FAILED_SHARE * run_history.traced_runs:
        share = f"{len(run_history.errors)} of its last {run_history.traced_runs} runs"
        failed = f"{share} ended in an error: {run_history.errors[-1]}."
        return Health(HealthStatus.DEGRADED, f"It fails. {failed} {summary}")
    if len(fired) >= MIN_FIRINGS and undone > MAX_UNDONE_SHARE * len(fired):
        return Health(HealthStatus.DEGRADED, f"People take it back. {summary}")
    if len(due) >= MIN_FIRINGS and matched < MIN_FIRED_SHARE * len(due):
        return Health(HealthStatus.DEGRADED, f"It does not fire when it should. {summary}")
    watch_ended = now - deployed_at >= WATCH_PERIOD and run_history.is_on
    return Health(HealthStatus.HEALTHY if watch_ended else HealthStatus.WATCHING, summary)
