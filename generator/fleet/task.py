"""One home's task, as a worker does it: read, mine, write the result, and return one small home result."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from distributed import get_worker

from automations.checks import default_policy
from automations.files.atomic_write import part_path
from automations.git.repository import Repository
from automations.history.history_file import read_history
from automations.history.source_result import SourceResult
from automations.home_assistant.home_file import load_home_file
from automations.open.repository import STARTER_FOLDER
from generator.drafting.draft import Drafter
from generator.fleet.homes import HomeFolder, HomeInputs, fetch_inputs
from generator.fleet.results import clear_leftovers, is_on_disk, load, result_key, write
from generator.fleet.time_limit import GRACE_SECONDS, TimeLimitExceeded, time_limit
from generator.mining import MiningResult, mine
from generator.night.analysis_report import analysis_document
from generator.night.caps import Caps
from generator.night.measure import Stopwatch, peak_rss_mb
from generator.night.night_context import NightContext
from generator.night.pipeline import run_after_mining
from schemas.clock import datetime_from_us
from schemas.errors import NightshiftError
from schemas.home import Home
from schemas.runs import RunReport

Status = Literal["done", "failed", "skipped"]
VARYING_FIELDS = frozenset({"timings", "peak_rss_mb", "finished"})
"""What two runs of one home do not share; it goes into the home result and not into the stored one."""


@dataclass(frozen=True)
class TaskSpec:
    """What every home of a run is asked for; `out` is a folder or an fsspec URL."""

    out: str
    days: int = 30
    propose: bool = False
    minutes: float = 15.0
    """That a home may take."""


@dataclass(frozen=True)
class HomeResult:
    """What became of one home; `seconds` and `peak_mb` (MiB, of this task where the kernel tells) vary between runs."""

    name: str
    status: Status
    key: str = ""
    events: int = 0
    habits: dict[str, int] = field(default_factory=dict)
    why: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0


def run_home_task(folder: HomeFolder, spec: TaskSpec) -> HomeResult:
    """Analyse one home and write its result; whatever is wrong with it is in the home result, never an exception."""
    began = time.perf_counter()
    _reset_peak_memory()
    try:
        with time_limit(spec.minutes * 60), fetch_inputs(folder, _scratch_folder()) as inputs:
            row = _analyse(folder, inputs, spec)
    except TimeLimitExceeded:
        row = HomeResult(
            folder.name, "failed", why=f"It took longer than {spec.minutes:g} minutes; allow more with --minutes."
        )
    except NightshiftError as error:
        row = HomeResult(folder.name, "failed", why=str(error))
    except Exception as error:  # an unforeseen error must not end the others' run
        row = HomeResult(folder.name, "failed", why=f"{type(error).__name__}: {error}")
    return replace(row, seconds=time.perf_counter() - began, peak_mb=peak_rss_mb())


def _analyse(folder: HomeFolder, inputs: HomeInputs, spec: TaskSpec) -> HomeResult:
    key = result_key(inputs.digest, spec.days)
    result, proposals = (f"{spec.out}/{folder.name}/{key}{end}" for end in (".json", ".proposals.json"))
    stored = load(result)
    if stored is not None and (not spec.propose or load(proposals) is not None):
        return _home_result(folder.name, "skipped", key, stored)
    if is_on_disk(spec.out):
        clear_leftovers(Path(spec.out) / folder.name, spec.minutes * 60 + GRACE_SECONDS)
    home = load_home_file(inputs.home)
    history = read_history(inputs.history, home)
    mined = mine(history.events, home, window_days=spec.days)
    analysis = analysis_document(mined, history.events, home)
    analysis["notes"] = [*history.notes, *mined.notes]
    if spec.propose:
        report = _propose_habits(Path(spec.out) / folder.name, home, history, mined, spec.days)
        write(proposals, _encode(report.model_dump(mode="json")))
    write(result, _encode(analysis))
    return _home_result(folder.name, "done", key, analysis)


def _encode(document: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in document.items() if name not in VARYING_FIELDS}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _home_result(name: str, status: Status, key: str, analysis: dict[str, Any]) -> HomeResult:
    habits = Counter(str(pattern["kind"]) for pattern in analysis["patterns"])
    return HomeResult(name, status, key, int(analysis["events"]), dict(sorted(habits.items())))


def _propose_habits(folder: Path, home: Home, history: SourceResult, mined: MiningResult, days: int) -> RunReport:
    """A night on the home's own bare repository; a new one is made beside its place and renamed."""
    place = folder / "automations.git"
    if place.exists():
        return _run_night(place, home, history, mined, days)
    folder.mkdir(parents=True, exist_ok=True)
    part = part_path(place)
    try:
        report = _run_night(part, home, history, mined, days)
        _rename_into_place(part, place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return report


def _rename_into_place(part: Path, place: Path) -> None:
    try:
        part.rename(place)
    except OSError:
        if not place.exists():  # else another worker was first with the very same suggestions
            raise


def _run_night(place: Path, home: Home, history: SourceResult, mined: MiningResult, days: int) -> RunReport:
    now = datetime_from_us(history.events.time[-1])
    night = NightContext(
        repository=Repository.open_or_create(place, STARTER_FOLDER, now),
        home=home,
        policy=default_policy(),
        history=history,
        source="fleet",
        drafter=Drafter(None),
        read_run_history=_no_run_history,
        caps=Caps(3, 10),
        days=days,
        page_url=None,
        now=now,
        report_progress=lambda *_: None,
    )
    return asyncio.run(run_after_mining(night, mined, Stopwatch()))


async def _no_run_history(_automation_id: str, _since: datetime) -> None:
    """These homes are files; nothing records what ran."""


def _scratch_folder() -> Path | None:
    """The worker's own folder: Dask clears it when the worker was killed, so that no home's history stays behind."""
    try:
        return Path(get_worker().local_directory)
    except ValueError:  # no worker
        return None


def _reset_peak_memory() -> None:
    """Start the peak of this process anew, so that a home result has its own home's; only Linux can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
