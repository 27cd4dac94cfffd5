"""The words of Home Assistant's templates that a history of states can answer, and the sandbox that runs them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

SILENT: Final = ("unavailable", "unknown")
_REQUIRED: Final = object()
_ASKED_BY_JINJA: Final = ("unsafe_callable", "alters_data", "jinja_pass_arg")


@dataclass(frozen=True)
class StateOf:
    """What a template may ask of an entity."""

    entity_id: str
    state: str
    last_changed: datetime

    @property
    def domain(self) -> str:
        return self.entity_id.partition(".")[0]


@dataclass
class Present:
    """The one moment at which a template is being rendered."""

    zone: ZoneInfo
    utc: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))
    states: dict[str, StateOf] = field(default_factory=dict)


class States:
    """`states('sensor.x')` and `states.sensor.x`."""

    def __init__(self, present: Present) -> None:
        self._present = present

    def __call__(self, entity_id: str) -> str:
        known = self._present.states.get(entity_id.lower())
        return known.state if known else "unknown"

    def __getattr__(self, domain: str) -> _Domain:
        if domain in _ASKED_BY_JINJA:
            raise AttributeError(domain)
        return _Domain(self._present, domain)


class _Domain:
    def __init__(self, present: Present, domain: str) -> None:
        self._present, self._domain = present, domain

    def __getattr__(self, name: str) -> StateOf | None:
        return self._present.states.get(f"{self._domain}.{name}")


def _number(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        return float(value)
    except (ValueError, TypeError):
        return _otherwise(value, default)


def _whole(value: Any, default: Any = _REQUIRED, base: int = 10) -> Any:
    result = jinja2.filters.do_int(value, default=default, base=base)
    return _otherwise(value, default) if result is _REQUIRED else result


def _rounded(value: Any, precision: int = 0, method: str = "common", default: Any = _REQUIRED) -> Any:
    try:
        if abs(precision) > MOST:
            raise ValueError(precision)
        number, scale = float(value), float(10**precision)
        ways: dict[str, Callable[[], float]] = {
            "ceil": lambda: math.ceil(number * scale) / scale,
            "floor": lambda: math.floor(number * scale) / scale,
            "half": lambda: round(number * 2) / 2,
        }
        result = ways.get(method, lambda: round(number, precision))()
        return int(result) if precision == 0 else result
    except (ValueError, TypeError):
        return _otherwise(value, default)


def _yes_or_no(value: Any, default: Any = _REQUIRED) -> Any:
    found = truth(value)
    return _otherwise(value, default) if found is None else found


def truth(value: Any) -> bool | None:
    """Home Assistant's reading of yes and no; None for what is neither."""
    if isinstance(value, str):
        text = value.lower().strip()
        if text in ("1", "true", "yes", "on", "enable"):
            return True
        return False if text in ("0", "false", "no", "off", "disable") else None
    return value != 0 if isinstance(value, (bool, int, float)) else None


def _otherwise(value: Any, default: Any) -> Any:
    if default is _REQUIRED:
        raise ValueError(f"{value!r} cannot be converted, and no default is given")
    return default


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (ValueError, TypeError):
        return False


def _iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _REQUIRED) -> Any:
    if value is None and if_none is not _REQUIRED:
        return if_none
    return if_true if bool(value) else if_false


def _timestamp(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime):
            return at.timestamp() if at.tzinfo else at.replace(tzinfo=UTC).timestamp()
        return float(at)
    except (ValueError, TypeError):
        return _otherwise(value, default)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A template comes from a model or a person: it must not be able to ask for endless work."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(side, (bool, int, float, timedelta)) for side in (left, right)):
            raise TypeError(f"{operator} is for numbers")
        if operator == "**" and (abs(left) > MOST or abs(right) > MOST):
            raise OverflowError("the power is too large")
        return super().call_binop(context, operator, left, right)


MOST: Final = 1000
"""Bases, exponents and digits beyond this are an error, where Home Assistant would compute on."""


def environment(present: Present) -> ImmutableSandboxedEnvironment:
    """A sandbox whose words look at `present`."""
    made = _Sandbox()
    states = States(present)

    def now() -> datetime:
        return present.utc.astimezone(present.zone)

    def today_at(clock: str = "00:00") -> datetime:
        time = datetime.strptime(clock, "%H:%M:%S" if clock.count(":") == 2 else "%H:%M").time()  # noqa: DTZ007
        return datetime.combine(now().date(), time, present.zone)

    def is_state(entity_id: str, wanted: str | list[str]) -> bool:
        known = present.states.get(entity_id.lower())
        return known is not None and (known.state in wanted if isinstance(wanted, list) else known.state == wanted)

    def has_value(entity_id: str) -> bool:
        return entity_id.lower() in present.states and states(entity_id) not in SILENT

    made.globals = {
        "states": states,
        "is_state": is_state,
        "has_value": has_value,
        "now": now,
        "utcnow": lambda: present.utc,
        "today_at": today_at,
        "timedelta": timedelta,
        "as_timestamp": _timestamp,
        "float": _number,
        "int": _whole,
        "bool": _yes_or_no,
        "is_number": _is_number,
        "iif": _iif,
        "min": lambda *values: min(values[0] if len(values) == 1 else values),
        "max": lambda *values: max(values[0] if len(values) == 1 else values),
    }
    made.filters |= {
        "float": _number,
        "int": _whole,
        "round": _rounded,
        "bool": _yes_or_no,
        "is_number": _is_number,
        "iif": _iif,
        "as_timestamp": _timestamp,
    }
    made.tests |= {"is_number": _is_number, "is_state": is_state, "has_value": has_value}
    return made


FILTERS: Final = frozenset(
    {
        "abs", "as_timestamp", "bool", "capitalize", "count", "d", "default", "first", "float", "iif", "int",
        "is_number", "join", "last", "length", "list", "lower", "max", "min", "replace", "round", "sort", "string",
        "sum", "title", "trim", "unique", "upper",
    }
)  # fmt: skip
TESTS: Final = frozenset(
    {
        "boolean", "defined", "divisibleby", "eq", "equalto", "even", "false", "ge", "greaterthan", "gt",
        "has_value", "in", "is_number", "is_state", "le", "lessthan", "lt", "ne", "none", "number", "odd", "string",
        "true", "undefined",
    }
)  # fmt: skip
ATTRIBUTES: Final = frozenset(
    {
        "date", "day", "days", "domain", "endswith", "entity_id", "from_state", "hour", "id", "isoformat",
        "isoweekday", "last_changed", "lower", "minute", "month", "platform", "replace", "second", "seconds",
        "split", "startswith", "state", "strftime", "strip", "time", "timestamp", "to_state", "total_seconds",
        "upper", "weekday", "year",
    }
)  # fmt: skip
ENTITY_WORDS: Final = frozenset({"states", "is_state", "has_value"})
CLOCK_WORDS: Final = frozenset({"now", "utcnow", "today_at"})
