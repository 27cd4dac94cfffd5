"""When an automation may run, as far as its time triggers and its top-level conditions show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.normalize import canonicalize
from schemas.automation.time_validators import WEEKDAYS, timedelta_from_text
from schemas.home import AutomationConfig

_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True)
class TimeWindow:
    """`clock_times`: seconds of the day of its time triggers, each with its weekdays; `weekdays`: those of its
    conditions; `required_states`: the states that its conditions allow, by entity."""

    clock_times: tuple[tuple[float, frozenset[str]], ...]
    weekdays: frozenset[str]
    required_states: Mapping[str, frozenset[str]]

    def is_close_to(self, other: TimeWindow, within_seconds: float) -> bool:
        """Whether clock times of both are that close on a common weekday, also across midnight."""
        for ours, days in self.clock_times:
            for theirs, their_days in other.clock_times:
                apart = abs(ours - theirs)
                if min(apart, _DAY_SECONDS - apart) <= within_seconds and days & their_days:
                    return True
        return False

    def excludes(self, other: TimeWindow) -> bool:
        """Whether their conditions ask for different states of one entity."""
        return any(
            entity in other.required_states and not states & other.required_states[entity]
            for entity, states in self.required_states.items()
        )


def time_window_from_config(config: AutomationConfig) -> TimeWindow:
    full = canonicalize(config)
    conditions = [
        item for item in full.get("conditions", []) if isinstance(item, dict) and item.get("enabled") is not False
    ]
    triggers = [
        item for item in full.get("triggers", []) if isinstance(item, dict) and item.get("enabled") is not False
    ]
    return TimeWindow(tuple(_clock_times(triggers)), _weekdays(conditions), dict(_required_states(conditions)))


def _active(nodes: Any) -> list[dict[str, Any]]:
    listed = nodes if isinstance(nodes, list) else []
    return [node for node in listed if isinstance(node, dict) and node.get("enabled") is not False]


def _weekdays(conditions: list[dict[str, Any]]) -> frozenset[str]:
    days = frozenset(WEEKDAYS)
    for condition in conditions:
        if condition.get("condition") == "time" and "weekday" in condition:
            days &= frozenset(_strings(condition["weekday"]))
    return days


def _required_states(conditions: list[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    for condition in conditions:
        entities = _strings(condition.get("entity_id"))
        if condition.get("condition") == "state" and "attribute" not in condition and len(entities) == 1:
            yield entities[0], frozenset(_strings(condition.get("state")))


def _clock_times(triggers: list[dict[str, Any]]) -> Iterator[tuple[float, frozenset[str]]]:
    for trigger in triggers:
        if trigger.get("trigger") != "time":
            continue
        days = frozenset(_strings(trigger["weekday"])) if "weekday" in trigger else frozenset(WEEKDAYS)
        for at in _strings(trigger.get("at")):
            if (seconds := _seconds(at)) is not None:
                yield seconds, days


def _strings(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _seconds(at: str) -> float | None:
    try:
        return timedelta_from_text(at).total_seconds() if len(at) < 12 else None
    except (ValueError, OverflowError):
        return None
