"""When an automation may run, as far as its clock triggers and its plain conditions tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automations.config.normalize import canonical
from schemas.automation.time_validators import WEEKDAYS, period_text
from schemas.home import AutomationConfig

_DAY: Final = 86_400


@dataclass(frozen=True)
class When:
    """`clock`: seconds of the day of its time triggers, each with its weekdays; `weekdays` those of its conditions.
    `states`: what its conditions ask of an entity."""

    clock: tuple[tuple[float, frozenset[str]], ...]
    weekdays: frozenset[str]
    states: Mapping[str, frozenset[str]]

    def meets(self, other: When, within_seconds: float) -> bool:
        """Whether clock times of both are that close on a common weekday, also across midnight."""
        for ours, days in self.clock:
            for theirs, their_days in other.clock:
                apart = abs(ours - theirs)
                if min(apart, _DAY - apart) <= within_seconds and days & their_days:
                    return True
        return False

    def excludes(self, other: When) -> bool:
        """Whether their conditions ask for different states of one entity."""
        return any(
            entity in other.states and not states & other.states[entity] for entity, states in self.states.items()
        )


def when(config: AutomationConfig) -> When:
    full = canonical(config)
    conditions = [
        item for item in full.get("conditions", []) if isinstance(item, dict) and item.get("enabled") is not False
    ]
    triggers = [
        item for item in full.get("triggers", []) if isinstance(item, dict) and item.get("enabled") is not False
    ]
    return When(tuple(_clock(triggers)), _weekdays(conditions), dict(_states(conditions)))


def _active(nodes: Any) -> list[dict[str, Any]]:
    listed = nodes if isinstance(nodes, list) else []
    return [node for node in listed if isinstance(node, dict) and node.get("enabled") is not False]


def _weekdays(conditions: list[dict[str, Any]]) -> frozenset[str]:
    days = frozenset(WEEKDAYS)
    for condition in conditions:
        if condition.get("condition") == "time" and "weekday" in condition:
            days &= frozenset(_texts(condition["weekday"]))
    return days


def _states(conditions: list[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    for condition in conditions:
        entities = _texts(condition.get("entity_id"))
        if condition.get("condition") == "state" and "attribute" not in condition and len(entities) == 1:
            yield entities[0], frozenset(_texts(condition.get("state")))


def _clock(triggers: list[dict[str, Any]]) -> Iterator[tuple[float, frozenset[str]]]:
    for trigger in triggers:
        if trigger.get("trigger") != "time":
            continue
        days = frozenset(_texts(trigger["weekday"])) if "weekday" in trigger else frozenset(WEEKDAYS)
        for at in _texts(trigger.get("at")):
            if (seconds := _seconds(at)) is not None:
                yield seconds, days


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _seconds(at: str) -> float | None:
    try:
        return period_text(at).total_seconds() if len(at) < 12 else None
    except (ValueError, OverflowError):
        return None
