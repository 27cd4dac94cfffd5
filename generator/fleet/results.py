"""Where a run's results lie, on disk or at any fsspec URL; each appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from automations.files.atomic_write import PART_PATTERN, atomic_write
from schemas.errors import InputError

RUN_FILE = "run.json"


def absolute_place(out: str) -> str:
    """The same place for workers on other machines: a URL, or a path from the root."""
    filesystem, path = fsspec.core.url_to_fs(out)
    return str(path if isinstance(filesystem, LocalFileSystem) else out).rstrip("/")


def is_on_disk(place: str) -> bool:
    return isinstance(fsspec.core.url_to_fs(place)[0], LocalFileSystem)


def begin_run(out: str, request: dict[str, Any]) -> dict[str, Any] | None:
    """Store the request of this run; returns that of the last run there, None where there was none.

    Raises InputError where nothing can be written there, before hours of work find out.
    """
    place = f"{out}/{RUN_FILE}"
    try:
        previous = load(place)
        write(place, json.dumps(request, ensure_ascii=False, indent=1).encode())
    except Exception as error:  # each store has errors of its own
        raise InputError(f"Nothing can be written to {out} ({error}); correct --out.") from None
    return previous


def release_change_notes(previous: dict[str, Any] | None, request: dict[str, Any]) -> list[str]:
    """What a person should know who continues from results of another release."""
    if previous is None or previous.get("nightshift") == request["nightshift"]:
        return []
    return ["Another Nightshift made the results there; homes that it did are kept. A new --out does all anew."]


def load(place: str) -> dict[str, Any] | None:
    """The JSON document at that place, None where there is none or not a whole one."""
    filesystem, path = fsspec.core.url_to_fs(place)
    try:
        document: dict[str, Any] = json.loads(filesystem.cat_file(path))
    except (FileNotFoundError, ValueError):  # a machine that lost its power may leave an empty file
        return None
    return document


def write(place: str, content: bytes) -> None:
    """Whole or not at all: an object store puts at once, a disk is written beside the place."""
    filesystem, path = fsspec.core.url_to_fs(place)
    if not isinstance(filesystem, LocalFileSystem):
        filesystem.pipe_file(path, content)
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(Path(path)) as file:
        file.write(content)


def clear_leftovers(folder: Path, older_than_seconds: float) -> None:
    """Remove what killed workers left unfinished in a home's folder."""
    for part in folder.glob(PART_PATTERN):
        if time.time() - part.stat().st_mtime > older_than_seconds:
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def result_key(digest: str, days: int) -> str:
    """Identifies what a home's result was made from: its files and the days of history; 16 hexadecimal digits."""
    return hashlib.sha256(f"{digest} {days}".encode()).hexdigest()[:16]
