"""Writes a file whole or not at all, also where the power goes in the middle."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PART_PATTERN = "*.part"
"""Matches what a killed process left beside the place that it was made for."""


@contextmanager
def atomic_write(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends; an error in it leaves `path` as it was.

    `mode` holds its permission bits; without, those of the file before are kept, and a new file has the usual ones.
    """
    part = part_path(path)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if mode is None and path.exists():
                os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))
            file.flush()
            os.fsync(handle)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _flush_folder(path.parent)


def part_path(path: Path) -> Path:
    """A new name beside `path`, for what is renamed to it once it is complete."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")


def _flush_folder(folder: Path) -> None:
    """The new name survives a power cut too; some network drives cannot do this, and there the file is in place."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
