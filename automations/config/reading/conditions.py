"""What a condition asks for, read once for all, as `triggers.py` reads what a trigger waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from automations.config.reading.triggers import somebody_home
from automations.config.reading.values import (
    Bound,
    Duration,
    Node,
    read_bound,
    read_duration,
    read_for,
    read_ids,
    read_states,
    read_text,
)
from automations.config.references import entities_of
from automations.config.times import clock_seconds, weekdays_from
from automations.config.values import as_list


@dataclass(frozen=True)
class StateIs:
    """All of `entity_ids`, or `any_of` them, have one of `states`, for `lasts` already."""

    entity_ids: tuple[str, ...]
    states: tuple[str, ...]
    attribute: str
    any_of: bool
    lasts: Duration | None

    @property
    def somebody_home(self) -> bool:
        """Whether it asks that at least one of the people is home."""
        people = all(entity_id.startswith(("person.", "device_tracker.")) for entity_id in self.entity_ids)
        return bool(self.entity_ids) and people and self.any_of and self.states == ("home",)


@dataclass(frozen=True)
class NumberIs:
    entity_ids: tuple[str, ...]
    above: Bound
    below: Bound
    attribute: str

    @property
    def somebody_home(self) -> bool | None:
        """True where it asks that somebody is home, False: that nobody is; else None."""
        return somebody_home(self.entity_ids, self.above, self.below)


@dataclass(frozen=True)
class TimeIs:
    """Times of day in seconds, or the entity that has one; None where there is no bound."""

    after: int | str | None
    before: int | str | None
    weekdays: frozenset[str]


@dataclass(frozen=True)
class SunIs:
    """After and before "sunrise" or "sunset", "" where there is no bound, each moved by its offset."""

    after: str
    before: str
    after_offset: Duration
    before_offset: Duration

    @property
    def dark(self) -> bool | None:
        """True from sunset to sunrise, False from sunrise to sunset, None for any other span."""
        if self.after_offset or self.before_offset:
            return None
        return {("sunset", "sunrise"): True, ("sunrise", "sunset"): False}.get((self.after, self.before))


@dataclass(frozen=True)
class TemplateHolds:
    template: str


@dataclass(frozen=True)
class Combined:
    """`how` is "and", "or" or "not" (none of them)."""

    how: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class OtherCondition:
    kind: str
    entity_ids: tuple[str, ...]


Condition = StateIs | NumberIs | TimeIs | SunIs | TemplateHolds | Combined | OtherCondition


def read_condition(node: Node) -> Condition:
    kind = read_text(node, "condition")
    read = _READERS.get(kind)
    return read(node) if read else OtherCondition(kind, entities_of(node))


def _state_is(node: Node) -> StateIs:
    return StateIs(
        read_ids(node.get("entity_id")),
        read_states(node.get("state")),
        read_text(node, "attribute"),
        node.get("match") == "any",
        read_for(node),
    )


def _number_is(node: Node) -> NumberIs:
    ids, attribute = read_ids(node.get("entity_id")), read_text(node, "attribute")
    return NumberIs(ids, read_bound(node.get("above")), read_bound(node.get("below")), attribute)


def _time_is(node: Node) -> TimeIs:
    return TimeIs(_time(node.get("after")), _time(node.get("before")), weekdays_from(node.get("weekday")))


def _time(value: Any) -> int | str | None:
    seconds = clock_seconds(value)
    return seconds if seconds is not None else str(value) if value else None


def _sun_is(node: Node) -> SunIs:
    return SunIs(
        read_text(node, "after"),
        read_text(node, "before"),
        read_duration(node.get("after_offset") or 0),
        read_duration(node.get("before_offset") or 0),
    )


def _template_holds(node: Node) -> TemplateHolds:
    return TemplateHolds(read_text(node, "value_template"))


def _combined(node: Node) -> Combined:
    inner = [item for item in as_list(node.get("conditions")) if isinstance(item, dict)]
    return Combined(read_text(node, "condition"), tuple(map(read_condition, inner)))


_READERS: Final[dict[str, Callable[[Node], Condition]]] = {
    "state": _state_is,
    "numeric_state": _number_is,
    "time": _time_is,
    "sun": _sun_is,
    "template": _template_holds,
    "and": _combined,
    "or": _combined,
    "not": _combined,
}
