"""Notices to the home over MQTT: each is stored first, and delivered as soon as the broker takes it."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import BaseModel

from reviewer_api.diary.one_time_tokens import PHONE, OneTimeTokens
from reviewer_api.diary.outbox import Outbox, OutboxMessage
from reviewer_api.notify.broker import Broker
from reviewer_api.notify.discovery import DISCOVERY_TOPIC, discovery_payload
from reviewer_api.tasks.background import BackgroundTask
from schemas.mqtt_messages import NOTIFY_TOPIC, STATE_TOPIC, STATUS_TOPIC, PhoneNotification, StateMessage

log = logging.getLogger(__name__)
ANSWER_LIFETIME = timedelta(hours=12)


class Notices:
    """`broker` None: notices go to the log."""

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
        self._delivered_state = ""
        """The payload that the broker was given last, and may have lost."""
        self.task = BackgroundTask("notices", self._deliver)

    async def begin(self) -> None:
        if self.broker:
            await self.task.begin()

    async def close(self) -> None:
        await self.task.close()

    def event_fields(self) -> dict[str, str]:
        """`event_id` and `at` of a new notice."""
        return {"event_id": secrets.token_hex(8), "at": self._clock().isoformat(timespec="seconds")}

    async def publish(self, topic: str, notice: BaseModel, retain: bool = False) -> None:
        """Store it in the outbox and return; it is sent as soon as the broker is connected, also after a restart."""
        if self.broker is None:
            log.info("notice", extra={"topic": topic, "notice": notice.model_dump(exclude={"nonce"})})
            return
        await self._outbox.add(topic, notice.model_dump_json(), retain, self._clock())
        self.task.wake()

    async def publish_state(self, state: StateMessage) -> None:
        """Publish the values of the sensors in Home Assistant, and again whenever the device is announced."""
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

    async def announce_device(self) -> None:
        """Publish discovery, availability and state again; the broker's retained messages may have been lost."""
        if self.broker:
            await self.broker.publish(DISCOVERY_TOPIC, json.dumps(discovery_payload(self._public_url)), retain=True)
            await self.broker.publish(STATUS_TOPIC, "online", retain=True)
            if self._delivered_state:
                await self.broker.publish(STATE_TOPIC, self._delivered_state, retain=True)

    async def _deliver(self) -> None:
        """One by one and in order; what is not acknowledged yet stays in the outbox."""
        while self.broker and (pending := await self._outbox.pending()):
            for notice in pending:
                if not self._is_expired(notice):
                    await self.broker.publish(notice.topic, notice.payload, notice.retain)
                if notice.topic == STATE_TOPIC:
                    self._delivered_state = notice.payload
                await self._outbox.mark_delivered(notice.number)

    def _is_expired(self, notice: OutboxMessage) -> bool:
        """Whether it asks a phone for an answer whose time is over: the broker was away for longer than that."""
        if notice.topic != NOTIFY_TOPIC:
            return False
        expires = PhoneNotification.model_validate_json(notice.payload).expires
        return expires is not None and datetime.fromisoformat(expires) <= self._clock()
