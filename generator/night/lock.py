"""One run at a time, also across processes: a lock that the kernel releases when its process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import AlreadyRunning, InputError


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; AlreadyRunning where another process does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose a writable DATA_DIR.") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            pid = handle.read().strip()
            raise AlreadyRunning(f"A run is under way already (process {pid}); wait for it to end.") from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
