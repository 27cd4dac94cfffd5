"""Whatever comes in from outside is taken or refused, and never breaks the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reviewer_api.diary import open_diary
from reviewer_api.notify.broker import Message
from reviewer_api.notify.inbox import Inbox, PhoneDecision
from reviewer_api.notify.notices import Notices
from tests.builders.service import Service, running

HEADERS = ("authorization", "cookie", "origin", "x-csrf-token", "x-forwarded-for", "x-ingress-path", "x-remote-user-id")
header_text = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3)
)
answers = st.builds(
    lambda nonce, answer: f'{{"nonce": "{nonce}", "answer": "{answer}"}}'.encode(),
    st.text(st.characters(categories=["L", "N"]), max_size=40),
    st.sampled_from(["approve", "decline", "APPROVE", ""]),
)
payloads = st.binary(max_size=200) | json_like.map(str).map(str.encode) | answers
topics = st.sampled_from(["ha-ai/responses/a", "ha-ai/commands/analyse", "homeassistant/status", "ha-ai/responses/"])
many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path, INGRESS_ADDRESS="172.30.32.2", SIGN_IN_RATE_LIMIT="100000/minute") as made:
        yield made


@many
@example(headers={}, path="..")
@example(headers={}, path="./..")
@given(headers=st.dictionaries(st.sampled_from(HEADERS), header_text, max_size=4), path=st.text(max_size=30))
async def test_no_header_and_no_path_lets_a_stranger_in(service: Service, headers: dict[str, str], path: str) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}

    answer = await service.client.get(httpx.URL(f"http://ns/api/{quote(path, safe='/')}"), headers=raw)

    assert answer.status_code in (200, 401)
    # Dots lead out of the API, to the page, or to its very root.
    assert (answer.status_code == 401) == f"{answer.request.url.path}/".startswith("/api/")


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[tuple[Inbox, list[PhoneDecision]]]:
    diary = await open_diary(tmp_path / "diary.sqlite")
    taken: list[PhoneDecision] = []

    async def take(answered: PhoneDecision) -> None:
        taken.append(answered)

    async def start_night() -> None:
        return

    notices = Notices(diary.outbox, diary.one_time_tokens, None, None, lambda: datetime.now(UTC))
    yield Inbox(notices, diary.one_time_tokens, start_night, take, lambda: datetime.now(UTC)), taken
    await diary.close()


@many
@given(topic=topics, payload=payloads, retained=st.booleans())
async def test_no_message_that_we_did_not_ask_for_decides_anything(
    inbox: tuple[Inbox, list[PhoneDecision]], topic: str, payload: bytes, retained: bool
) -> None:
    ours, taken = inbox

    await ours.handle(Message(topic, payload, retained))

    assert taken == []
