"""The functions, filters and tests of Home Assistant's templates that need only states, and their sandbox."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from automations.config.values import as_list
from schemas.states import UNAVAILABLE_STATES, UNKNOWN

_REQUIRED: Final = object()
_JINJA_PROBES: Final = ("unsafe_callable", "alters_data", "jinja_pass_arg")


@dataclass(frozen=True)
class TemplateState:
    """The fields of an entity's state that a template can read."""

    entity_id: str
    state: str
    last_changed: datetime

    @property
    def domain(self) -> str:
        return self.entity_id.partition(".")[0]


@dataclass
class RenderMoment:
    """The time and the states with which a template is being rendered."""

    zone: ZoneInfo
    utc: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))
    states: dict[str, TemplateState] = field(default_factory=dict)


class AllStates:
    """`states('sensor.x')` and `states.sensor.x`."""

    def __init__(self, moment: RenderMoment) -> None:
        self._moment = moment

    def __call__(self, entity_id: str) -> str:
        entity_state = self._moment.states.get(entity_id.lower())
        return entity_state.state if entity_state else UNKNOWN

    def __getattr__(self, domain: str) -> _DomainStates:
        if domain in _JINJA_PROBES:
            raise AttributeError(domain)
        return _DomainStates(self._moment, domain)


class _DomainStates:
    def __init__(self, moment: RenderMoment, domain: str) -> None:
        self._moment, self._domain = moment, domain

    def __getattr__(self, name: str) -> TemplateState | None:
        return self._moment.states.get(f"{self._domain}.{name}")


def _forgiving_float(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        return float(value)
    except (ValueError, TypeError):
        return _default_or_raise(value, default)


def _forgiving_int(value: Any, default: Any = _REQUIRED, base: int = 10) -> Any:
    result = jinja2.filters.do_int(value, default=default, base=base)
    return _default_or_raise(value, default) if result is _REQUIRED else result


def _forgiving_round(value: Any, precision: int = 0, method: str = "common", default: Any = _REQUIRED) -> Any:
    try:
        if abs(precision) > MAX_OPERAND:
            raise ValueError(precision)
        number, scale = float(value), float(10**precision)
        methods: dict[str, Callable[[], float]] = {
            "ceil": lambda: math.ceil(number * scale) / scale,
            "floor": lambda: math.floor(number * scale) / scale,
            "half": lambda: round(number * 2) / 2,
        }
        result = methods.get(method, lambda: round(number, precision))()
        return int(result) if precision == 0 else result
    except (ValueError, TypeError):
        return _default_or_raise(value, default)


def _forgiving_boolean(value: Any, default: Any = _REQUIRED) -> Any:
    result = parse_boolean(value)
    return _default_or_raise(value, default) if result is None else result


def parse_boolean(value: Any) -> bool | None:
    """A boolean as Home Assistant reads it; None for what is none."""
    if isinstance(value, str):
        text = value.lower().strip()
        if text in ("1", "true", "yes", "on", "enable"):
            return True
        return False if text in ("0", "false", "no", "off", "disable") else None
    return value != 0 if isinstance(value, (bool, int, float)) else None


def _default_or_raise(value: Any, default: Any) -> Any:
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


def _forgiving_as_timestamp(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime):
            return at.timestamp() if at.tzinfo else at.replace(tzinfo=UTC).timestamp()
        return float(at)
    except (ValueError, TypeError):
        return _default_or_raise(value, default)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A template comes from a model or a person: it must not be able to cause unbounded work."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(side, (bool, int, float, timedelta)) for side in (left, right)):
            raise TypeError(f"{operator} is for numbers")
        if operator == "**" and (abs(left) > MAX_OPERAND or abs(right) > MAX_OPERAND):
            raise OverflowError("the power is too large")
        return super().call_binop(context, operator, left, right)


MAX_OPERAND: Final = 1000
"""Bases, exponents and digits beyond this are an error, where Home Assistant would compute on."""


def environment(moment: RenderMoment) -> ImmutableSandboxedEnvironment:
    """A sandbox whose functions read `moment`, which may be changed between renderings."""
    # Jinja's optimizer needs seconds for a sum of 200 parts, and folds what is rendered once or twice anyway.
    sandbox = _Sandbox(optimized=False)
    states = AllStates(moment)

    def now() -> datetime:
        return moment.utc.astimezone(moment.zone)

    def today_at(clock: str = "00:00") -> datetime:
        time = datetime.strptime(clock, "%H:%M:%S" if clock.count(":") == 2 else "%H:%M").time()  # noqa: DTZ007
        return datetime.combine(now().date(), time, moment.zone)

    def is_state(entity_id: str, wanted: str | list[str]) -> bool:
        entity_state = moment.states.get(entity_id.lower())
        return entity_state is not None and entity_state.state in as_list(wanted)

    def has_value(entity_id: str) -> bool:
        return entity_id.lower() in moment.states and states(entity_id) not in UNAVAILABLE_STATES

    sandbox.globals = {
        "states": states,
        "is_state": is_state,
        "has_value": has_value,
        "now": now,
        "utcnow": lambda: moment.utc,
        "today_at": today_at,
        "timedelta": timedelta,
        "as_timestamp": _forgiving_as_timestamp,
        "float": _forgiving_float,
        "int": _forgiving_int,
        "bool": _forgiving_boolean,
        "is_number": _is_number,
        "iif": _iif,
        "min": lambda *values: min(values[0] if len(values) == 1 else values),
        "max": lambda *values: max(values[0] if len(values) == 1 else values),
    }
    sandbox.filters |= {
        "float": _forgiving_float,
        "int": _forgiving_int,
        "round": _forgiving_round,
        "bool": _forgiving_boolean,
        "is_number": _is_number,
        "iif": _iif,
        "as_timestamp": _forgiving_as_timestamp,
    }
    sandbox.tests |= {"is_number": _is_number, "is_state": is_state, "has_value": has_value}
    return sandbox


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
ENTITY_FUNCTIONS: Final = frozenset({"states", "is_state", "has_value"})
CLOCK_FUNCTIONS: Final = frozenset({"now", "utcnow", "today_at"})
