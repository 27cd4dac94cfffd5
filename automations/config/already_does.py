"""Whether an automation of the home does a pattern already: the same call on the same entity, by a similar trigger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automations.config.calls import calls_from_config
from automations.config.nodes import walk
from automations.config.normalize import modernize
from automations.config.times import clock_seconds
from automations.config.values import as_list, entity_names
from schemas.clock import clock_distance
from schemas.home import Home
from schemas.patterns import Action, DailyTrigger, Pattern, SunTrigger

NEAR_SECONDS: Final = 45 * 60
"""Two times of day that are closer than this start the same thing."""


class AutomatedActions:
    """What the automations of a home do, read once: each call on each entity with the triggers that lead to it."""

    def __init__(self, home: Home) -> None:
        self._triggers: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for config in map(modernize, home.automations):
            starts = (node for node in walk(config) if node.path.startswith("triggers"))
            triggers = [node.value for node in starts if isinstance(node.value, dict)]
            for call in {(call.service, call.entity_id) for call in calls_from_config(config, home)}:
                self._triggers.setdefault(call, []).extend(triggers)

    def already_does(self, pattern: Pattern) -> bool:
        """True where some automation makes the pattern's first call on a similar trigger."""
        return any(
            _is_similar_trigger(trigger, pattern)
            for call in _equal_calls(pattern.actions[0])
            for trigger in self._triggers.get(call, ())
        )


def _equal_calls(action: Action) -> tuple[tuple[str, str], ...]:
    generic_service = f"homeassistant.{action.service.partition('.')[2]}"
    return (action.service, action.entity_id), (generic_service, action.entity_id)


def _is_similar_trigger(trigger: Mapping[str, Any], pattern: Pattern) -> bool:
    kind, ours = trigger.get("trigger"), pattern.trigger
    if not isinstance(ours, DailyTrigger):
        return ours.entity_id in entity_names(trigger.get("entity_id"))
    if kind == "time":
        return _is_near(trigger, ours.around_seconds)
    return isinstance(ours, SunTrigger) and kind == "sun" and trigger.get("event") == ours.event


def _is_near(trigger: Mapping[str, Any], at_seconds: int) -> bool:
    times = map(clock_seconds, as_list(trigger.get("at")))
    return any(at is not None and clock_distance(at, at_seconds) <= NEAR_SECONDS for at in times)
