"""What the home recorded of an automation since it was deployed; pure, from its logbook and its traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

NOT_RUN_OUTCOMES = frozenset({"not_triggered", "failed_conditions"})
"""Outcomes of traces that did not reach the actions."""


@dataclass(frozen=True)
class RunHistory:
    """Times in UTC, oldest first."""

    fired_at: Sequence[datetime] = ()
    off_periods: Sequence[tuple[datetime, datetime]] = ()
    """The spans in which it was turned off."""
    is_on: bool = True
    traced_runs: int = 0
    """Runs of which the home still keeps a trace: five at most, unless the automation sets `stored_traces`."""
    errors: Sequence[str] = ()
    """The error messages of those of them that ended in an error."""

    def was_off(self, moment: datetime) -> bool:
        return any(start <= moment <= end for start, end in self.off_periods)


def run_history_from_logbook(
    logbook: Sequence[Mapping[str, Any]],
    traces: Sequence[Mapping[str, Any]],
    is_on: bool,
    since: datetime,
    now: datetime,
) -> RunHistory:
    """`logbook` are rows of `logbook/get_events` of the one entity, `traces` those of `trace/list`."""
    # A row without a message is the automation being turned on or off.
    fired_at = [_row_time(row) for row in logbook if row.get("domain") == "automation" and "message" in row]
    on_off_changes = [(_row_time(row), row["state"] != "off") for row in logbook if row.get("state") in ("on", "off")]
    runs = [row for row in traces if _is_run(row, since)]
    errors = [str(row["error"]) for row in runs if row.get("error")]
    return RunHistory(
        tuple(sorted(fired_at)),
        _off_periods(sorted(on_off_changes), is_on, since, now),
        is_on,
        len(runs),
        tuple(errors),
    )


def _is_run(trace: Mapping[str, Any], since: datetime) -> bool:
    """Ended, and of this version: the home keeps the traces of an id also when its config has changed since."""
    began = datetime.fromisoformat(str(trace["timestamp"]["start"]))
    return trace.get("state") == "stopped" and trace.get("script_execution") not in NOT_RUN_OUTCOMES and began >= since


def _off_periods(
    on_off_changes: Sequence[tuple[datetime, bool]], is_on: bool, since: datetime, now: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """From the times at which it was turned on or off; before the first of them it was the opposite."""
    before = not on_off_changes[0][1] if on_off_changes else is_on
    moments = [(since, before), *on_off_changes, (now, is_on)]
    return tuple((at, later) for (at, on), (later, _) in pairwise(moments) if not on)


def _row_time(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(row["when"]), UTC)
