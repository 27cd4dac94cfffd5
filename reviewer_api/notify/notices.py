"""Notices: what happens is told to the home over MQTT, and what its people answer is brought back."""

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

from reviewer_api.diary.one_time_tokens import PHONE, Tickets
from reviewer_api.diary.outbox import Notice, Outbox
from reviewer_api.notify.broker import Broker, Message
from reviewer_api.notify.discovery import BIRTH_TOPIC, DISCOVERY_TOPIC, device
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
ANSWER_LASTS = timedelta(hours=12)


@dataclass(frozen=True)
class Answered:
    """What a phone answered to a question of ours; `seen` is what was shown when it was asked, as JSON."""

    habit_id: str
    seen: str
    approve: bool
    author: str


class Notices:
    """`broker` None: notices go to the log, and nobody answers."""

    def __init__(
        self, outbox: Outbox, tickets: Tickets, broker: Broker | None, page: str | None, clock: Callable[[], datetime]
    ) -> None:
        self.broker = broker
        self._outbox = outbox
        self._tickets = tickets
        self._page = page
        self._clock = clock
        self._work = asyncio.Event()
        self._delivery: asyncio.Task[None] | None = None
        self._analyse: Callable[[], Awaitable[object]] | None = None
        self._answered: Callable[[Answered], Awaitable[object]] | None = None

    def when_asked_to_analyse(self, then: Callable[[], Awaitable[object]]) -> None:
        self._analyse = then

    def when_answered(self, then: Callable[[Answered], Awaitable[object]]) -> None:
        self._answered = then

    async def begin(self) -> None:
        if self.broker:
            await self.broker.begin(self._connected, self.heard)
            self._delivery = asyncio.create_task(self._deliver(self.broker))
            self._work.set()

    async def close(self) -> None:
        if self._delivery:
            self._delivery.cancel()
            with suppress(asyncio.CancelledError):
                await self._delivery
        if self.broker:
            await self.broker.close()

    def stamp(self) -> dict[str, str]:
        """`event_id` and `at` of a new notice."""
        return {"event_id": secrets.token_hex(8), "at": self._clock().isoformat(timespec="seconds")}

    async def publish(self, topic: str, notice: BaseModel, retain: bool = False) -> None:
        """Keep it for delivery and return; it goes out as soon as the broker takes it, also after a restart."""
        if self.broker is None:
            log.info("notice", extra={"topic": topic, "notice": notice.model_dump(exclude={"nonce"})})
            return
        await self._outbox.add(topic, notice.model_dump_json(), retain, self._clock())
        self._work.set()

    async def show_state(self, state: StateMessage) -> None:
        """What the home's sensors show."""
        await self.publish(STATE_TOPIC, state, retain=True)

    async def ask_phone(self, habit_id: str, title: str, message: str, seen: str | None) -> None:
        """Ask for approve or decline on a phone; `seen` None: it may only open the page (a second yes is needed)."""
        now = self._clock()
        nonce = expires = None
        if seen is not None and self.broker is not None:
            holds = json.dumps({"habit_id": habit_id, "seen": seen})
            nonce = await self._tickets.issue(PHONE, habit_id, holds, now, ANSWER_LASTS)
            expires = (now + ANSWER_LASTS).isoformat(timespec="seconds")
        await self.publish(
            NOTIFY_TOPIC,
            PhoneNotification(
                **self.stamp(),
                title=title,
                message=message,
                habit_id=habit_id,
                nonce=nonce,
                expires=expires,
                url=f"{self._page}/suggestions/{habit_id}" if self._page else None,
            ),
        )

    async def tell_phone(self, title: str, message: str) -> None:
        """Show something on the phone that needs no answer."""
        empty = {"habit_id": None, "nonce": None, "expires": None, "url": self._page}
        await self.publish(NOTIFY_TOPIC, PhoneNotification(**self.stamp(), title=title, message=message, **empty))

    async def _deliver(self, broker: Broker) -> None:
        """One after the other and in order; what is not taken yet stays in the outbox."""
        while True:
            await self._work.wait()
            self._work.clear()
            while waiting := await self._outbox.waiting():
                for notice in waiting:
                    if not self._is_too_late(notice):
                        await broker.publish(notice.topic, notice.payload, notice.retain)
                    await self._outbox.delivered(notice.number)

    def _is_too_late(self, notice: Notice) -> bool:
        """A question to a phone that nobody could answer any more: the broker was away for longer than it held."""
        if notice.topic != NOTIFY_TOPIC:
            return False
        expires = PhoneNotification.model_validate_json(notice.payload).expires
        return expires is not None and datetime.fromisoformat(expires) <= self._clock()

    async def _connected(self) -> None:
        await self._announce()
        self._work.set()

    async def _announce(self) -> None:
        """Tell the home of our device; it forgets when its broker's retained messages are lost."""
        if self.broker:
            await self.broker.publish(DISCOVERY_TOPIC, json.dumps(device(self._page)), retain=True)
            await self.broker.publish(STATUS_TOPIC, "online", retain=True)

    async def heard(self, message: Message) -> None:
        """Take one message of the topics that we listen to; what is no answer to a question of ours does nothing."""
        if message.topic == BIRTH_TOPIC and message.payload == b"online":
            await self._announce()
        elif message.topic == ANALYSE_TOPIC and not message.retained and self._analyse:
            with suppress(NightshiftError):
                await self._analyse()
        elif message.topic.startswith("ha-ai/responses/") and not message.retained:
            await self._take_answer(message)

    async def _take_answer(self, message: Message) -> None:
        """A replayed, late, retained or foreign answer does nothing but leave a line in the log."""
        try:
            answer = PhoneResponse.model_validate_json(message.payload)
        except ValidationError:
            log.warning("an answer by MQTT cannot be read", extra={"topic": message.topic})
            return
        held = await self._tickets.use(PHONE, answer.nonce, self._clock())
        asked = json.loads(held) if held else {}
        if self._answered is None or message.topic != RESPONSE_TOPIC.format(habit_id=asked.get("habit_id")):
            log.warning("an answer by MQTT is late, repeated or not ours", extra={"topic": message.topic})
            return
        author = f"phone: {answer.device}" if answer.device else "phone"
        try:
            await self._answered(Answered(asked["habit_id"], asked["seen"], answer.answer == "approve", author))
        except NightshiftError as error:
            await self.tell_phone("Nightshift could not do that", str(error))
