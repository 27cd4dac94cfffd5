"""Weekdays, times of day and durations as automations spell them, in seconds and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from automations.config.values import strings
from schemas.automation.time_validators import WEEKDAYS, Weekday, timedelta_from_value
from schemas.clock import DAY_SECONDS

__all__ = [
    "WEEKDAYS",
    "Weekday",
    "clock_seconds",
    "clock_text",
    "clock_words",
    "common_weekdays",
    "duration",
    "duration_seconds",
    "duration_text",
    "rounded_clock",
    "weekdays_from",
]

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def weekdays_from(value: Any) -> frozenset[str]:
    """The days under `weekday`; every day where none is named."""
    return frozenset(WEEKDAYS) if value is None else frozenset(WEEKDAYS).intersection(strings(value))


def common_weekdays(conditions: Iterable[Any]) -> frozenset[str]:
    """The days on which all these conditions can hold."""
    named = (weekdays_from(node.get("weekday")) for node in conditions if isinstance(node, dict))
    return frozenset(WEEKDAYS).intersection(*named)


def clock_seconds(value: Any) -> int | None:
    """Seconds since midnight of `HH:MM[:SS]`, None where it is something else (an entity)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < DAY_SECONDS:
        return value  # YAML 1.1 reads an unquoted 17:30:00 as the number 63000
    match = _CLOCK.fullmatch(str(value).strip())
    if not match:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 60 else None


def duration(value: Any) -> timedelta | None:
    """A duration or offset as Home Assistant reads it: seconds, `[-]HH:MM[:SS]` or a mapping of units; else None."""
    if isinstance(value, bool):
        return None
    try:
        return timedelta_from_value(value.strip() if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        return None


def duration_seconds(value: Any) -> int | None:
    """Seconds of `00:10:00`, `-00:30`, `600` or `{"minutes": 10}`; None where it is a template or nonsense."""
    length = duration(value)
    return None if length is None else round(length.total_seconds())


def duration_text(seconds: int) -> str:
    """`00:10:00`, with a minus where it is negative."""
    size = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{size // 3600:02}:{size // 60 % 60:02}:{size % 60:02}"


def clock_text(seconds: int) -> str:
    """`06:42:00`, as Home Assistant writes a time of day; past midnight it is the next day's."""
    return duration_text(seconds % DAY_SECONDS)


def clock_words(seconds: int) -> str:
    """`06:42` as a person reads it; seconds only where there are any."""
    return duration_text(seconds).removesuffix(":00")


def rounded_clock(seconds: int, to_minutes: int = 5) -> str:
    """The nearest multiple of `to_minutes` on the clock: 06:42:10 is `06:40`."""
    step = to_minutes * 60
    return clock_text(round(seconds / step) * step)[:5]
