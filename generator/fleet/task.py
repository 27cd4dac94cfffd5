"""One home's task, as a worker does it: read, mine, write the result, and answer with one small row."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from distributed import get_worker

from automations.checks import default_policy
from automations.git.repository import Repository
from automations.history.files import read_history
from automations.history.source_result import SourceResult
from automations.home_assistant.home_file import load_home_file
from automations.open.repository import STARTER_FOLDER
from generator.drafting.draft import Drafter
from generator.fleet.homes import HomeFolder, Inputs, fetched
from generator.fleet.results import beside, clear_leftovers, is_on_disk, key_of, load, write
from generator.fleet.time_limit import GRACE_SECONDS, TookTooLong, time_limit
from generator.mining import Mined, mine
from generator.night.analysis_report import document
from generator.night.measure import Stopwatch, peak_rss_mb
from generator.night.pipeline import Caps, Night, after_mining
from schemas.errors import NightshiftError
from schemas.home import Home
from schemas.runs import RunReport

Status = Literal["done", "failed", "skipped"]
VARYING = frozenset({"timings", "peak_rss_mb", "finished"})
"""What two runs of one home do not share; it goes into the row and not into the result."""


@dataclass(frozen=True)
class Job:
    """What every home of a run is asked for; `out` is a folder or an fsspec URL."""

    out: str
    days: int = 30
    propose: bool = False
    minutes: float = 15.0
    """A home may take."""


@dataclass(frozen=True)
class Row:
    """What became of one home; `seconds` and `peak_mb` (MiB, of this task where the kernel tells) vary between runs."""

    name: str
    status: Status
    key: str = ""
    events: int = 0
    habits: dict[str, int] = field(default_factory=dict)
    why: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0


def one_home(folder: HomeFolder, job: Job) -> Row:
    """Analyse one home and write its result; whatever is wrong with it is its row, never an exception."""
    began = time.perf_counter()
    _forget_peak()
    try:
        with time_limit(job.minutes * 60), fetched(folder, _scratch()) as inputs:
            row = _analysed(folder, inputs, job)
    except TookTooLong:
        row = Row(folder.name, "failed", why=f"It took longer than {job.minutes:g} minutes; allow more with --minutes.")
    except NightshiftError as error:
        row = Row(folder.name, "failed", why=str(error))
    except Exception as error:  # a home that we did not foresee must not end the others' run
        row = Row(folder.name, "failed", why=f"{type(error).__name__}: {error}")
    return replace(row, seconds=time.perf_counter() - began, peak_mb=peak_rss_mb())


def _analysed(folder: HomeFolder, inputs: Inputs, job: Job) -> Row:
    key = key_of(inputs.digest, job.days)
    result, proposals = (f"{job.out}/{folder.name}/{key}{end}" for end in (".json", ".proposals.json"))
    known = load(result)
    if known is not None and (not job.propose or load(proposals) is not None):
        return _row(folder.name, "skipped", key, known)
    if is_on_disk(job.out):
        clear_leftovers(Path(job.out) / folder.name, job.minutes * 60 + GRACE_SECONDS)
    home = load_home_file(inputs.home)
    history = read_history(inputs.history, home)
    mined = mine(history.events, home, window_days=job.days)
    found = document(mined, history.events, home)
    found["notes"] = [*history.notes, *mined.notes]
    if job.propose:
        report = _propose(Path(job.out) / folder.name, home, history, mined, job.days)
        write(proposals, _encoded(report.model_dump(mode="json")))
    write(result, _encoded(found))
    return _row(folder.name, "done", key, found)


def _encoded(found: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in found.items() if name not in VARYING}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _row(name: str, status: Status, key: str, found: dict[str, Any]) -> Row:
    habits = Counter(str(pattern["kind"]) for pattern in found["patterns"])
    return Row(name, status, key, int(found["events"]), dict(sorted(habits.items())))


def _propose(folder: Path, home: Home, history: SourceResult, mined: Mined, days: int) -> RunReport:
    """A night on the home's own bare repository; a new one is made beside its place and renamed."""
    place = folder / "automations.git"
    if place.exists():
        return _night(place, home, history, mined, days)
    folder.mkdir(parents=True, exist_ok=True)
    part = beside(place)
    try:
        report = _night(part, home, history, mined, days)
        _put(part, place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return report


def _put(part: Path, place: Path) -> None:
    try:
        part.rename(place)
    except OSError:
        if not place.exists():  # else another worker was first with the very same suggestions
            raise


def _night(place: Path, home: Home, history: SourceResult, mined: Mined, days: int) -> RunReport:
    now = datetime.fromtimestamp(int(history.events.time[-1]) / 1e6, UTC)
    night = Night(
        repository=Repository.open_or_create(place, STARTER_FOLDER, now),
        home=home,
        policy=default_policy(),
        history=history,
        source="fleet",
        drafter=Drafter(None),
        record=_no_record,
        caps=Caps(3, 10),
        days=days,
        page=None,
        now=now,
        tell=lambda *_: None,
    )
    return asyncio.run(after_mining(night, mined, Stopwatch()))


async def _no_record(_automation_id: str, _since: datetime) -> None:
    """These homes are files; nothing tells what ran."""


def _scratch() -> Path | None:
    """The worker's own folder: Dask clears it when the worker was killed, so that no home's history stays behind."""
    try:
        return Path(get_worker().local_directory)
    except ValueError:  # no worker
        return None


def _forget_peak() -> None:
    """Start the peak of this process anew, so that a row tells its own home's; only Linux can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
