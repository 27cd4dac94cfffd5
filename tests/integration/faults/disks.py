"""Disks that are full or read only: a small tmpfs where we may mount one, else a limit on what may be written."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 8


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of eight megabytes, mounted at `folder`; a plain folder where we may not mount."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = _run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        if mounted:
            _run("umount", "--lazy", str(folder))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    if not disk.is_mount():
        with _nothing_may_grow():
            yield
        return
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as handle:
        while shutil.disk_usage(disk).free:
            try:
                handle.write(b"\0" * 4096)
            except OSError:
                break
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    if not disk.is_mount():
        with _nothing_may_grow():
            yield
        return
    _run("mount", "-o", "remount,ro", str(disk))
    try:
        yield
    finally:
        _run("mount", "-o", "remount,rw", str(disk))


@contextmanager
def _nothing_may_grow() -> Iterator[None]:
    """No file of this process or its children may be written to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
