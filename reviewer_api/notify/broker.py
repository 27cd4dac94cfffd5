"""The connection to the MQTT broker: reconnects by itself, and waits for each message to be acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from schemas.errors import InputError
from schemas.mqtt_messages import STATUS_TOPIC
from schemas.secrets import Secrets
from schemas.settings import Settings

log = logging.getLogger(__name__)
MAX_MESSAGE_BYTES = 64 * 1024
"""Bytes that are read of a message; no message that the service expects is longer."""


@dataclass(frozen=True)
class BrokerAddress:
    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls_ca: Path | None = None
    max_reconnect_seconds: int = 60

    @classmethod
    def from_settings(cls, settings: Settings) -> BrokerAddress | None:
        """None where no broker is set up."""
        if not settings.MQTT_BROKER:
            return None
        password = settings.MQTT_PASSWORD.get_secret_value() if settings.MQTT_PASSWORD else None
        return cls(settings.MQTT_BROKER, settings.MQTT_PORT, settings.MQTT_USERNAME, password, settings.MQTT_TLS_CA)


@dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    retained: bool


MessageHandler = Callable[[Message], Awaitable[None]]
ConnectedHandler = Callable[[], Awaitable[None]]


class Broker:
    """paho runs in a thread of its own; its callbacks are handed to the event loop."""

    def __init__(
        self, address: BrokerAddress, client_id: str, topics: tuple[str, ...], secrets: Secrets | None = None
    ) -> None:
        self.address = address
        self._secrets = (secrets or Secrets()).with_values(address.password)
        self.connected = False
        self.disconnect_reason = "It has not answered yet."
        self._topics = topics
        self._unacknowledged: dict[int, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._client.will_set(STATUS_TOPIC, "offline", qos=1, retain=True)
        self._client.reconnect_delay_set(1, address.max_reconnect_seconds)
        if address.username:
            self._client.username_pw_set(address.username, address.password)
        if address.tls_ca:
            _use_tls(self._client, address.tls_ca)

    async def begin(self, on_connected: ConnectedHandler, on_message: MessageHandler) -> None:
        """Start connecting; `on_connected` is awaited after each connection, `on_message` for each message."""
        self._loop = asyncio.get_running_loop()
        self._connected_handler, self._message_handler = on_connected, on_message
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._client.connect_async(self.address.host, self.address.port, keepalive=30)
        self._client.loop_start()

    async def close(self) -> None:
        """Publish "offline" and disconnect, so that the last will is not needed."""
        if self.connected:
            self._client.publish(STATUS_TOPIC, "offline", qos=1, retain=True).wait_for_publish(2)
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)
        for task in self._tasks:
            task.cancel()

    async def try_connecting(self, within_seconds: float) -> str:
        """Connect, return the broker's reason ("Success" or why not), and disconnect; no last will is published."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[str] = loop.create_future()

        def on_connect(_client: object, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
            loop.call_soon_threadsafe(set_reply, str(reason))

        def set_reply(reason: str) -> None:
            if not reply.done():
                reply.set_result(reason)

        self._client.will_clear()
        self._client.on_connect = on_connect
        self._client.connect_async(self.address.host, self.address.port)
        self._client.loop_start()
        try:
            return await asyncio.wait_for(reply, within_seconds)
        except TimeoutError:
            return f"no answer within {within_seconds:.0f} seconds"
        finally:
            self._client.disconnect()
            await asyncio.to_thread(self._client.loop_stop)

    async def publish(self, topic: str, payload: str, retain: bool = False) -> None:
        """Return when the broker has acknowledged it; while the broker is away this waits, and sends nothing twice."""
        sent = self._client.publish(topic, payload.encode(), qos=1, retain=retain)
        received: asyncio.Future[None] = self._loop.create_future()
        self._unacknowledged[sent.mid] = received
        try:
            await received
        finally:
            self._unacknowledged.pop(sent.mid, None)

    # Called in paho's thread

    def _on_connect(self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        if not reason.is_failure:
            for topic in self._topics:
                client.subscribe(topic, qos=1)
        self._loop.call_soon_threadsafe(self._set_connected, not reason.is_failure, str(reason))

    def _on_disconnect(self, _client: object, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        self._loop.call_soon_threadsafe(self._set_connected, False, str(reason))

    def _on_publish(self, _client: object, _data: object, number: int, _reason: object, _: object) -> None:
        self._loop.call_soon_threadsafe(self._acknowledge, number)

    def _on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        payload = self._secrets.strike_data(bytes(message.payload))[:MAX_MESSAGE_BYTES]
        received = Message(self._secrets.strike(message.topic), payload, message.retain)
        self._loop.call_soon_threadsafe(self._spawn, self._message_handler, received)

    # Called in the event loop

    def _acknowledge(self, mid: int) -> None:
        future = self._unacknowledged.get(mid)
        if future and not future.done():
            future.set_result(None)

    def _set_connected(self, connected: bool, reason: str) -> None:
        if connected != self.connected or reason != self.disconnect_reason:
            log.info("the broker answered" if connected else "the broker is away", extra={"reason": reason})
        self.connected, self.disconnect_reason = connected, "" if connected else reason
        if connected:
            self._spawn(self._connected_handler)

    def _spawn(self, handler: Callable[..., Awaitable[None]], *messages: Message) -> None:
        task = asyncio.create_task(_log_exceptions(handler(*messages)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _log_exceptions(handling: Awaitable[None]) -> None:
    try:
        await handling
    except Exception:
        log.exception("a message could not be handled")


def _use_tls(client: mqtt.Client, ca: Path) -> None:
    try:
        client.tls_set(ca_certs=str(ca))
    except (OSError, ValueError) as error:
        raise InputError(f"MQTT_TLS_CA {ca} cannot be used ({error}); name a readable PEM file.") from None
