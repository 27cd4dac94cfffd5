"""What a trigger waits for, read once for all: sentences, titles, and the facts that a model is told.

Read is the canonical spelling, one node at a time; what no reading knows is named by its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

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

HOME_ZONE: Final = "zone.home"
"""Its state is the number of people who are home."""


@dataclass(frozen=True)
class AtTime:
    """`clocks` in seconds since midnight; `named` are entities and templates whose time the home alone knows."""

    clocks: tuple[int, ...]
    named: tuple[str, ...]
    weekdays: frozenset[str]


@dataclass(frozen=True)
class AtSun:
    """`offset` after, negative before, `event`, which is "sunrise" or "sunset"."""

    event: str
    offset: Duration


@dataclass(frozen=True)
class StateChange:
    """One of `entity_ids` changes, to one of `to` where there are any, and stays so for `stays`."""

    entity_ids: tuple[str, ...]
    before: tuple[str, ...]
    to: tuple[str, ...]
    attribute: str
    stays: Duration | None


@dataclass(frozen=True)
class NumberCrossing:
    """The number of one of `entity_ids` comes between both bounds, either of which may be None."""

    entity_ids: tuple[str, ...]
    above: Bound
    below: Bound
    attribute: str
    stays: Duration | None

    @property
    def somebody_home(self) -> bool | None:
        """True where it means that the first one comes home, False: that the last one leaves; else None."""
        return somebody_home(self.entity_ids, self.above, self.below)


@dataclass(frozen=True)
class ZoneCrossing:
    entity_ids: tuple[str, ...]
    zone: str
    enters: bool


@dataclass(frozen=True)
class TimePattern:
    """`parts` are units with what is written for them, such as ("minutes", "/5")."""

    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OtherTrigger:
    kind: str
    entity_ids: tuple[str, ...]


Trigger = AtTime | AtSun | StateChange | NumberCrossing | ZoneCrossing | TimePattern | OtherTrigger


def read_trigger(node: Node) -> Trigger:
    read = _READERS.get(read_text(node, "trigger"))
    return read(node) if read else OtherTrigger(read_text(node, "trigger"), entities_of(node))


def somebody_home(entity_ids: tuple[str, ...], above: Bound, below: Bound) -> bool | None:
    """Whether bounds on the home zone's number say that somebody is home; None where they say something else."""
    if entity_ids != (HOME_ZONE,):
        return None
    return {(0.0, None): True, (None, 1.0): False}.get((above, below))  # type: ignore[arg-type]


def _at_time(node: Node) -> AtTime:
    times = [(clock_seconds(at), at) for at in as_list(node.get("at"))]
    clocks = tuple(seconds for seconds, _ in times if seconds is not None)
    named = tuple(_time_source(at) for seconds, at in times if seconds is None)
    return AtTime(clocks, named, weekdays_from(node.get("weekday")))


def _time_source(at: Any) -> str:
    """The entity in `{entity_id: sensor.alarm, offset: ...}`, else what is written."""
    return str(at.get("entity_id", "")) if isinstance(at, dict) else str(at)


def _at_sun(node: Node) -> Trigger:
    return AtSun(read_text(node, "event") or "sunset", read_duration(node.get("offset") or 0))


def _state_change(node: Node) -> StateChange:
    return StateChange(
        read_ids(node.get("entity_id")),
        read_states(node.get("from")),
        read_states(node.get("to")),
        read_text(node, "attribute"),
        read_for(node),
    )


def _number_crossing(node: Node) -> NumberCrossing:
    return NumberCrossing(
        read_ids(node.get("entity_id")),
        read_bound(node.get("above")),
        read_bound(node.get("below")),
        read_text(node, "attribute"),
        read_for(node),
    )


def _zone_crossing(node: Node) -> ZoneCrossing:
    zone = read_text(node, "zone")
    return ZoneCrossing(read_ids(node.get("entity_id")), zone, node.get("event") != "leave")


def _time_pattern(node: Node) -> TimePattern:
    return TimePattern(tuple((unit, str(node[unit])) for unit in ("hours", "minutes", "seconds") if unit in node))


_READERS: Final[dict[str, Callable[[Node], Trigger]]] = {
    "time": _at_time,
    "sun": _at_sun,
    "state": _state_change,
    "numeric_state": _number_crossing,
    "zone": _zone_crossing,
    "time_pattern": _time_pattern,
}
