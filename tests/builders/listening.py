"""Somebody else on the broker, and our notices before it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from reviewer_api.diary import Diary
from reviewer_api.notify.broker import Broker, BrokerAddress
from reviewer_api.notify.inbox import TOPICS, Inbox, PhoneDecision
from reviewer_api.notify.notices import Notices


@dataclass
class Listener:
    """Somebody else on the broker: hears everything, and can speak."""

    client: mqtt.Client
    heard: list[mqtt.MQTTMessage] = field(default_factory=list)

    def payloads(self, topic: str) -> list[Any]:
        return [json.loads(message.payload) for message in self.heard if message.topic == topic]

    def texts(self, topic: str) -> list[str]:
        return [message.payload.decode() for message in self.heard if message.topic == topic]

    def say(self, topic: str, payload: object, retain: bool = False) -> None:
        self.client.publish(topic, json.dumps(payload), qos=1, retain=retain).wait_for_publish(5)


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Listener]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    listener = Listener(client)
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    client.on_message = lambda _c, _d, message: listener.heard.append(message)
    client.on_connect = lambda *_: client.subscribe("#", qos=1)
    client.on_subscribe = lambda *_: loop.call_soon_threadsafe(ready.set)
    client.connect("127.0.0.1", port)
    client.loop_start()
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield listener
    finally:
        client.disconnect()
        client.loop_stop()


async def _nobody(*_: object) -> None:
    raise AssertionError("nothing was to be asked of us")


@asynccontextmanager
async def notices(
    diary: Diary,
    port: int,
    ahead: timedelta = timedelta(0),
    start_night: Callable[[], Awaitable[object]] = _nobody,
    carry_out: Callable[[PhoneDecision], Awaitable[object]] = _nobody,
) -> AsyncIterator[Notices]:
    broker = Broker(BrokerAddress("127.0.0.1", port, max_reconnect_seconds=1), "nightshift", TOPICS)
    made = Notices(diary.outbox, diary.one_time_tokens, broker, "http://home:3002", lambda: datetime.now(UTC) + ahead)
    inbox = Inbox(made, diary.one_time_tokens, start_night, carry_out, lambda: datetime.now(UTC) + ahead)
    await inbox.begin()
    await made.begin()
    try:
        yield made
    finally:
        await made.close()
        await inbox.close()
