"""One home's task, as a worker does it: read, mine, write the result, and answer with one small row."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import fsspec

from automations.checks import default_policy
from automations.doors import STARTER
from automations.git.repository import Repository
from automations.history.files import read_history
from automations.history.history import History
from automations.home.home_file import load_home_file
from generator.commands.analyze import document, peak_rss_mb
from generator.drafting.draft import Drafter
from generator.fleet.homes import HomeFolder, Inputs, fetched
from generator.mining import mine
from generator.pipeline import Caps, Night, Stopwatch, run
from schemas.errors import NightshiftError
from schemas.home import Home

Status = Literal["done", "failed", "skipped"]
VARYING = ("timings", "peak_rss_mb")
"""What two runs of one home do not share; it goes into the row and not into the result."""


@dataclass(frozen=True)
class Job:
    """What every home of a run is asked for; `out` is a folder or an fsspec URL."""

    out: str
    days: int = 30
    propose: bool = False


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
    """Analyse one home and write its result; a home that cannot be read is a row, never an exception."""
    began = time.perf_counter()
    _forget_peak()
    try:
        with fetched(folder) as inputs:
            return _analysed(folder, inputs, job, began)
    except (NightshiftError, OSError, ValueError) as error:
        return Row(folder.name, "failed", why=str(error), seconds=time.perf_counter() - began, peak_mb=peak_rss_mb())


def _analysed(folder: HomeFolder, inputs: Inputs, job: Job, began: float) -> Row:
    place = f"{job.out.rstrip('/')}/{folder.name}/{inputs.key}.json"
    known = _already(place)
    if known is not None:
        return _row(folder.name, "skipped", inputs.key, known, began)
    home = load_home_file(inputs.home)
    history = read_history(inputs.history, home)
    found = document(mine(history.events, home, window_days=job.days), history.events, home)
    kept = {name: value for name, value in found.items() if name not in VARYING}
    if job.propose:
        _propose(Path(job.out) / folder.name, home, history, job.days)
    _write(place, json.dumps(kept, ensure_ascii=False, indent=1).encode())
    return _row(folder.name, "done", inputs.key, kept, began)


def _row(name: str, status: Status, key: str, found: dict[str, Any], began: float) -> Row:
    habits = Counter(str(pattern["kind"]) for pattern in found["patterns"])
    seconds = time.perf_counter() - began
    return Row(name, status, key, int(found["events"]), dict(sorted(habits.items())), "", seconds, peak_rss_mb())


def _already(place: str) -> dict[str, Any] | None:
    filesystem, path = fsspec.core.url_to_fs(place)
    if not filesystem.exists(path):
        return None
    found: dict[str, Any] = json.loads(filesystem.cat_file(path))
    return found


def _write(place: str, content: bytes) -> None:
    """Whole or not at all: an object store puts at once, a disk is written beside the place and renamed."""
    filesystem, path = fsspec.core.url_to_fs(place)
    if "file" not in (filesystem.protocol if isinstance(filesystem.protocol, tuple) else (filesystem.protocol,)):
        filesystem.pipe_file(path, content)
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    part = Path(path).with_suffix(f".{uuid.uuid4().hex}.part")
    part.write_bytes(content)
    part.replace(path)


def _propose(folder: Path, home: Home, history: History, days: int) -> None:
    """The home's suggestions in a bare repository of its own, made beside its place and renamed."""
    if (folder / "automations.git").exists() or not len(history.events):
        return
    with _part(folder) as part:
        now = (
            datetime.fromtimestamp(int(history.events.time[-1]) / 1e6, UTC)
            if len(history.events)
            else datetime.now(UTC)
        )
        night = Night(
            repository=Repository.open_or_create(part, STARTER, now),
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
        asyncio.run(run(night, Stopwatch()))
        with suppress(OSError):  # another worker was first with the very same result
            part.rename(folder / "automations.git")


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{uuid.uuid4().hex}.git"
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


async def _no_record(_automation_id: str, _since: datetime) -> None:
    """These homes are files; nothing tells what ran."""


def _forget_peak() -> None:
    """Start the peak of this process anew, so that a row tells its own home's; only Linux can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
