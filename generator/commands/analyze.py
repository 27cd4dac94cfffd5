"""`analyze`: mine a history file and say what was found; no git, no model."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from automations.history.files import read_history
from automations.home.home_file import load_home_file
from generator.drafting.baseline import baseline
from generator.drafting.words import reason, title
from generator.mining import Mined, mine
from generator.mining.identity import assign
from schemas.errors import UsageError
from schemas.events import Events
from schemas.home import Home
from schemas.patterns import Pattern

DAY_US = 86_400_000_000


def analyze(
    history: Annotated[Path, typer.Option(help="History file: CSV, gzipped CSV or Parquet.")],
    home: Annotated[Path, typer.Option(help="Home file (JSON).")],
    since: Annotated[str, typer.Option(help="How much of the end of the history to look at, such as 30d.")] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Mine a history file: habits, anomalies, and why everything else was left."""
    days = days_from(since)
    known = load_home_file(home)
    started = time.perf_counter()
    read = read_history(history, known)
    read_seconds = time.perf_counter() - started
    mined = mine(read.events, known, window_days=days)
    mined = replace(mined, timings={"read": read_seconds, **mined.timings})
    for note in (*read.notes, *mined.notes):
        print(note, file=sys.stderr)
    report = document(mined, read.events, known)
    print(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(_lines(report)))


def days_from(text: str) -> int:
    """`30d` as 30; UsageError where it is no number of days from 1 to 3650."""
    found = re.fullmatch(r"(\d{1,4})d?", text.strip())
    if found is None or not 1 <= int(found[1]) <= 3650:
        raise UsageError(f"--since '{text}' is no number of days; write it like 30d.")
    return int(found[1])


def document(mined: Mined, events: Events, home: Home) -> dict[str, Any]:
    """What `--json` prints."""
    window = {name: _iso(moment) if moment else None for name, moment in (("start", mined.start), ("end", mined.end))}
    return {
        "window": window,
        "events": len(events),
        "settling": mined.settling,
        "patterns": [_pattern(pattern, home) for pattern in assign(mined.patterns, [])],
        "anomalies": [
            {**asdict(anomaly), "start": _iso(anomaly.start), "end": _iso(anomaly.end)} for anomaly in mined.anomalies
        ],
        "skipped": [asdict(skipped) for skipped in mined.skipped],
        "notes": list(mined.notes),
        "timings": {stage: round(seconds, 4) for stage, seconds in mined.timings.items()},
        "peak_rss_mb": round(peak_rss_mb(), 1),
    }


def _pattern(pattern: Pattern, home: Home) -> dict[str, Any]:
    seen = asdict(pattern.evidence)
    seen |= {name: _iso(seen[name]) for name in ("first_seen", "last_seen")}
    seen["seen_at"] = [_iso(moment) for moment in pattern.evidence.seen_at]
    return {
        "habit_id": pattern.habit_id,
        "kind": str(pattern.kind),
        "title": title(pattern, home),
        "why": reason(pattern),
        "evidence": seen,
        "automation": {"id": f"nightshift_{pattern.habit_id}", **baseline(pattern, home)},
    }


def _lines(report: dict[str, Any]) -> list[str]:
    window = report["window"]
    lines = [f"{report['events']} changes, {window['start']} to {window['end']}."]
    lines += [f"* {pattern['title']}\n  {pattern['why']}" for pattern in report["patterns"]]
    lines += [f"! {anomaly['reason']}" for anomaly in report["anomalies"]]
    lines += [f"- left {skipped['count']}: {skipped['reason']}" for skipped in report["skipped"]]
    return lines


def peak_rss_mb() -> float:
    """Most memory this process held, in MiB (Linux counts it in KiB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
