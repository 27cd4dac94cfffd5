"""Notices over a real Mosquitto: delivered once, also after it was away, and answered only by who was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reviewer_api.diary import Diary, open_diary
from reviewer_api.notify.discovery import DISCOVERY_TOPIC
from reviewer_api.notify.inbox import PhoneDecision
from reviewer_api.notify.notices import ANSWER_LIFETIME, Notices
from schemas.errors import StaleError
from schemas.mqtt_messages import (
    ANALYSE_TOPIC,
    NOTIFY_TOPIC,
    RESPONSE_TOPIC,
    STATE_TOPIC,
    STATUS_TOPIC,
    SUGGESTION_TOPIC,
    StateMessage,
    SuggestionMessage,
)
from tests.builders.listening import Listener, listening, notices
from tests.builders.mosquitto import Mosquitto
from tests.builders.waiting import until

CREATED = SUGGESTION_TOPIC.format(event="created")


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    opened = await open_diary(tmp_path / "diary.sqlite")
    yield opened
    await opened.close()


async def empty(diary: Diary) -> None:
    async with asyncio.timeout(20):
        while await diary.outbox.count():
            await asyncio.sleep(0.02)


def suggestion(notices: Notices, habit_id: str) -> SuggestionMessage:
    return SuggestionMessage(
        **notices.event_fields(),
        habit_id=habit_id,
        title="Kitchen light on at 06:42",
        state="open",
        area="Kitchen",
        url=None,
    )


async def test_a_new_suggestion_is_published(diary: Diary, broker: Mosquitto) -> None:
    async with listening(broker.port) as listener, notices(diary, broker.port) as ours:
        await ours.publish(CREATED, suggestion(ours, "abc123"))
        await until(lambda: listener.payloads(CREATED))

    assert [told["habit_id"] for told in listener.payloads(CREATED)] == ["abc123"]


async def test_notices_made_while_the_broker_is_away_arrive_once_and_in_order(diary: Diary, broker: Mosquitto) -> None:
    broker.stop()
    async with notices(diary, broker.port) as ours:
        for number in range(30):
            await ours.publish(CREATED, suggestion(ours, f"h{number}"))
        broker.start()
        async with listening(broker.port) as listener:
            await empty(diary)
            await until(lambda: len(listener.payloads(CREATED)) >= 30)

    told = [notice["habit_id"] for notice in listener.payloads(CREATED)]
    assert told == [f"h{number}" for number in range(30)]


async def test_a_broker_killed_in_the_middle_loses_nothing(diary: Diary, broker: Mosquitto) -> None:
    async with notices(diary, broker.port) as ours:
        await until(lambda: ours.broker and ours.broker.connected)
        broker.kill()
        for number in range(10):
            await ours.publish(CREATED, suggestion(ours, f"h{number}"))
        broker.start()
        async with listening(broker.port) as listener:
            await empty(diary)
            await until(lambda: len(listener.payloads(CREATED)) >= 10)

    assert [notice["habit_id"] for notice in listener.payloads(CREATED)] == [f"h{number}" for number in range(10)]


async def test_notices_outlive_a_restart_of_the_service(diary: Diary, broker: Mosquitto) -> None:
    broker.stop()
    async with notices(diary, broker.port) as before:
        await before.publish(CREATED, suggestion(before, "abc123"))

    broker.start()
    async with listening(broker.port) as listener, notices(diary, broker.port):
        await until(lambda: listener.payloads(CREATED))
        await empty(diary)

    assert len(listener.payloads(CREATED)) == 1


async def test_a_question_that_nobody_could_answer_any_more_is_not_asked(diary: Diary, broker: Mosquitto) -> None:
    broker.stop()
    async with notices(diary, broker.port, ahead=-2 * ANSWER_LIFETIME) as yesterday:
        await yesterday.ask_phone("abc123", "Kitchen light", "At 06:42 on weekdays", seen="{}")
        await yesterday.publish(CREATED, suggestion(yesterday, "abc123"))

    broker.start()
    async with listening(broker.port) as listener, notices(diary, broker.port):
        await until(lambda: listener.payloads(CREATED))
        await empty(diary)

    assert listener.payloads(NOTIFY_TOPIC) == []


async def test_the_home_learns_of_the_device_again_whenever_it_starts(diary: Diary, broker: Mosquitto) -> None:
    async with listening(broker.port) as listener, notices(diary, broker.port):
        await until(lambda: listener.payloads(DISCOVERY_TOPIC))
        listener.client.publish("homeassistant/status", "online", qos=1)
        await until(lambda: len(listener.payloads(DISCOVERY_TOPIC)) == 2)

    components = listener.payloads(DISCOVERY_TOPIC)[0]["components"]
    assert set(components) == {"open_suggestions", "problems", "last_analysis", "analyse_now"}


async def test_the_last_word_says_that_we_are_gone(diary: Diary, broker: Mosquitto) -> None:
    async with listening(broker.port) as listener:
        async with notices(diary, broker.port):
            await until(lambda: "online" in listener.texts(STATUS_TOPIC))
        await until(lambda: "offline" in listener.texts(STATUS_TOPIC))

    assert listener.texts(STATUS_TOPIC) == ["online", "offline"]


async def test_the_state_is_kept_for_those_who_come_later(diary: Diary, broker: Mosquitto) -> None:
    state = StateMessage(open_suggestions=3, problems=0, last_analysis="2026-11-23T03:00:00Z")

    async with notices(diary, broker.port) as ours:
        await ours.publish_state(state)
        await empty(diary)
        async with listening(broker.port) as late:
            await until(lambda: late.payloads(STATE_TOPIC))

    # The announcement of the device may tell it once more to whoever listens by then.
    first = next(message for message in late.heard if message.topic == STATE_TOPIC)
    assert first.retain
    assert [payload for payload in late.payloads(STATE_TOPIC) if payload != state.model_dump()] == []


async def test_a_state_that_the_broker_lost_is_there_again_when_the_home_starts(
    diary: Diary, broker: Mosquitto
) -> None:
    state = StateMessage(open_suggestions=3, problems=0, last_analysis=None)

    async with listening(broker.port) as listener, notices(diary, broker.port) as ours:
        await ours.publish_state(state)
        await empty(diary)
        await until(lambda: listener.payloads(STATE_TOPIC))
        listener.client.publish(STATE_TOPIC, b"", qos=1, retain=True).wait_for_publish(5)
        listener.client.publish("homeassistant/status", "online", qos=1)
        await until(lambda: listener.texts(STATE_TOPIC)[-1:] != [""] and "" in listener.texts(STATE_TOPIC))

    texts = listener.texts(STATE_TOPIC)
    assert set(texts[texts.index("") + 1 :]) == {state.model_dump_json()}


async def test_the_button_starts_an_analysis(diary: Diary, broker: Mosquitto) -> None:
    pressed: list[bool] = []

    async def analyse() -> None:
        pressed.append(True)

    async with listening(broker.port) as listener, notices(diary, broker.port, start_night=analyse):
        await until(lambda: "online" in listener.texts(STATUS_TOPIC))
        listener.say(ANALYSE_TOPIC, "PRESS")
        await until(lambda: pressed)

    assert pressed == [True]


@dataclass
class Phone:
    """A phone that was asked about one suggestion, and what became of its answers."""

    ours: Notices
    listener: Listener
    nonce: str
    taken: list[PhoneDecision]

    async def answer(self, nonce: str | None = None, habit_id: str = "abc123", **more: Any) -> None:
        """Answer, and wait until the answer was read: a message behind it has been answered too."""
        answer = {"nonce": nonce or self.nonce, "answer": "approve", "device": "Ada's phone", **more}
        self.listener.say(RESPONSE_TOPIC.format(habit_id=habit_id), answer)
        before = len(self.listener.payloads(DISCOVERY_TOPIC))
        self.listener.client.publish("homeassistant/status", "online", qos=1)
        await until(lambda: len(self.listener.payloads(DISCOVERY_TOPIC)) > before)


@asynccontextmanager
async def asked_phone(
    diary: Diary, port: int, then: Callable[[PhoneDecision], Awaitable[None]] | None = None
) -> AsyncIterator[Phone]:
    taken: list[PhoneDecision] = []

    async def take(answered: PhoneDecision) -> None:
        taken.append(answered)
        if then:
            await then(answered)

    async with listening(port) as listener, notices(diary, port, carry_out=take) as ours:
        await ours.ask_phone("abc123", "Kitchen light", "At 06:42 on weekdays", seen='{"proposed_blob": "b10b"}')
        await until(lambda: listener.payloads(NOTIFY_TOPIC))
        yield Phone(ours, listener, listener.payloads(NOTIFY_TOPIC)[0]["nonce"], taken)


async def test_a_phone_answers_for_exactly_what_it_was_shown(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone:
        await phone.answer()

    assert phone.taken == [PhoneDecision("abc123", '{"proposed_blob": "b10b"}', True, "phone: Ada's phone")]


async def test_a_replayed_answer_is_not_taken(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone:
        await phone.answer()
        await phone.answer()

    assert len(phone.taken) == 1


async def test_a_foreign_answer_is_not_taken(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone:
        await phone.answer(nonce="a-nonce-that-we-never-made")
        await phone.answer(answer="delete everything")
        await phone.answer(habit_id="another")

    assert phone.taken == []


async def test_a_late_answer_is_not_taken(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone:
        late = await diary.one_time_tokens.issue(
            "phone",
            "",
            json.dumps({"habit_id": "abc123", "seen": ""}),
            datetime.now(UTC) - ANSWER_LIFETIME,
            timedelta(0),
        )
        await phone.answer(nonce=late)

    assert phone.taken == []


async def test_the_question_to_the_phone_is_on_no_retained_topic(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone, listening(broker.port) as late:
        await until(lambda: late.texts(STATUS_TOPIC))
        seen_later = [message.payload for message in late.heard]

    assert not any(phone.nonce.encode() in payload for payload in seen_later)


async def test_what_needs_a_second_yes_opens_the_page_instead(diary: Diary, broker: Mosquitto) -> None:
    async with listening(broker.port) as listener, notices(diary, broker.port) as ours:
        await ours.ask_phone("abc123", "Front door", "Unlock at 18:00", seen=None)
        await until(lambda: listener.payloads(NOTIFY_TOPIC))

    (question,) = listener.payloads(NOTIFY_TOPIC)
    assert (question["nonce"], question["url"]) == (None, "http://home:3002/suggestions/abc123")


async def test_an_answer_that_cannot_be_followed_is_told_to_the_phone(diary: Diary, broker: Mosquitto) -> None:
    async def moved(_: PhoneDecision) -> None:
        raise StaleError("The suggestion has changed since it was shown; look again.")

    async with asked_phone(diary, broker.port, moved) as phone:
        await phone.answer()
        await until(lambda: len(phone.listener.payloads(NOTIFY_TOPIC)) == 2)

    assert "changed since" in phone.listener.payloads(NOTIFY_TOPIC)[1]["message"]


async def test_a_message_that_is_no_answer_at_all_does_no_harm(diary: Diary, broker: Mosquitto) -> None:
    async with asked_phone(diary, broker.port) as phone:
        for junk in (b"", b"\xff\xfe", b"[]", b"{" * 10_000, b"null", b'{"nonce": 5}'):
            phone.listener.client.publish("ha-ai/responses/abc123", junk, qos=1)
        await phone.answer()

    assert len(phone.taken) == 1
