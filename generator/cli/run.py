"""`run`: one night, from the history to suggestions in git."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from automations.checks import POLICY_PATH, Policy, default_policy, read_policy
from automations.files.atomic_write import atomic_write
from automations.git.repository import MAIN_REF, Repository
from automations.history.source_result import SourceResult
from automations.open.history import HistorySettings, read_night_history
from automations.open.home import HomeSettings, load_known_home, open_home
from automations.open.pause import Pause
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from generator.drafting.setup import ModelSettings, drafter_from
from generator.night.caps import Caps
from generator.night.lock import hold_lock
from generator.night.measure import Stopwatch
from generator.night.night_context import NightContext
from generator.night.pipeline import run_night
from generator.night.progress import ReportProgress, Style, show_progress
from schemas.errors import InputError, UsageError
from schemas.runs import REPORTS_FOLDER, RunReport, Stage
from schemas.settings import Settings

LOCK_FILE = "run.lock"
SOURCES = get_args(Settings.model_fields["HISTORY_SOURCE"].annotation)
SOURCE_CHOICE = f"{', '.join(SOURCES[:-1])} or {SOURCES[-1]}"


def run(
    source: Annotated[str | None, typer.Option(help=f"{SOURCE_CHOICE}.")] = None,
    history: Annotated[Path | None, typer.Option(help="History file, where the source is file.")] = None,
    home: Annotated[Path | None, typer.Option(help="Home file (JSON).")] = None,
    progress: Annotated[str, typer.Option(help="bar, json or none.")] = "bar",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Find habits and leave each as a suggestion in the repository."""
    settings = _with_options(load_settings(), source, history, home)
    if why := Pause(settings.DATA_DIR).reason():
        raise InputError(f"Nothing is mined while Nightshift is paused: {why}")
    with hold_lock(settings.DATA_DIR / LOCK_FILE), show_progress(_progress_style(progress, as_json)) as report_progress:
        report = asyncio.run(read_and_run_night(settings, report_progress, datetime.now(UTC)))
    if not as_json:
        _store_report(report, settings.DATA_DIR / REPORTS_FOLDER)
    print(json.dumps(report.model_dump(), ensure_ascii=False) if as_json else "\n".join(report_lines(report)))


def _store_report(report: RunReport, folder: Path) -> None:
    """For the service, whole or not at all; the night stands also where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(folder / f"{report.run_id}.json") as file:
            file.write(report.model_dump_json().encode())
    except OSError as error:
        print(f"The report could not be left for the page: {error.strerror}.", file=sys.stderr)


async def read_and_run_night(settings: Settings, report_progress: ReportProgress, now: datetime) -> RunReport:
    """Read the home and its history, then run the night on them."""
    stopwatch = Stopwatch()
    repository = open_repository(settings.AUTOMATIONS_REPO)
    home_settings, history = HomeSettings.from_settings(settings), HistorySettings.from_settings(settings)
    with stopwatch.stage(Stage.READ):
        report_progress(Stage.READ, 0, 0, history.source)
        home_snapshot = await load_known_home(home_settings, now)
        read = await read_night_history(history, home_snapshot.home, now)
    async with open_home(home_settings) as insight:
        night = NightContext(
            repository=repository,
            home=read.home,
            policy=policy_on_main(repository),
            history=_with_notes(read.result, home_snapshot.describe_age(now), *home_snapshot.notes),
            source=read.source,
            drafter=drafter_from(ModelSettings.from_settings(settings), now, read.home.tzinfo),
            read_run_history=insight.read_run_history,
            caps=Caps(settings.NIGHTLY_CAP, settings.OPEN_CAP),
            days=history.days,
            page_url=settings.PUBLIC_URL,
            now=now,
            report_progress=report_progress,
        )
        return await run_night(night, stopwatch)


def _with_notes(history: SourceResult, *notes: str) -> SourceResult:
    """The history with what is to be said of the home first, each sentence once."""
    return SourceResult(history.events, tuple(dict.fromkeys([*notes, *history.notes])))


def policy_on_main(repository: Repository) -> Policy:
    """The policy of main and of no other branch, so that a suggestion cannot change what it is checked against."""
    data = repository.read_file(MAIN_REF, POLICY_PATH)
    return read_policy(data.decode("utf-8", "replace")) if data is not None else default_policy()


def report_lines(report: RunReport) -> list[str]:
    """The report for a person."""
    text = [f"{report.events} changes from {report.window['start']} to {report.window['end']} ({report.source})."]
    text += [f"Who changed it: {', '.join(f'{origin} {count}' for origin, count in report.origins.items())}."]
    text += [f"* {row.outcome.replace('_', ' '):10} {row.title}{_reason_suffix(row.why)}" for row in report.suggestions]
    text += [f"! {anomaly['reason']}" for anomaly in report.anomalies]
    text += [f"- {row.count} left: {row.reason}" for row in report.skipped]
    return [*text, *report.notes, f"{report.found} habits found; {_seconds(report)} s, {report.peak_rss_mb:.0f} MB."]


def _reason_suffix(why: str) -> str:
    return f" ({why})" if why else ""


def _seconds(report: RunReport) -> str:
    return f"{sum(report.timings.get(stage, 0) for stage in ('read', 'mine', 'draft', 'propose')):.1f}"


def _progress_style(progress: str, as_json: bool) -> Style:
    if progress not in ("bar", "json", "none"):
        raise UsageError(f"--progress '{progress}' is not known; use bar, json or none.")
    bar = progress == "bar" and (as_json or not sys.stderr.isatty())
    return "none" if bar else progress  # type: ignore[return-value]


def _with_options(settings: Settings, source: str | None, history: Path | None, home: Path | None) -> Settings:
    if source not in (None, *SOURCES):
        raise UsageError(f"--source '{source}' is not known; use {SOURCE_CHOICE}.")
    chosen = {"HISTORY_SOURCE": source or ("file" if history else None), "HISTORY_FILE": history, "HOME_FILE": home}
    return settings.model_copy(update={name: value for name, value in chosen.items() if value is not None})
