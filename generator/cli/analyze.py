"""`analyze`: mine a history file and say what was found; no git, no model."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from automations.history.history_file import read_history
from automations.home_assistant.home_file import load_home_file
from generator.mining import mine
from generator.night.analysis_report import analysis_document
from schemas.errors import UsageError


def analyze(
    history: Annotated[Path, typer.Option(help="History file: CSV, gzipped CSV or Parquet.")],
    home: Annotated[Path, typer.Option(help="Home file (JSON).")],
    since: Annotated[str, typer.Option(help="How much of the end of the history to look at, such as 30d.")] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Mine a history file: habits, anomalies, and why everything else was left."""
    days = days_from(since)
    loaded_home = load_home_file(home)
    started = time.perf_counter()
    read = read_history(history, loaded_home)
    read_seconds = time.perf_counter() - started
    mined = mine(read.events, loaded_home, window_days=days)
    mined = replace(mined, timings={"read": read_seconds, **mined.timings})
    for note in (*read.notes, *mined.notes):
        print(note, file=sys.stderr)
    report = analysis_document(mined, read.events, loaded_home)
    print(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(_report_lines(report)))


def days_from(text: str) -> int:
    """`30d` as 30; UsageError where it is no number of days from 1 to 3650."""
    match = re.fullmatch(r"(\d{1,4})d?", text.strip())
    if match is None or not 1 <= int(match[1]) <= 3650:
        raise UsageError(f"--since '{text}' is no number of days; write it like 30d.")
    return int(match[1])


def _report_lines(report: dict[str, Any]) -> list[str]:
    window = report["window"]
    lines = [f"{report['events']} changes, {window['start']} to {window['end']}."]
    lines += [f"* {pattern['title']}\n  {pattern['why']}" for pattern in report["patterns"]]
    lines += [f"! {anomaly['reason']}" for anomaly in report["anomalies"]]
    lines += [f"- left {skipped['count']}: {skipped['reason']}" for skipped in report["skipped"]]
    return lines
