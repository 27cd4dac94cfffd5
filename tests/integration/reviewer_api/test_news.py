"""A new suggestion is told to the home: a real broker, a real service, real git."""

from __future__ import annotations

import asyncio
from pathlib import Path

from automations.git.proposals import propose
from schemas.mqtt_messages import STATE_TOPIC, SUGGESTION_TOPIC
from tests.builders.lamps import NIGHT
from tests.builders.listening import Listener, listening
from tests.builders.mosquitto import Mosquitto
from tests.builders.service import running
from tests.builders.suggestions import AUTOMATION_ID, YAML, proposal
from tests.builders.waiting import until

CREATED = SUGGESTION_TOPIC.format(event="created")


async def test_a_new_suggestion_is_published_once(tmp_path: Path, broker: Mosquitto) -> None:
    mqtt = {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": str(broker.port)}
    async with listening(broker.port) as listener, running(tmp_path, **mqtt) as service:
        draft = proposal(yaml=YAML.format(id=AUTOMATION_ID, alias="Kitchen light"))
        await asyncio.to_thread(propose, service.parts.repository, draft, None, "", NIGHT)

        await service.parts.reconciler.run_round()
        await service.parts.reconciler.run_round()
        await until(lambda: listener.payloads(CREATED))

    told = [message.topic for message in listener.heard if message.topic.startswith("ha-ai/events/suggestion/")]
    assert told == [CREATED]
    assert listener.payloads(CREATED)[0]["title"] == "Kitchen light on at 06:42 on weekdays"


async def test_the_homes_sensor_counts_what_is_not_well(tmp_path: Path, broker: Mosquitto) -> None:
    # No home answers there, and the generator of these tests fails at once.
    away = {"HA_URL": "http://127.0.0.1:1", "HA_TOKEN": "a-token-that-nobody-asks-for"}
    mqtt = {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": str(broker.port)}
    async with listening(broker.port) as listener, running(tmp_path, **mqtt, **away) as service:
        await service.sign_in()
        await service.parts.reconciler.run_round()
        await service.parts.diary.runs.begin("night", NIGHT)
        await service.parts.diary.runs.end("night", NIGHT, "failed", "It broke.", None)
        draft = proposal(yaml=YAML.format(id=AUTOMATION_ID, alias="Kitchen light"))
        await asyncio.to_thread(propose, service.parts.repository, draft, None, "", NIGHT)
        await service.parts.reconciler.run_round()
        await until(lambda: counts(listener) == (2, 1))

    assert counts(listener) == (2, 1)


def counts(listener: Listener) -> tuple[int, int] | None:
    """The problems and open suggestions of the last state that was told."""
    told = listener.payloads(STATE_TOPIC)
    return (told[-1]["problems"], told[-1]["open_suggestions"]) if told else None
