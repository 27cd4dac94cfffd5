"""The outcome of all homes: files that do not depend on the number of workers, and a table for people."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, get_args

import numpy as np
from rich.table import Table
from rich.text import Text

from generator.fleet import results
from generator.fleet.task import HomeResult, Status
from schemas.patterns import PatternKind

PERCENTILES = (50, 90, 99, 100)
MAX_FAILED_SHOWN = 20
"""Failed homes in the table; the files name all."""


def summarise(rows: Sequence[HomeResult]) -> dict[str, Any]:
    """Counts by status and by kind of habit, and percentiles of seconds and MiB over the homes that were done."""
    done = [row for row in rows if row.status == "done"]
    habits = Counter(dict.fromkeys(map(str, PatternKind), 0))
    for row in rows:
        habits.update(row.habits)
    return {
        "homes": {status: sum(row.status == status for row in rows) for status in get_args(Status)},
        "habits": dict(habits),
        "events": sum(row.events for row in rows),
        "seconds": _percentiles([row.seconds for row in done]),
        "peak_mb": _percentiles([row.peak_mb for row in done]),
        "failed": {row.name: row.why for row in rows if row.status == "failed"},
    }


def write_csv_files(rows: Sequence[HomeResult], out: str) -> None:
    """`summary.csv` (the same for the same homes) and `timings.csv` (this run's) in `out`."""
    kinds = [str(kind) for kind in PatternKind]
    heads = ["home", "outcome", "key", "events", *kinds, "why"]
    # A home that an earlier run did is as done as one of this run.
    body = [
        [row.name, "failed" if row.status == "failed" else "done", row.key, row.events]
        + [row.habits.get(kind, 0) for kind in kinds]
        + [row.why]
        for row in rows
    ]
    _write_csv(f"{out}/summary.csv", [heads, *body])
    times = [[row.name, row.status, f"{row.seconds:.3f}", f"{row.peak_mb:.1f}"] for row in rows]
    _write_csv(f"{out}/timings.csv", [["home", "status", "seconds", "peak_mb"], *times])


def table_from(totals: dict[str, Any]) -> Table:
    rich_table = Table(title="Homes", show_header=False)
    for status in ("done", "skipped", "failed"):
        rich_table.add_row(f"homes {status}", str(totals["homes"].get(status, 0)))
    for kind, count in totals["habits"].items():
        rich_table.add_row(f"habits: {kind.replace('_', ' ')}", str(count))
    for name, unit in (("seconds", "s"), ("peak_mb", "MiB")):
        for percentile, value in totals[name].items():
            rich_table.add_row(f"{name.replace('_mb', ' memory')} {percentile}", f"{value:.1f} {unit}")
    for home, why in islice(totals["failed"].items(), MAX_FAILED_SHOWN):
        rich_table.add_row(Text(f"failed: {_printable(home)}"), Text(_printable(why)))
    if (more := len(totals["failed"]) - MAX_FAILED_SHOWN) > 0:
        rich_table.add_row(f"failed: {more} more", "see summary.csv")
    return rich_table


def _printable(words: str) -> str:
    """Names come from folders and may hold anything; a terminal gets no control codes from them."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in words)


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    return {f"p{p}": round(float(np.percentile(values, p)), 3) for p in PERCENTILES}


def _write_csv(place: str, rows: Sequence[Sequence[Any]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    results.write(place, text.getvalue().encode())
