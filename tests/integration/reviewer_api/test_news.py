"""A new suggestion is told to the home: a real broker, a real service, real git."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import paho.mqtt.client as mqtt

from automations.git.proposals import propose
from tests.builders.lamps import NIGHT
from tests.builders.mosquitto import Mosquitto
from tests.builders.service import running
from tests.builders.suggestions import AUTOMATION_ID, YAML, proposal


def listener(broker: Mosquitto, topic: str, heard: list[tuple[str, dict]]) -> mqtt.Client:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_connect = lambda c, *_: c.subscribe(topic, qos=1)
    client.on_message = lambda _c, _u, message: heard.append((message.topic, json.loads(message.payload)))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client


async def test_a_new_suggestion_is_published_once(tmp_path: Path, broker: Mosquitto) -> None:
    heard: list[tuple[str, dict]] = []
    client = listener(broker, "ha-ai/events/suggestion/#", heard)
    async with running(tmp_path, MQTT_BROKER="127.0.0.1", MQTT_PORT=str(broker.port)) as service:
        draft = proposal(yaml=YAML.format(id=AUTOMATION_ID, alias="Kitchen light"))
        await asyncio.to_thread(propose, service.parts.repository, draft, None, "", NIGHT)

        await service.parts.reconciler.run_round()
        await service.parts.reconciler.run_round()
        for _ in range(100):
            if heard:
                break
            await asyncio.sleep(0.05)
    client.loop_stop()

    assert [topic for topic, _ in heard] == ["ha-ai/events/suggestion/created"]
    assert heard[0][1]["title"] == "Kitchen light on at 06:42 on weekdays"


async def test_the_homes_sensor_counts_what_is_not_well(tmp_path: Path, broker: Mosquitto) -> None:
    heard: list[tuple[str, dict]] = []
    client = listener(broker, "ha-ai/state", heard)
    # No home answers there, and the generator of these tests fails at once.
    away = {"HA_URL": "http://127.0.0.1:1", "HA_TOKEN": "a-token-that-nobody-asks-for"}
    async with running(tmp_path, MQTT_BROKER="127.0.0.1", MQTT_PORT=str(broker.port), **away) as service:
        await service.sign_in()
        await service.parts.reconciler.run_round()
        await service.parts.diary.runs.begin("night", NIGHT)
        await service.parts.diary.runs.end("night", NIGHT, "failed", "It broke.", None)
        draft = proposal(yaml=YAML.format(id=AUTOMATION_ID, alias="Kitchen light"))
        await asyncio.to_thread(propose, service.parts.repository, draft, None, "", NIGHT)
        await service.parts.reconciler.run_round()
        for _ in range(400):
            if heard and heard[-1][1]["problems"] and heard[-1][1]["open_suggestions"]:
                break
            await asyncio.sleep(0.05)
    client.loop_stop()

    assert heard[-1][1]["problems"] == 2
    assert heard[-1][1]["open_suggestions"] == 1
