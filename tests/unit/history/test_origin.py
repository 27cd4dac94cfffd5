"""Who caused a change: the table of docs/glossary.md, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from automations.history.origin import origin_from_entity, origin_from_logbook, origin_from_user
from schemas.events import Origin
from schemas.home import Entity

NODE_RED = frozenset({"node-red"})
LAMP = {"entity_id": "light.lamp", "state": "on", "when": 1.0}


@pytest.mark.parametrize(
    ("context", "origin"),
    [
        ({"context_user_id": "anna"}, Origin.APP),
        ({"context_user_id": "anna", "context_event_type": "call_service", "context_domain": "light"}, Origin.APP),
        ({"context_user_id": "node-red"}, Origin.AUTOMATION),
        ({"context_event_type": "automation_triggered", "context_domain": "automation"}, Origin.AUTOMATION),
        ({"context_event_type": "automation_triggered", "context_user_id": "anna"}, Origin.AUTOMATION),
        ({"context_event_type": "script_started", "context_user_id": "anna"}, Origin.SCRIPT),
        ({"context_event_type": "call_service", "context_domain": "script"}, Origin.SCRIPT),
        ({"context_event_type": "call_service", "context_domain": "scene", "context_user_id": "anna"}, Origin.SCENE),
        ({"context_event_type": "call_service", "context_domain": "conversation"}, Origin.VOICE),
        ({"context_entity_id": "conversation.home_assistant", "context_user_id": "anna"}, Origin.VOICE),
        ({"context_event_type": "google_assistant_command"}, Origin.VOICE),
        ({"context_event_type": "alexa_smart_home"}, Origin.VOICE),
        ({"context_event_type": "homekit_state_change"}, Origin.APP),
        ({"context_event_type": "zha_event"}, Origin.WALL),
        ({"context_entity_id": "event.hall_button"}, Origin.WALL),
        ({"context_entity_id": "light.other"}, Origin.UNKNOWN),
        ({}, Origin.UNKNOWN),
    ],
)
def test_a_row_of_the_logbook_tells_who_it_was(context: dict[str, Any], origin: Origin) -> None:
    assert origin_from_logbook(LAMP | context, NODE_RED, None) == origin


@pytest.mark.parametrize(
    ("user", "has_parent", "platform", "origin"),
    [
        ("anna", False, "hue", Origin.APP),
        ("anna", True, "hue", Origin.SCRIPT),
        ("node-red", True, "hue", Origin.AUTOMATION),
        (None, True, "hue", Origin.AUTOMATION),
        (None, True, "generic_thermostat", Origin.DEVICE),
        (None, False, "hue", None),
    ],
)
def test_ids_alone_tell_what_they_can(user: str | None, has_parent: bool, platform: str, origin: Origin | None) -> None:
    assert origin_from_user(user, has_parent, NODE_RED, platform) == origin


@pytest.mark.parametrize(
    ("entity", "origin"),
    [
        (Entity("light.lamp", platform="hue"), Origin.UNKNOWN),
        (Entity("light.lamp", platform="lutron_caseta"), Origin.WALL),
        (Entity("switch.heater", platform="generic_thermostat"), Origin.DEVICE),
        (Entity("event.button", device_class="button"), Origin.WALL),
        (Entity("event.motion", device_class="motion"), Origin.DEVICE),
        (Entity("binary_sensor.motion"), Origin.DEVICE),
        (Entity("sensor.power"), Origin.DEVICE),
        (Entity("scene.evening"), Origin.SCENE),
        (Entity("script.evening"), Origin.SCRIPT),
    ],
)
def test_without_a_context_the_entity_tells_what_is_likely(entity: Entity, origin: Origin) -> None:
    assert origin_from_entity(entity.entity_id, entity) == origin


def test_an_entity_that_the_home_lacks_is_judged_by_its_domain() -> None:
    assert origin_from_entity("switch.gone", None) == Origin.UNKNOWN
    assert origin_from_entity("sensor.gone", None) == Origin.DEVICE
