"""What the home recorded of an automation since it was deployed; pure, from its logbook and its traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

NO_RUNS = frozenset({"not_triggered", "failed_conditions"})
"""Traces of what did not come to its actions."""


@dataclass(frozen=True)
class Record:
    """Times in UTC, oldest first."""

    fired: Sequence[datetime] = ()
    off: Sequence[tuple[datetime, datetime]] = ()
    """The spans in which it was turned off."""
    is_on: bool = True
    traced: int = 0
    """Runs of which the home still keeps a trace: five at most, unless the automation wants more."""
    errors: Sequence[str] = ()
    """The home's words for those of them that ended in an error."""

    def was_off(self, moment: datetime) -> bool:
        return any(start <= moment <= end for start, end in self.off)


def record_from(
    logbook: Sequence[Mapping[str, Any]],
    traces: Sequence[Mapping[str, Any]],
    is_on: bool,
    since: datetime,
    now: datetime,
) -> Record:
    """`logbook` are rows of `logbook/get_events` of the one entity, `traces` those of `trace/list`."""
    # A row without a message is the automation being turned on or off.
    fired = [_at(row) for row in logbook if row.get("domain") == "automation" and "message" in row]
    turned = [(_at(row), row["state"] != "off") for row in logbook if row.get("state") in ("on", "off")]
    runs = [row for row in traces if _is_run(row, since)]
    errors = [str(row["error"]) for row in runs if row.get("error")]
    return Record(tuple(sorted(fired)), _off(sorted(turned), is_on, since, now), is_on, len(runs), tuple(errors))


def _is_run(trace: Mapping[str, Any], since: datetime) -> bool:
    """Ended, and of this version: the home keeps the traces of an id also when its automation is another by now."""
    began = datetime.fromisoformat(str(trace["timestamp"]["start"]))
    return trace.get("state") == "stopped" and trace.get("script_execution") not in NO_RUNS and began >= since


def _off(
    turned: Sequence[tuple[datetime, bool]], is_on: bool, since: datetime, now: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """From the moments at which it was turned on or off; before the first of them it was the other way."""
    before = not turned[0][1] if turned else is_on
    moments = [(since, before), *turned, (now, is_on)]
    return tuple((at, later) for (at, on), (later, _) in pairwise(moments) if not on)


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(row["when"]), UTC)
