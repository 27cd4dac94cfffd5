"""Validators of times of day and durations, and their parsers."""

from __future__ import annotations

from datetime import time as clock_time
from datetime import timedelta
from typing import Any, Final, Literal, get_args

from pydantic import ValidationInfo

from schemas.automation.templates import is_template
from schemas.automation.validators import any_of, value_error
from schemas.automation.value_validators import dynamic_template, number, templates_inside

_PERIOD_KEYS: Final = ("days", "hours", "minutes", "seconds", "milliseconds")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
"""Monday 0 to Sunday 6."""


def time_of_day(given: Any, _: ValidationInfo) -> None:
    """cv.time"""
    try:
        hour, minute, *second = [int(part) for part in given.split(":")] if isinstance(given, str) else []
        clock_time(hour, minute, second[0] if second else 0)
    except (ValueError, OverflowError):
        raise value_error("'{given}' is not a time such as '07:30:00' (in quotes)", given=str(given)) from None


def timedelta_from_text(given: str) -> timedelta:
    """cv.time_period_str: [+-]HH:MM[:SS[.F]]; ValueError otherwise"""
    parts = (given[1:] if given[:1] in "+-" else given).split(":")
    if len(parts) not in (2, 3):
        raise ValueError(given)
    seconds = float(parts[2]) if len(parts) == 3 else 0.0
    period = timedelta(hours=int(parts[0]), minutes=int(parts[1]), seconds=seconds)
    return -period if given.startswith("-") else period


def timedelta_from_value(given: Any) -> timedelta:
    """cv.time_period: HH:MM[:SS], seconds, or a mapping of days to milliseconds; ValueError otherwise"""
    if isinstance(given, dict):
        if not given or not set(given) <= set(_PERIOD_KEYS):
            raise ValueError("a duration has " + ", ".join(_PERIOD_KEYS))
        return timedelta(**{key: float(item) for key, item in given.items()})
    if isinstance(given, str) and ":" in given:
        return timedelta_from_text(given)
    return timedelta(seconds=float(given))


def time_period(given: Any, _: ValidationInfo) -> None:
    try:
        timedelta_from_value(given)
    except (TypeError, ValueError, OverflowError):
        raise value_error("'{given}' is not a duration such as '00:05:00'", given=str(given)) from None


def positive_time(given: Any, info: ValidationInfo) -> None:
    time_period(given, info)
    if timedelta_from_value(given) < timedelta(0):
        raise value_error("a duration cannot be negative")


def _templated_period(given: Any, info: ValidationInfo) -> None:
    """A mapping of days to milliseconds whose names or values are templates."""
    if not isinstance(given, dict) or not given:
        raise value_error("'{given}' is not a duration such as '00:05:00'", given=str(given))
    for key, item in given.items():
        if not isinstance(key, str) or (key not in _PERIOD_KEYS and not is_template(key)):
            raise value_error(
                "'{key}' is not a part of a duration ({known})", key=str(key), known=", ".join(_PERIOD_KEYS)
            )
        if not is_template(item):
            number(item, info)
            if float(item) < 0:
                raise value_error("a duration cannot be negative")
    templates_inside(given, info)


duration = any_of(positive_time, dynamic_template, _templated_period)
"""cv.positive_time_period_template"""
