"""Whatever comes in from outside is taken or refused, and never breaks the service."""

from __future__ import annotations

import json
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
from tests.builders.lamps import habit_id, repository_in, suggest, write_home_file
from tests.builders.requests import ApiRequest, api_requests, texts
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
async def signed_in(tmp_path: Path) -> AsyncIterator[Service]:
    suggest(repository_in(tmp_path), 0)
    home_file = str(write_home_file(tmp_path / "home.json", 2))
    async with running(tmp_path, HOME_FILE=home_file, RATE_LIMIT="100000/minute") as made:
        await made.sign_in()
        yield made


@settings(many, max_examples=300)
@given(request=api_requests(), kind=st.sampled_from(["application/json", "text/plain", ""]))
async def test_no_parameter_and_no_body_is_more_than_refused(
    signed_in: Service, request: ApiRequest, kind: str
) -> None:
    body = json.dumps(request.body).encode() if request.body is not None else None

    answer = await signed_in.client.request(request.method, request.path, content=body, headers={"content-type": kind})

    assert answer.status_code < 500
    assert answer.status_code < 400 or answer.json()["detail"]


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("9999-12-31T23:59:59-12:00", "is no date"),
        ("9999-06-01", "too far away"),
        ("0001-01-01T00:00:00+14:00", "is no date"),
        ("\ud800", "lone surrogate"),
    ],
)
async def test_a_date_that_no_calendar_shows_is_refused_in_a_sentence(
    signed_in: Service, until: str, words: str
) -> None:
    body = json.dumps({"until": until}).encode()

    answer = await signed_in.client.post(
        f"/api/suggestions/{habit_id(0)}/snooze", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 422
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
@pytest.mark.parametrize("page", ["automations/{}", "automations/{}/rollback", "suggestions/{}", "runs/{}"])
async def test_a_name_that_nothing_can_have_is_answered_with_a_sentence(
    signed_in: Service, page: str, name: str
) -> None:
    answer = await signed_in.client.get(f"/api/{page.format(quote(name))}")

    assert 400 <= answer.status_code < 500
    assert len(answer.json()["detail"]) > 20


@many
@given(path=texts)
async def test_no_address_of_the_page_or_the_repository_is_more_than_refused(signed_in: Service, path: str) -> None:
    quoted = quote(path.encode("utf-8", "surrogatepass"), safe="/")

    answers = [await signed_in.client.get(f"{prefix}/{quoted}") for prefix in ("", "/assets", "/git/automations.git")]

    assert all(answer.status_code < 500 for answer in answers)


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
