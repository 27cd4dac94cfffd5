"""Parsers for values of an automation's config, as Home Assistant reads them, or `NotComputable`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.clock import SECOND_US

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class NotComputable(Exception):
    """Why what this automation would have done cannot be computed from the history, as a sentence."""


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def as_texts(value: Any) -> list[str]:
    return [str(item) for item in as_list(value)]


def entity_ids(config: Mapping[str, Any]) -> list[str]:
    """The entities that a trigger or condition names, each once."""
    value = config.get("entity_id")
    names = [
        name.strip().lower()
        for part in as_texts(value)
        for name in (part.split(",") if isinstance(value, str) else [part])
    ]
    if registry_ids := [name for name in names if name and "." not in name]:
        raise NotComputable(f"it names an entity by its registry id ({registry_ids[0]})")
    return list(dict.fromkeys(name for name in names if name))


def is_template(value: Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def duration_us(value: Any) -> int:
    """A duration or offset in microseconds: seconds, `HH:MM[:SS]` (may be negative) or a mapping of units."""
    seconds = _seconds_from_mapping(value) if isinstance(value, Mapping) else _seconds_from_text(value)
    return round(seconds * SECOND_US)


def _seconds_from_mapping(value: Mapping[str, Any]) -> float:
    if unknown := [key for key in value if key not in _UNITS]:
        raise NotComputable(f"the duration has a part that is no unit of time ({unknown[0]})")
    return sum(_seconds_from_text(amount) * _UNITS[unit] for unit, amount in value.items())


def _seconds_from_text(value: Any) -> float:
    if is_template(value):
        raise NotComputable("a duration is a template")
    text = str(value).strip()
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    parts = digits.split(":")
    try:
        if len(parts) == 1:
            return sign * float(digits)
        hours, minutes, seconds = [*parts, "0"][:3]
        return sign * (int(hours) * 3600 + int(minutes) * 60 + float(seconds))
    except ValueError:
        raise NotComputable(f"'{value}' is no duration") from None


def clock_seconds(value: Any) -> int | None:
    """Seconds since midnight of `HH:MM[:SS]`, None where it is something else (an entity)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 86_400:
        return value  # YAML 1.1 reads an unquoted 17:30:00 as the number 63000
    match = _CLOCK.fullmatch(str(value).strip())
    if not match:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 60 else None


def weekdays_from_value(value: Any) -> frozenset[int]:
    """Monday 0 to Sunday 6; every day where none is named."""
    return frozenset(WEEKDAYS.index(day) for day in as_texts(value)) if value is not None else frozenset(range(7))


def is_enabled(config: Mapping[str, Any]) -> bool:
    """Whether this node is enabled; Home Assistant accepts a template here too, which is not evaluated."""
    value = config.get("enabled", True)
    if isinstance(value, str):
        if is_template(value):
            raise NotComputable("`enabled` is a template")
        return value.strip().lower() in ("1", "true", "yes", "on", "enable")
    return bool(value)


def parse_instant(text: str) -> datetime | None:
    """An aware datetime from ISO 8601, None where the text is not one."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
