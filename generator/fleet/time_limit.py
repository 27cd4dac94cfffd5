"""Ends what takes too long, in a thread of a worker, where no signal arrives."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 60.0
"""For what sits in one long call of a library, which an exception cannot reach; then the process ends."""


class TimeLimitExceeded(BaseException):
    """Raised wherever the thread happens to be, so that no `except Exception` on the way keeps it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitExceeded in this thread once the block ran for so long; end the process if that does not help."""
    thread = ctypes.c_ulong(threading.get_ident())
    lock, over = threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            if not over.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeLimitExceeded))

    timers = (threading.Timer(seconds, stop), threading.Timer(seconds + GRACE_SECONDS, os._exit, (1,)))
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        with lock:  # after this no exception is on its way to what the thread does next
            over.set()
