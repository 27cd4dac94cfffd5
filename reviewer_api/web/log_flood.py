"""Bounds how many log lines of one kind are written: a flood of requests must not become a flood of lines."""

from __future__ import annotations

import logging
import time
from typing import Final

MAX_LINES: Final = 30
WINDOW_SECONDS: Final = 60.0
MAX_KINDS: Final = 1000


class FloodFilter(logging.Filter):
    """Lets `MAX_LINES` lines of one kind (logger, level and unformatted message) through in a minute.

    The first line of that kind in a later minute says how many were left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.levelno, str(record.msg))
        now = time.monotonic()
        began, count = self._windows.get(kind, (now, 0))
        if now - began >= WINDOW_SECONDS:
            left_out, began, count = max(0, count - MAX_LINES), now, 0
            if left_out:
                record.left_out = left_out  # a field of the line, as `extra` would make it
        if len(self._windows) >= MAX_KINDS:
            self._windows.clear()
        self._windows[kind] = (began, count + 1)
        return count < MAX_LINES
