"""Clock times and durations as automations spell them, in seconds and back."""

from __future__ import annotations

import re
from typing import Any

_CLOCK = re.compile(r"(?P<sign>[+-]?)(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?")
_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}


def seconds_from(value: Any) -> int | None:
    """Seconds of `00:10:00`, `-00:30`, `600` or `{"minutes": 10}`; None where it is a template or nonsense."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return round(value)
    if isinstance(value, dict):
        parts = [value.get(unit, 0) for unit in _UNITS]
        valid = set(value) <= set(_UNITS) and all(isinstance(part, int | float) for part in parts)
        return round(sum(part * size for part, size in zip(parts, _UNITS.values(), strict=True))) if valid else None
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    size = int(match["hours"]) * 3_600 + int(match["minutes"]) * 60 + int(match["seconds"] or 0)
    return -size if match["sign"] == "-" else size


def clock_seconds(value: Any) -> int | None:
    """Seconds since midnight, 0..86399, of a clock time such as `06:42`; None where it is none."""
    seconds = seconds_from(value) if isinstance(value, str) else None
    return seconds if seconds is not None and 0 <= seconds < 86_400 else None


def duration_text(seconds: int) -> str:
    """`00:10:00`, with a minus where it is negative."""
    size = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{size // 3600:02}:{size // 60 % 60:02}:{size % 60:02}"


def clock_words(seconds: int) -> str:
    """`06:42` as a person reads it; seconds only where there are any."""
    return duration_text(seconds).removesuffix(":00")


def rounded_clock(seconds: int, to_minutes: int = 5) -> str:
    """The nearest multiple of `to_minutes` on the clock: 06:42:10 is `06:40`."""
    step = to_minutes * 60
    return duration_text(round(seconds / step) * step % 86_400)[:5]
