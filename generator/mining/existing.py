"""What an automation of the home does already: the same call on the same entity, by a similar trigger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemas.home import Home
from schemas.patterns import DailyTrigger, Pattern, SunTrigger

NEAR_SECONDS = 45 * 60
DAY = 86_400


def is_already_automated(home: Home, pattern: Pattern) -> bool:
    """True where some automation makes the pattern's first call on a similar trigger."""
    first = pattern.actions[0]
    for config in home.automations:
        calls = set(_service_calls(config, home))
        if (first.service, first.entity_id) in calls or (
            "homeassistant." + first.service.split(".")[1],
            first.entity_id,
        ) in calls:
            triggers = _as_list(config.get("triggers", config.get("trigger")))
            if any(_is_similar_trigger(trigger, pattern) for trigger in triggers if isinstance(trigger, dict)):
                return True
    return False


def _service_calls(node: Any, home: Home) -> Iterator[tuple[str, str]]:
    """Every (service, entity) in a config, at any depth and in both spellings; areas and devices are expanded."""
    if isinstance(node, list):
        for each in node:
            yield from _service_calls(each, home)
    if not isinstance(node, dict):
        return
    service = node.get("action") if isinstance(node.get("action"), str) else node.get("service")
    if isinstance(service, str):
        target = node.get("target") if isinstance(node.get("target"), dict) else {}
        places = [node, node.get("data") if isinstance(node.get("data"), dict) else {}, target]
        for place in places:
            yield from ((service, entity_id) for entity_id in _target_entities(place, home))
    for value in node.values():
        yield from _service_calls(value, home)


def _target_entities(place: Any, home: Home) -> Iterator[str]:
    named = {key: set(_as_texts(place.get(key))) for key in ("entity_id", "area_id", "device_id")}
    yield from named["entity_id"]
    for entity in home.entities:
        if entity.area_id in named["area_id"] or entity.device_id in named["device_id"]:
            yield entity.entity_id


def _is_similar_trigger(trigger: dict[str, Any], pattern: Pattern) -> bool:
    kind = trigger.get("trigger", trigger.get("platform"))
    ours = pattern.trigger
    if not isinstance(ours, DailyTrigger):
        return ours.entity_id in _as_texts(trigger.get("entity_id"))
    if kind == "time":
        return any(_is_near(text, ours.around_seconds) for text in _as_texts(trigger.get("at")))
    return isinstance(ours, SunTrigger) and kind == "sun" and trigger.get("event") == ours.event


def _is_near(text: str, at_seconds: int) -> bool:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", text)
    if match is None:
        return False
    apart = abs(int(match[1]) * 3600 + int(match[2]) * 60 - at_seconds) % DAY
    return min(apart, DAY - apart) <= NEAR_SECONDS


def _as_texts(value: Any) -> list[str]:
    return [str(each) for each in _as_list(value)]


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
