"""`backtest`: what an automation would have done, from a history file."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from automations.backtest.replay import backtest
from automations.config.yaml import decode
from automations.home_assistant.home_file import load_home_file
from schemas.backtest import Backtest
from schemas.clock import DAY_SECONDS
from schemas.errors import InputError, UsageError
from schemas.home import AutomationConfig


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("backtest", help=backtest_.__doc__)(backtest_)


def backtest_(
    file: Annotated[Path, typer.Argument(help="The automation, as YAML.")],
    history: Annotated[Path, typer.Option(help="History file: CSV (plain or gz) or Parquet.")],
    home: Annotated[Path, typer.Option(help="Home file (JSON).")],
    start: Annotated[str | None, typer.Option(help="From when (ISO 8601; UTC where it says no zone).")] = None,
    end: Annotated[str | None, typer.Option(help="Until when (ISO 8601; UTC where it says no zone).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say when an automation would have fired, and whether people did the same by hand."""
    # pandas reads the file; the service, which imports our neighbours, does without it.
    from automations.history.history_file import read_history

    first, last = _parse_instant("--start", start), _parse_instant("--end", end)
    if first and last and first > last:
        raise UsageError("--start is later than --end; exchange them.")
    config, loaded_home = _load_automation(file), load_home_file(home)
    read = read_history(history)
    for note in read.notes:
        print(note, file=sys.stderr)
    result = backtest(config, read.events, loaded_home, first, last)
    print(json.dumps(document_from_result(result), indent=2) if as_json else describe(result))


def _parse_instant(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text} is no time; write it like 2026-10-01T00:00:00+00:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _load_automation(file: Path) -> AutomationConfig:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{file} does not exist; name a YAML file with one automation.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}); name a YAML file in UTF-8.") from None
    decoded = decode(text)
    if decoded.config is None:
        raise InputError(f"{file} is no automation: " + " ".join(problem.message for problem in decoded.problems))
    return decoded.config


def document_from_result(result: Backtest) -> dict[str, Any]:
    """The result as JSON values; times as ISO 8601 in UTC."""
    return {
        "window": {"start": result.start.isoformat(), "end": result.end.isoformat()},
        "fired": [at.isoformat() for at in result.fired],
        "matched": result.matched,
        "false": [at.isoformat() for at in result.false],
        "missed": [at.isoformat() for at in result.missed],
        "already": result.already,
        "undone": result.undone,
        "lead_seconds": result.lead_seconds,
        "computable": result.computable,
        "reason": result.reason,
    }


def describe(result: Backtest) -> str:
    """A few lines for a person."""
    if not result.computable:
        return result.reason
    days = max(1, round((result.end - result.start).total_seconds() / DAY_SECONDS))
    lines = [
        f"In {days} days it would have fired {len(result.fired)} times.",
        f"{result.matched} times a person did the same by hand{_describe_lead(result.lead_seconds)}.",
        f"{len(result.false)} times nobody did, and {result.already} times it was so already.",
        f"{len(result.missed)} times a person did it and it would not have.",
        f"{result.undone} times a person would have taken it back soon after.",
    ]
    return "\n".join(lines)


def _describe_lead(seconds: float | None) -> str:
    if seconds is None:
        return ""
    side = "after" if seconds >= 0 else "before"
    return f", in the middle {abs(round(seconds / 60, 1))} minutes {side} it would have fired"
