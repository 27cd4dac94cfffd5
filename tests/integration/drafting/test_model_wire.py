"""The model's server as it really behaves and misbehaves, over a real socket (llmock, and apps of our own)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Delay, Fail, Match, StreamFault
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from automations.open.settings import load_settings
from generator.drafting.baseline import baseline_from
from generator.drafting.draft import Draft, Drafter
from generator.drafting.model.budget import Budget, Price
from generator.drafting.model.openai_model import OpenAIModel
from generator.drafting.model.outcomes import Outcome
from generator.drafting.privacy.home_names import common_words
from generator.drafting.setup import ModelSettings, drafter_from
from schemas.patterns import Pattern
from tests.builders.habits import DARK_HABIT, HOME, MONDAY, answer, habit, no_problems, replaying
from tests.builders.serving import serving

KEY = "sk-test-0123456789"
MANY = [habit("light.keuken", habit_id=str(n), weekdays=frozenset({n})) for n in range(6)]


@pytest.fixture
async def drafter(llmock: LLMock) -> AsyncIterator[Drafter]:
    made = drafter_at(llmock.base_url())
    yield made
    await made.close()


def drafter_at(base_url: str, seconds_each: float = 10.0, key: str | None = KEY) -> Drafter:
    spending = Budget(200_000, 1.0, Price(0.15, 0.6))
    model = OpenAIModel("gpt-4o-mini", key, base_url, spending, first_wait=0.05)
    return Drafter(model, seconds_each=seconds_each)


async def drafted(drafter: Drafter, pattern: Pattern = DARK_HABIT) -> Draft:
    [draft] = await drafter.draft_all([pattern], HOME, no_problems, replaying())
    return draft


async def test_a_conforming_answer_is_taken_with_its_receipt(llmock: LLMock, drafter: Drafter) -> None:
    llmock.reply(answer())

    draft = await drafted(drafter)

    assert draft.title == "Plafondlamp on at 06:42"
    assert draft.receipts is not None
    [exchange] = draft.receipts.exchanges
    assert json.loads(exchange.sent) == llmock.last_request.body
    assert exchange.received.startswith("data: ")
    assert exchange.received.rstrip().endswith("data: [DONE]")
    assert exchange.answer == answer()
    assert exchange.counted
    assert exchange.dollars == pytest.approx((exchange.tokens_in * 0.15 + exchange.tokens_out * 0.6) / 1e6)
    assert KEY not in exchange.sent + exchange.received


async def test_a_strict_schema_is_asked_for_and_followed(llmock: LLMock, drafter: Drafter) -> None:
    draft = await drafted(drafter)

    # llmock answers any schema with made-up values: the right shape and no sense, which our checks must see.
    assert (draft.drafted_by, draft.outcome) == ("baseline", Outcome.UNFIT)
    assert llmock.last_request.body["response_format"]["json_schema"]["strict"] is True


async def test_too_many_requests_are_waited_out(llmock: LLMock, drafter: Drafter) -> None:
    llmock.rate_limit(times=2, retry_after=0.2).reply(answer())

    draft = await drafted(drafter)

    assert draft.drafted_by == "model"
    assert draft.receipts is not None
    assert [exchange.outcome for exchange in draft.receipts.exchanges] == ["rate_limited", "rate_limited", "answered"]
    llmock.assert_resilient()


@pytest.mark.parametrize(
    "fault",
    [
        Fail(500),
        Fail(503, times=2),
        StreamFault("disconnect", after_chunks=2),
        StreamFault("truncate", after_chunks=2),
        StreamFault("malformed", after_chunks=2),
    ],
)
async def test_a_passing_fault_costs_nothing_but_a_retry(
    llmock: LLMock, drafter: Drafter, fault: Fail | StreamFault
) -> None:
    llmock.add(fault).reply(answer(), times=None)

    draft = await drafted(drafter)

    assert draft.drafted_by == "model"
    llmock.assert_resilient()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fail(401, times=None), Outcome.UNAUTHORIZED),
        (Fail(403, times=None), Outcome.UNAUTHORIZED),
        (Fail(404, times=None), Outcome.UNKNOWN_MODEL),
        (Fail(400, times=None), Outcome.REQUEST_REFUSED),
        (Fail(500, times=None), Outcome.SERVER_ERROR),
        (Fail(429, times=None, retry_after=0.01), Outcome.RATE_LIMITED),
        (Fail(429, times=None, retry_after=3600), Outcome.RATE_LIMITED),
        (Fail(429, times=None, code="insufficient_quota"), Outcome.NO_QUOTA),
        (StreamFault("disconnect", after_chunks=2, times=None), Outcome.BROKE_OFF),
        (StreamFault("truncate", after_chunks=2, times=None), Outcome.BROKE_OFF),
        (StreamFault("malformed", after_chunks=2, times=None), Outcome.BROKE_OFF),
    ],
)
async def test_a_lasting_fault_has_its_name_and_ours_goes_out(
    llmock: LLMock, drafter: Drafter, fault: Fail | StreamFault, outcome: Outcome
) -> None:
    llmock.add(fault)

    draft = await drafted(drafter)

    assert (draft.drafted_by, draft.outcome) == ("baseline", outcome)
    assert draft.config == baseline_from(DARK_HABIT, HOME)
    assert draft.why
    assert draft.receipts is not None


@pytest.mark.parametrize("fault", [Delay(1.0, times=None), StreamFault("stall", stall_seconds=1.0, times=None)])
async def test_a_server_that_hangs_is_left_in_time_and_on_record(llmock: LLMock, fault: Delay | StreamFault) -> None:
    llmock.add(fault)
    drafter = drafter_at(llmock.base_url(), seconds_each=0.3)

    draft = await drafted(drafter)
    await drafter.close()

    assert (draft.drafted_by, draft.outcome) == ("baseline", Outcome.TIMED_OUT)
    assert draft.receipts is not None
    assert draft.receipts.exchanges[0].outcome == "timed_out"
    assert "light_1" in draft.receipts.exchanges[0].sent


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("x" * 1_000_000, Outcome.TOO_LONG),
        ("Ich kann dir dabei leider nicht helfen.", Outcome.UNREADABLE),
        (answer(description="Schaltet light_1 ein, wenn es dunkel ist und der Tag beginnt."), Outcome.OTHER_LANGUAGE),
        ("   ", Outcome.EMPTY),
    ],
)
async def test_a_useless_answer_has_its_name(llmock: LLMock, drafter: Drafter, said: str, outcome: Outcome) -> None:
    llmock.reply(said, times=None)

    draft = await drafted(drafter)

    assert (draft.drafted_by, draft.outcome) == ("baseline", outcome)


async def test_a_server_without_structured_outputs_is_asked_for_less_and_that_is_remembered(
    llmock: LLMock, drafter: Drafter
) -> None:
    llmock.fail(400, message="'response_format' of type 'json_schema' is not supported").reply(answer(), times=None)

    first = await drafted(drafter)
    second = await drafted(drafter, habit("light.keuken", conditions=DARK_HABIT.conditions))

    formats = [request.body.get("response_format", {}).get("type") for request in llmock.requests]
    assert formats == ["json_schema", "json_object", "json_object"]
    assert (first.drafted_by, second.drafted_by) == ("model", "model")


async def test_a_server_that_ignores_the_format_is_told_the_shape_in_words(llmock: LLMock, drafter: Drafter) -> None:
    llmock.reply("Sure! The lamp could go on at dusk.").reply("Here it is:\n```json\n" + answer() + "\n```")

    draft = await drafted(drafter)

    assert draft.drafted_by == "model"
    assert "JSON Schema" in llmock.last_request.body["messages"][0]["content"]


async def test_three_questions_are_out_at_most(llmock: LLMock, drafter: Drafter) -> None:
    llmock.add(Delay(0.1, times=None)).reply(answer(), times=None)

    await drafter.draft_all(MANY, HOME, no_problems, replaying())

    begun = sorted((request.started_at, 1) for request in llmock.requests)
    ended = sorted((request.ended_at, -1) for request in llmock.requests)
    out = most = 0
    for _, step in sorted(begun + ended):
        out += step
        most = max(most, out)
    assert len(llmock.requests) >= 6
    assert most <= 3


async def test_the_nights_tokens_end_the_asking(llmock: LLMock, tmp_path: Path) -> None:
    llmock.reply(answer(), times=None)
    environ = {
        "LLM": "on",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": llmock.base_url(),
        "LLM_NIGHTLY_TOKENS": "4000",
        "DATA_DIR": str(tmp_path),
    }
    drafter = drafter_from(ModelSettings.from_settings(load_settings(environ, None)), MONDAY, HOME.tzinfo)

    drafts = await drafter.draft_all(MANY, HOME, no_problems, replaying())
    await drafter.close()

    assert {draft.outcome for draft in drafts} >= {Outcome.TOKEN_CAP}
    assert 1 <= len(llmock.requests) < len(MANY)
    assert any("LLM_NIGHTLY_TOKENS" in note for note in drafter.notes)


async def test_a_night_in_los_angeles_spends_its_budget_once(llmock: LLMock, tmp_path: Path) -> None:
    llmock.reply(answer(), times=None)
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": llmock.base_url(), "DATA_DIR": str(tmp_path)}
    settings = ModelSettings.from_settings(load_settings(environ | {"LLM_NIGHTLY_TOKENS": "4000"}, None))
    zone = ZoneInfo("America/Los_Angeles")

    for hour in (3, 6):  # 11 and 14 o'clock UTC
        drafter = drafter_from(settings, datetime(2026, 3, 3, hour, tzinfo=zone).astimezone(UTC), zone)
        await drafter.draft_all(MANY, HOME, no_problems, replaying())
        await drafter.close()

    [night] = (tmp_path / "model").glob("*.jsonl")
    spent = [json.loads(line)["tokens"] for line in night.read_text().splitlines()]
    assert night.stem == "2026-03-02"
    assert 0 < sum(spent) <= 4000


async def test_switched_off_nothing_is_sent_whatever_is_set(llmock: LLMock, tmp_path: Path) -> None:
    environ = {"LLM": "off", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": llmock.base_url(), "DATA_DIR": str(tmp_path)}
    drafter = drafter_from(ModelSettings.from_settings(load_settings(environ, None)), MONDAY, HOME.tzinfo)

    draft = await drafted(drafter)

    assert draft.outcome is Outcome.SWITCHED_OFF
    assert llmock.requests == []


async def test_the_same_night_twice_asks_once(llmock: LLMock, tmp_path: Path) -> None:
    llmock.reply(answer(), times=None)
    environ = {"LLM": "on", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": llmock.base_url(), "DATA_DIR": str(tmp_path)}

    drafts = []
    for _ in range(2):
        drafter = drafter_from(ModelSettings.from_settings(load_settings(environ, None)), MONDAY, HOME.tzinfo)
        drafts.append(await drafted(drafter))
        await drafter.close()

    assert drafts[0] == drafts[1]
    assert len(llmock.requests) == 1


async def test_every_request_of_a_night_is_free_of_the_homes_names(llmock: LLMock, drafter: Drafter) -> None:
    """Searched as sent: for every name and identifier, whole, split, lower-cased and slugged."""
    llmock.fail(400).reply("no").reply(answer(alias="light_7"), times=None)
    night = [DARK_HABIT, *MANY, habit("media_player.speaker_emma", "media_player.play_media")]

    await drafter.draft_all(night, HOME, no_problems, replaying())
    await drafter.redraft(baseline_from(DARK_HABIT, HOME), "10 minutes later", HOME, no_problems)

    wire = "\n".join(json.dumps(request.body, ensure_ascii=False) for request in llmock.requests).lower()
    words = set(re.findall(r"[^\W_]+", wire))
    names = {text for area in HOME.areas for text in (area.area_id, area.name)} | {"52.3702", "4.8952", HOME.timezone}
    names |= {text for e in HOME.entities for text in (e.entity_id, e.name or "", e.device_id or "") if text}
    assert len(llmock.requests) > 8
    for name in names:
        slug = re.sub(r"\W+", "_", name.lower()).strip("_")
        pieces = {piece for piece in re.split(r"[\W_]+", name.lower()) if len(piece) > 1 and not piece.isdigit()}
        assert name.lower() not in wire
        assert slug not in wire
        assert not (pieces - common_words()) & words


def refusing(field: str) -> Starlette:
    """A server that knows no `field` and answers without streaming."""

    async def complete(request: Request) -> Response:
        body = await request.json()
        if field in body:
            return JSONResponse({"error": {"message": f"Unsupported parameter: '{field}'", "param": field}}, 400)
        message: dict[str, Any] = {"role": "assistant", "content": answer()}
        return JSONResponse({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    return Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])


@pytest.mark.parametrize("field", ["max_tokens", "stream_options", "temperature", "response_format"])
async def test_a_server_that_lacks_a_field_is_asked_without_it(field: str) -> None:
    with serving(refusing(field)) as address:
        drafter = drafter_at(f"{address}/v1", key=None)

        draft = await drafted(drafter)
        await drafter.close()

    assert draft.drafted_by == "model"
    assert draft.receipts is not None
    outcomes = [exchange.outcome for exchange in draft.receipts.exchanges]
    assert (outcomes[0], outcomes[-1]) == ("request_refused", "answered")
    assert not draft.receipts.exchanges[-1].counted


async def html(_request: Request) -> Response:
    return HTMLResponse("<html><title>Router login</title></html>")


async def elsewhere(_request: Request) -> Response:
    return RedirectResponse("http://192.0.2.1/v1/chat/completions", 307)


@pytest.mark.parametrize("answers", [html, elsewhere])
async def test_an_address_that_is_no_model_server_is_named(answers: Any) -> None:
    with serving(Starlette(routes=[Route("/{path:path}", answers, methods=["POST"])])) as address:
        drafter = drafter_at(f"{address}/v1")

        draft = await drafted(drafter)
        await drafter.close()

    assert (draft.drafted_by, draft.outcome) == ("baseline", Outcome.NOT_A_MODEL_SERVER)
    assert "OPENAI_BASE_URL" in draft.why


async def test_where_nobody_listens_nothing_has_left_the_house() -> None:
    drafter = drafter_at("http://127.0.0.1:9/v1")

    draft = await drafted(drafter)
    await drafter.close()

    assert (draft.outcome, draft.receipts) == (Outcome.UNREACHABLE, None)


async def test_the_request_tells_nothing_of_this_machine() -> None:
    headers: dict[str, str] = {}

    async def listen(request: Request) -> Response:
        headers.update(request.headers)
        return JSONResponse({"choices": [{"message": {"content": answer()}, "finish_reason": "stop"}]})

    with serving(Starlette(routes=[Route("/v1/chat/completions", listen, methods=["POST"])])) as address:
        drafter = drafter_at(f"{address}/v1")
        await drafted(drafter)
        await drafter.close()

    assert headers["user-agent"] == "Nightshift"
    assert not {name for name in headers if re.match("x-stainless-(os|arch|lang|runtime|package)", name)}


async def test_a_slow_first_token_is_waited_for(llmock: LLMock, drafter: Drafter) -> None:
    llmock.slow_first_token(0.3).reply(answer())

    assert (await drafted(drafter)).drafted_by == "model"


async def test_a_redraft_is_asked_over_the_wire(llmock: LLMock, drafter: Drafter) -> None:
    llmock.reply(answer(shift_minutes=20, understood=True, why="Moved it."))

    made = await drafter.redraft(baseline_from(DARK_HABIT, HOME), "when the Plafondlamp is warm", HOME, no_problems)

    assert made.config["triggers"] == [{"trigger": "time", "at": "07:02:00"}]
    assert "when the light_1 is warm" in llmock.last_request.body["messages"][1]["content"]


def test_llmock_matches_streamed_requests_only() -> None:
    """Its stream faults would pass us by if we did not stream; this test says so when that changes."""
    assert StreamFault("truncate").match == Match(stream=True)
