"""One run at a time, also across processes: a lock that the kernel releases when its process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from schemas.errors import AlreadyRunning, InputError


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; AlreadyRunning where another process does."""
    lock = FileLock(path, blocking=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        pid = path.read_text(encoding="utf-8").strip()
        raise AlreadyRunning(f"A run is under way already (process {pid}); wait for it to end.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose a writable DATA_DIR.") from None
    try:
        path.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        lock.release()
