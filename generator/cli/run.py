"""`run`: one night, from the history to suggestions in git."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from automations.checks import POLICY_PATH, Policy, default_policy, read_policy
from automations.git.repository import MAIN_REF, Repository
from automations.history.source_result import SourceResult
from automations.home_assistant.catalogue import HomeSnapshot
from automations.open.history import NightHistory, read_night_history
from automations.open.home import load_known_home, open_home
from automations.open.pause import pause_reason
from automations.open.repository import open_repository
from automations.open.settings import load_settings
from generator.drafting.setup import drafter_from
from generator.night.follow_up import ReadRecord
from generator.night.lock import only_one
from generator.night.measure import Stopwatch
from generator.night.pipeline import Caps, Night
from generator.night.pipeline import run as run_night
from generator.night.progress import Style, Tell, shown
from schemas.errors import InputError, UsageError
from schemas.runs import REPORTS_FOLDER, RunReport, Stage
from schemas.settings import Settings

LOCK_FILE = "run.lock"


def run(
    source: Annotated[str | None, typer.Option(help="data-api, home-assistant, recorder or file.")] = None,
    history: Annotated[Path | None, typer.Option(help="History file, where the source is file.")] = None,
    home: Annotated[Path | None, typer.Option(help="Home file (JSON).")] = None,
    progress: Annotated[str, typer.Option(help="bar, json or none.")] = "bar",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Find habits and leave each as a suggestion in the repository."""
    settings = _with_options(load_settings(), source, history, home)
    if why := pause_reason(settings):
        raise InputError(f"Nothing is mined while Nightshift is paused: {why}")
    with only_one(settings.DATA_DIR / LOCK_FILE), shown(_style(progress, as_json)) as tell:
        report = asyncio.run(one_night(settings, tell, datetime.now(UTC)))
    if not as_json:
        _leave(report, settings.DATA_DIR / REPORTS_FOLDER)
    print(json.dumps(report.model_dump(), ensure_ascii=False) if as_json else "\n".join(lines(report)))


def _leave(report: RunReport, folder: Path) -> None:
    """For the service, whole or not at all; the night stands also where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{report.run_id}.part"
        part.write_text(report.model_dump_json(), encoding="utf-8")
        part.replace(folder / f"{report.run_id}.json")
    except OSError as error:
        print(f"The report could not be left for the page: {error.strerror}.", file=sys.stderr)


async def one_night(settings: Settings, tell: Tell, now: datetime) -> RunReport:
    """Read the home and its history, then run the night on them."""
    watch = Stopwatch()
    repository = open_repository(settings)
    with watch.stage(Stage.READ):
        tell(Stage.READ, 0, 0, settings.HISTORY_SOURCE)
        known = await load_known_home(settings, now)
        read = await read_night_history(settings, known.home, now)
    async with open_home(settings) as door:
        return await run_night(_night(settings, repository, known, read, door.read_run_history, tell, now), watch)


def _night(
    settings: Settings,
    repository: Repository,
    known: HomeSnapshot,
    read: NightHistory,
    record: ReadRecord,
    tell: Tell,
    now: datetime,
) -> Night:
    return Night(
        repository=repository,
        home=read.home,
        policy=policy_of(repository),
        history=SourceResult(
            read.result.events, tuple(dict.fromkeys([known.describe_age(now), *known.notes, *read.result.notes]))
        ),
        source=read.source,
        drafter=drafter_from(settings, now),
        record=record,
        caps=Caps(settings.NIGHTLY_CAP, settings.OPEN_CAP),
        days=settings.HISTORY_DAYS,
        page=settings.PUBLIC_URL,
        now=now,
        tell=tell,
    )


def policy_of(repository: Repository) -> Policy:
    """The policy of main and of no other branch, so that a suggestion cannot change its own gate."""
    data = repository.read_file(MAIN_REF, POLICY_PATH)
    return read_policy(data.decode("utf-8", "replace")) if data is not None else default_policy()


def lines(report: RunReport) -> list[str]:
    """The report for a person."""
    shown = [f"{report.events} changes from {report.window['start']} to {report.window['end']} ({report.source})."]
    shown += [f"Who changed it: {', '.join(f'{origin} {count}' for origin, count in report.origins.items())}."]
    shown += [f"* {row.outcome.replace('_', ' '):10} {row.title}{_because(row.why)}" for row in report.suggestions]
    shown += [f"! {anomaly['reason']}" for anomaly in report.anomalies]
    shown += [f"- {row.count} left: {row.reason}" for row in report.skipped]
    return [*shown, *report.notes, f"{report.found} habits found; {_seconds(report)} s, {report.peak_rss_mb:.0f} MB."]


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _seconds(report: RunReport) -> str:
    return f"{sum(report.timings.get(stage, 0) for stage in ('read', 'mine', 'draft', 'propose')):.1f}"


def _style(progress: str, as_json: bool) -> Style:
    if progress not in ("bar", "json", "none"):
        raise UsageError(f"--progress '{progress}' is not known; use bar, json or none.")
    bar = progress == "bar" and (as_json or not sys.stderr.isatty())
    return "none" if bar else progress  # type: ignore[return-value]


def _with_options(settings: Settings, source: str | None, history: Path | None, home: Path | None) -> Settings:
    if source not in (None, "data-api", "home-assistant", "recorder", "file"):
        raise UsageError(f"--source '{source}' is not known; use data-api, home-assistant, recorder or file.")
    chosen = {"HISTORY_SOURCE": source or ("file" if history else None), "HISTORY_FILE": history, "HOME_FILE": home}
    return settings.model_copy(update={name: value for name, value in chosen.items() if value is not None})
