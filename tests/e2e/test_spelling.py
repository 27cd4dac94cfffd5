"""No false drift: 200 automations in old and new spelling, against what a real Home Assistant gives back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from automations.config.normalize import equivalent
from automations.config.yaml import decode, encode
from automations.home_assistant.client import HomeAssistant
from tests.builders.real_home import RealHome

pytestmark = pytest.mark.e2e

TRIGGERS: list[dict[str, Any]] = [
    {"platform": "time", "at": "07:00:00"},
    {"platform": "time", "at": ["07:00:00", "08:30:00"]},
    {"platform": "state", "entity_id": "binary_sensor.hallway_motion", "to": "on"},
    {
        "platform": "state",
        "entity_id": ["binary_sensor.hallway_motion"],
        "from": "off",
        "to": ["on"],
        "for": "00:01:00",
    },
    {"platform": "numeric_state", "entity_id": "sensor.hallway_illuminance", "below": 50},
    {"platform": "sun", "event": "sunset", "offset": "-00:15:00"},
    {"platform": "template", "value_template": "{{ is_state('light.hallway_light', 'on') }}"},
    {"platform": "time_pattern", "minutes": "/5"},
    {"platform": "event", "event_type": "mine", "event_data": {"a": 1}, "enabled": True},
    {"platform": "homeassistant", "event": "start", "id": "begin"},
]
CONDITIONS: list[Any] = [
    [],
    {"condition": "state", "entity_id": "light.hallway_light", "state": "off"},
    [{"condition": "numeric_state", "entity_id": "sensor.hallway_illuminance", "below": 50}],
    "{{ now().hour < 12 }}",
    [{"or": [{"condition": "sun", "after": "sunset"}, {"condition": "time", "before": "06:00:00"}]}],
]
ACTIONS: list[Any] = [
    {"service": "light.turn_on", "entity_id": "light.hallway_light"},
    [{"service": "light.turn_on", "target": {"entity_id": ["light.hallway_light"]}, "data": {}}, {"delay": "00:02:00"}],
    [{"choose": [{"conditions": "{{ true }}", "sequence": {"service": "light.turn_off"}}], "default": []}],
    [{"if": "{{ true }}", "then": [{"service": "light.toggle", "enabled": True, "continue_on_error": False}]}],
]


def automations() -> list[dict[str, Any]]:
    """A hundred of each trigger, condition and action together, each as of old and as of today."""
    old = [
        {
            "alias": f"Spelled {number} ✨",
            "trigger": TRIGGERS[number % 10] if number % 3 else [TRIGGERS[number % 10]],
            "condition": CONDITIONS[number // 10 % 5],
            "action": ACTIONS[number // 2 % 4],
            **({"mode": "single", "description": ""} if number % 2 else {}),
        }
        for number in range(100)
    ]
    return [spelled for one in old for spelled in (one, decode(encode(one)).config or {})]


async def test_what_comes_back_from_the_home_is_the_same_as_what_was_sent(
    real_home: RealHome, door: HomeAssistant
) -> None:
    file = Path(real_home.folder) / "automations.yaml"
    before = file.read_text(encoding="utf-8")
    made = automations()
    assert len(made) == 200
    ids = [f"nightshift_spelled_{number}" for number in range(len(made))]

    async def post_and_get(key: str, config: dict[str, Any]) -> dict[str, Any] | None:
        await door._post(key, config)
        return await door.read(key)

    try:
        back = [await post_and_get(key, config) for key, config in zip(ids, made, strict=True)]
    finally:
        file.write_text(before, encoding="utf-8")
        await door.call_service("automation", "reload", {})

    drifted = [key for key, sent, got in zip(ids, made, back, strict=True) if got is None or not equivalent(sent, got)]
    other_spelling = [
        key for key, sent, got in zip(ids[::2], made[1::2], back[::2], strict=True) if not equivalent(sent, got or {})
    ]
    assert (drifted, other_spelling) == ([], [])
