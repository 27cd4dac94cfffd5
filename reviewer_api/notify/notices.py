"""Notices: events are published to the home over MQTT, and its users' answers are received."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError

from reviewer_api.diary.one_time_tokens import PHONE, OneTimeTokens
from reviewer_api.diary.outbox import Outbox, OutboxMessage
from reviewer_api.notify.broker import Broker, Message
from reviewer_api.notify.discovery import BIRTH_TOPIC, DISCOVERY_TOPIC, discovery_payload
from schemas.errors import NightshiftError
from schemas.mqtt_messages import (
    ANALYSE_TOPIC,
    NOTIFY_TOPIC,
    RESPONSE_TOPIC,
    RESPONSE_TOPICS,
    STATE_TOPIC,
    STATUS_TOPIC,
    PhoneNotification,
    PhoneResponse,
    StateMessage,
)

log = logging.getLogger(__name__)
TOPICS = (BIRTH_TOPIC, ANALYSE_TOPIC, RESPONSE_TOPICS)
ANSWER_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class PhoneDecision:
    """What a phone answered to a question of ours; `seen` is what was shown when it was asked, as JSON."""

    habit_id: str
    seen: str
    approve: bool
    author: str


class Notices:
    """`broker` None: notices go to the log, and no answers come."""

    def __init__(
        self,
        outbox: Outbox,
        one_time_tokens: OneTimeTokens,
        broker: Broker | None,
        public_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.broker = broker
        self._outbox = outbox
        self._one_time_tokens = one_time_tokens
        self._public_url = public_url
        self._clock = clock
        self._work_waiting = asyncio.Event()
        self._delivery: asyncio.Task[None] | None = None
        self._start_analysis: Callable[[], Awaitable[object]] | None = None
        self._decision_handler: Callable[[PhoneDecision], Awaitable[object]] | None = None

    def on_analyse_command(self, start: Callable[[], Awaitable[object]]) -> None:
        self._start_analysis = start

    def on_decision(self, handler: Callable[[PhoneDecision], Awaitable[object]]) -> None:
        self._decision_handler = handler

    async def begin(self) -> None:
        if self.broker:
            await self.broker.begin(self._handle_connected, self.handle_message)
            self._delivery = asyncio.create_task(self._deliver(self.broker))
            self._work_waiting.set()

    async def close(self) -> None:
        if self._delivery:
            self._delivery.cancel()
            with suppress(asyncio.CancelledError):
                await self._delivery
        if self.broker:
            await self.broker.close()

    def event_fields(self) -> dict[str, str]:
        """`event_id` and `at` of a new notice."""
        return {"event_id": secrets.token_hex(8), "at": self._clock().isoformat(timespec="seconds")}

    async def publish(self, topic: str, notice: BaseModel, retain: bool = False) -> None:
        """Store it in the outbox and return; it is sent as soon as the broker is connected, also after a restart."""
        if self.broker is None:
            log.info("notice", extra={"topic": topic, "notice": notice.model_dump(exclude={"nonce"})})
            return
        await self._outbox.add(topic, notice.model_dump_json(), retain, self._clock())
        self._work_waiting.set()

    async def publish_state(self, state: StateMessage) -> None:
        """Publish the values of the sensors in Home Assistant."""
        await self.publish(STATE_TOPIC, state, retain=True)

    async def ask_phone(self, habit_id: str, title: str, message: str, seen: str | None) -> None:
        """Ask for approve or decline on a phone; `seen` None: it may only open the page (a second yes is needed)."""
        now = self._clock()
        nonce = expires = None
        if seen is not None and self.broker is not None:
            payload = json.dumps({"habit_id": habit_id, "seen": seen})
            nonce = await self._one_time_tokens.issue(PHONE, habit_id, payload, now, ANSWER_LIFETIME)
            expires = (now + ANSWER_LIFETIME).isoformat(timespec="seconds")
        await self.publish(
            NOTIFY_TOPIC,
            PhoneNotification(
                **self.event_fields(),
                title=title,
                message=message,
                habit_id=habit_id,
                nonce=nonce,
                expires=expires,
                url=f"{self._public_url}/suggestions/{habit_id}" if self._public_url else None,
            ),
        )

    async def notify_phone(self, title: str, message: str) -> None:
        """Show something on the phone that needs no answer."""
        no_answer = {"habit_id": None, "nonce": None, "expires": None, "url": self._public_url}
        await self.publish(
            NOTIFY_TOPIC, PhoneNotification(**self.event_fields(), title=title, message=message, **no_answer)
        )

    async def _deliver(self, broker: Broker) -> None:
        """One by one and in order; what is not acknowledged yet stays in the outbox."""
        while True:
            await self._work_waiting.wait()
            self._work_waiting.clear()
            while pending := await self._outbox.pending():
                for notice in pending:
                    if not self._is_expired(notice):
                        await broker.publish(notice.topic, notice.payload, notice.retain)
                    await self._outbox.mark_delivered(notice.number)

    def _is_expired(self, notice: OutboxMessage) -> bool:
        """Whether it asks a phone for an answer whose time is over: the broker was away for longer than that."""
        if notice.topic != NOTIFY_TOPIC:
            return False
        expires = PhoneNotification.model_validate_json(notice.payload).expires
        return expires is not None and datetime.fromisoformat(expires) <= self._clock()

    async def _handle_connected(self) -> None:
        await self._announce()
        self._work_waiting.set()

    async def _announce(self) -> None:
        """Publish discovery and availability again; the broker's retained messages may have been lost."""
        if self.broker:
            await self.broker.publish(DISCOVERY_TOPIC, json.dumps(discovery_payload(self._public_url)), retain=True)
            await self.broker.publish(STATUS_TOPIC, "online", retain=True)

    async def handle_message(self, message: Message) -> None:
        """Handle one message of the subscribed topics; an answer to no question of ours does nothing."""
        if message.topic == BIRTH_TOPIC and message.payload == b"online":
            await self._announce()
        elif message.topic == ANALYSE_TOPIC and not message.retained and self._start_analysis:
            with suppress(NightshiftError):
                await self._start_analysis()
        elif message.topic.startswith("ha-ai/responses/") and not message.retained:
            await self._handle_answer(message)

    async def _handle_answer(self, message: Message) -> None:
        """A replayed, late, retained or foreign answer does nothing but leave a line in the log."""
        try:
            answer = PhoneResponse.model_validate_json(message.payload)
        except ValidationError:
            log.warning("an answer by MQTT cannot be read", extra={"topic": message.topic})
            return
        redeemed = await self._one_time_tokens.redeem(PHONE, answer.nonce, self._clock())
        question = json.loads(redeemed) if redeemed else {}
        if self._decision_handler is None or message.topic != RESPONSE_TOPIC.format(habit_id=question.get("habit_id")):
            log.warning("an answer by MQTT is late, repeated or not ours", extra={"topic": message.topic})
            return
        author = f"phone: {answer.device}" if answer.device else "phone"
        try:
            await self._decision_handler(
                PhoneDecision(question["habit_id"], question["seen"], answer.answer == "approve", author)
            )
        except NightshiftError as error:
            await self.notify_phone("Nightshift could not do that", str(error))
