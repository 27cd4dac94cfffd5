"""When an automation may run, as far as its time triggers and its top-level conditions show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from automations.config.nodes import enabled_nodes
from automations.config.normalize import canonicalize
from automations.config.times import clock_seconds, common_weekdays, weekdays_from
from automations.config.values import as_list, strings
from schemas.clock import clock_distance
from schemas.home import AutomationConfig


@dataclass(frozen=True)
class TimeWindow:
    """`clock_times`: seconds of the day of its time triggers, each with its weekdays; `weekdays`: those of its
    conditions; `required_states`: the states that its conditions allow, by entity."""

    clock_times: tuple[tuple[int, frozenset[str]], ...]
    weekdays: frozenset[str]
    required_states: Mapping[str, frozenset[str]]

    def is_close_to(self, other: TimeWindow, within_seconds: float) -> bool:
        """Whether clock times of both are that close on a common weekday, also across midnight."""
        for ours, days in self.clock_times:
            for theirs, their_days in other.clock_times:
                if clock_distance(ours, theirs) <= within_seconds and days & their_days:
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
    conditions = enabled_nodes(full.get("conditions"))
    clock_times = tuple(_clock_times(enabled_nodes(full.get("triggers"))))
    return TimeWindow(clock_times, common_weekdays(conditions), dict(_required_states(conditions)))


def _required_states(conditions: list[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    for condition in conditions:
        entities = strings(condition.get("entity_id"))
        if condition.get("condition") == "state" and "attribute" not in condition and len(entities) == 1:
            yield entities[0], frozenset(strings(condition.get("state")))


def _clock_times(triggers: list[dict[str, Any]]) -> Iterator[tuple[int, frozenset[str]]]:
    for trigger in triggers:
        if trigger.get("trigger") != "time":
            continue
        for at in as_list(trigger.get("at")):
            if (seconds := clock_seconds(at)) is not None:
                yield seconds, weekdays_from(trigger.get("weekday"))
