"""What the home says over MQTT: its birth, the button that starts a night, and a phone's answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from reviewer_api.diary.one_time_tokens import PHONE, OneTimeTokens
from reviewer_api.notify.broker import Message
from reviewer_api.notify.discovery import BIRTH_TOPIC
from reviewer_api.notify.notices import Notices
from schemas.errors import NightshiftError
from schemas.mqtt_messages import ANALYSE_TOPIC, RESPONSE_TOPIC, RESPONSE_TOPICS, PhoneResponse

log = logging.getLogger(__name__)
TOPICS = (BIRTH_TOPIC, ANALYSE_TOPIC, RESPONSE_TOPICS)


@dataclass(frozen=True)
class PhoneDecision:
    """What a phone answered to a question of ours; `seen` is what was shown when it was asked, as JSON."""

    habit_id: str
    seen: str
    approve: bool
    author: str


class Inbox:
    """Does what is asked: `start_night` begins an analysis, `carry_out` what a phone decided."""

    def __init__(
        self,
        notices: Notices,
        one_time_tokens: OneTimeTokens,
        start_night: Callable[[], Awaitable[object]],
        carry_out: Callable[[PhoneDecision], Awaitable[object]],
        clock: Callable[[], datetime],
    ) -> None:
        self._notices, self._one_time_tokens, self._clock = notices, one_time_tokens, clock
        self._start_night, self._carry_out = start_night, carry_out

    async def begin(self) -> None:
        if self._notices.broker:
            await self._notices.broker.begin(self._notices.announce_device, self.handle)

    async def close(self) -> None:
        if self._notices.broker:
            await self._notices.broker.close()

    async def handle(self, message: Message) -> None:
        """Handle one message of the subscribed topics; an answer to no question of ours does nothing."""
        if message.topic == BIRTH_TOPIC and message.payload == b"online":
            await self._notices.announce_device()
        elif message.topic == ANALYSE_TOPIC and not message.retained:
            with suppress(NightshiftError):
                await self._start_night()
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
        if message.topic != RESPONSE_TOPIC.format(habit_id=question.get("habit_id")):
            log.warning("an answer by MQTT is late, repeated or not ours", extra={"topic": message.topic})
            return
        author = f"phone: {answer.device}" if answer.device else "phone"
        decision = PhoneDecision(question["habit_id"], question["seen"], answer.answer == "approve", author)
        try:
            await self._carry_out(decision)
        except NightshiftError as error:
            await self._notices.notify_phone("Nightshift could not do that", str(error))
