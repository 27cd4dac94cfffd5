"""How a server is asked: what it takes, how its answer is read, and when it is given up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from automations.open.settings import load_settings
from generator.drafting.compare_drafts import is_worse, threat_score
from generator.drafting.draft import Drafter
from generator.drafting.model.circuit_breaker import CircuitBreaker
from generator.drafting.model.model import Reply
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.model.prompt import draft_question
from generator.drafting.model.server_capabilities import ServerCapabilities
from generator.drafting.model.stream_parser import StreamParser
from generator.drafting.setup import ModelSettings, drafter_from, why_no_model
from tests.builders.habits import (
    HOME,
    MONDAY,
    ScriptedModel,
    answer,
    backtest,
    habit,
    no_problems,
    replaying,
)

QUESTION = draft_question({}, {}, {}, "de")


def test_a_server_is_first_asked_with_a_strict_schema() -> None:
    body = ServerCapabilities().body(QUESTION, "m")

    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["messages"][0]["content"] == QUESTION.instructions


def test_a_server_that_takes_no_schema_is_told_it_in_words() -> None:
    body = ServerCapabilities("text").body(QUESTION, "m")

    assert "response_format" not in body
    assert '"leave_out"' in body["messages"][0]["content"]


async def test_a_question_stays_under_fifteen_hundred_tokens() -> None:
    model = ScriptedModel([answer()])
    busy = [habit(name, service, habit_id=name) for name, service in (
        ("light.zolder_plafond", "light.turn_on"), ("fan.zolder", "fan.turn_on"),
        ("media_player.speaker_emma", "media_player.media_play"),
    )]  # fmt: skip

    await Drafter(model).draft_all(busy, HOME, no_problems, replaying())

    body = ServerCapabilities().body(model.asked[0], "gpt-4o-mini")
    text = json.dumps([body["messages"], body["response_format"]], separators=(",", ":"), ensure_ascii=False)
    assert len(text.encode()) / 3.5 < 1500  # 3.9 bytes a token were measured
    assert len(answer().encode()) / 3.5 < 400


def test_the_instructions_stand_first_and_are_the_same_for_every_habit() -> None:
    other = draft_question({"mode": "single"}, {}, {}, "en")

    assert (
        ServerCapabilities().body(other, "m")["messages"][0] == ServerCapabilities().body(QUESTION, "m")["messages"][0]
    )


@pytest.mark.parametrize(
    ("refusal", "missing"),
    [("Unknown field stream_options", "stream_options"), ("temperature must be 1", "temperature")],
)
def test_a_field_that_is_refused_by_name_is_left_out(refusal: str, missing: str) -> None:
    dialect = ServerCapabilities().after_refusal(refusal)

    assert dialect is not None
    assert missing not in dialect.body(QUESTION, "m")
    assert dialect.format == "json_schema"


def test_a_model_that_wants_the_new_token_limit_gets_it() -> None:
    dialect = ServerCapabilities().after_refusal(
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    )

    assert dialect is not None
    assert "max_completion_tokens" in dialect.body(QUESTION, "m")
    assert "max_tokens" not in dialect.body(QUESTION, "m")


def test_other_refusals_step_down_to_plain_text_and_then_end() -> None:
    formats = []
    dialect: ServerCapabilities | None = ServerCapabilities()
    while dialect is not None:
        formats.append(dialect.format)
        dialect = dialect.after_refusal("no")

    assert formats == ["json_schema", "json_object", "text"]


async def body_of(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def chunk(text: str, finish: str = "null") -> bytes:
    return b'data: {"choices":[{"delta":{"content":"%s"},"finish_reason":%s}]}\n\n' % (text.encode(), finish.encode())


async def test_pieces_add_up_however_the_bytes_are_cut() -> None:
    body = chunk("Gute ") + chunk("Nächte", '"stop"') + b"data: [DONE]\n\n"

    for size in (1, 7, 1000):
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        assert await StreamParser().parse(body_of(*parts)) == Reply("Gute Nächte")


async def test_every_byte_is_kept() -> None:
    reading = StreamParser()
    body = b": comment\n\n" + chunk("a", '"stop"')

    await reading.parse(body_of(body))

    assert bytes(reading.raw) == body


async def test_a_server_that_does_not_stream_is_read_too() -> None:
    body = b"""{
        "choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1}
    }"""
    reading = StreamParser()

    assert await reading.parse(body_of(body)) == Reply("hi")
    assert reading.usage is not None
    assert reading.usage.prompt_tokens == 5


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", Outcome.BROKE_OFF),
        (chunk("a"), Outcome.BROKE_OFF),
        (chunk("a") + b"data: {oops\n\n", Outcome.BROKE_OFF),
        (b'data: {"choices": 5}\n\n', Outcome.BROKE_OFF),
        (b'data: {"error": {"message": "overloaded"}}\n\n', Outcome.SERVER_ERROR),
        (b"<html><body>Sign in</body></html>", Outcome.NOT_A_MODEL_SERVER),
        (chunk("a" * 20_000), Outcome.TOO_LONG),
        (b"x" * 600_000, Outcome.TOO_LONG),
    ],
)
async def test_a_broken_body_has_its_name(body: bytes, outcome: Outcome) -> None:
    with pytest.raises(ModelFailed) as failed:
        await StreamParser().parse(body_of(body))

    assert failed.value.outcome is outcome


@pytest.mark.parametrize(
    ("finish", "ended"), [('"stop"', "stop"), ('"length"', "length"), ('"content_filter"', "refused")]
)
async def test_how_an_answer_ended_is_told(finish: str, ended: str) -> None:
    assert (await StreamParser().parse(body_of(chunk("a", finish)))).ended == ended


async def test_a_refusal_is_told_as_one() -> None:
    body = b'data: {"choices":[{"delta":{"refusal":"I cannot"},"finish_reason":"stop"}]}\n\n'

    assert await StreamParser().parse(body_of(body)) == Reply("I cannot", "refused")


def failure(outcome: Outcome, retry_after: float | None = None) -> ModelFailed:
    return ModelFailed(outcome, "words", retry_after)


def test_a_server_that_answers_now_and_then_is_not_given_up() -> None:
    now = 0.0
    patience = CircuitBreaker(lambda: now)

    for moment in range(0, 600, 30):
        now = float(moment)
        patience.before_request()
        patience.record_failure(failure(Outcome.TIMED_OUT)) if moment % 60 else patience.record_success()

    assert patience.open_reason is None


def test_a_server_that_asks_for_an_hour_is_given_up() -> None:
    patience = CircuitBreaker(lambda: 0.0)
    patience.before_request()

    patience.record_failure(failure(Outcome.RATE_LIMITED, retry_after=3600))

    with pytest.raises(ModelFailed) as given_up:
        patience.before_request()
    assert given_up.value.outcome is Outcome.GIVEN_UP


def test_a_bad_answer_says_nothing_about_the_server() -> None:
    patience = CircuitBreaker(lambda: 0.0, seconds=0.0)
    patience.before_request()

    patience.record_failure(failure(Outcome.WORSE_BACKTEST))

    assert patience.open_reason is None


@pytest.mark.parametrize(
    ("environ", "outcome"),
    [
        ({"LLM": "off", "OPENAI_API_KEY": "k"}, Outcome.SWITCHED_OFF),
        ({"LLM": "on"}, Outcome.NO_KEY),
        ({"LLM": "auto"}, Outcome.SWITCHED_OFF),
        ({"LLM": "on", "OPENAI_API_KEY": "k"}, None),
        ({"LLM": "auto", "OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}, None),
    ],
)
def test_the_settings_say_whether_a_model_is_asked(environ: dict[str, str], outcome: Outcome | None) -> None:
    off = why_no_model(ModelSettings.from_settings(load_settings(environ, None)))

    assert (off.outcome if off else None) == outcome


@pytest.mark.parametrize(
    ("environ", "outcome", "named"),
    [
        ({"OPENAI_BASE_URL": "localhost:8080"}, Outcome.NOT_AN_ADDRESS, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://exa mple/v1"}, Outcome.NOT_AN_ADDRESS, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://ex\u2603.org/v1"}, Outcome.NOT_AN_ADDRESS, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:99999/v1"}, Outcome.NOT_AN_ADDRESS, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://[zz]/v1"}, Outcome.NOT_AN_ADDRESS, "OPENAI_BASE_URL"),
        (
            {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "schl\u00fcssel"},
            Outcome.UNAUTHORIZED,
            "OPENAI_API_KEY",
        ),
    ],
)
async def test_a_setting_that_cannot_be_right_is_named_and_nothing_is_lost(
    tmp_path: Path, environ: dict[str, str], outcome: Outcome, named: str
) -> None:
    settings = ModelSettings.from_settings(load_settings(environ | {"LLM": "on", "DATA_DIR": str(tmp_path)}, None))
    drafter = drafter_from(settings, MONDAY, HOME.tzinfo)

    [draft] = await drafter.draft_all([habit()], HOME, no_problems, replaying())
    await drafter.close()

    assert (draft.drafted_by, draft.outcome, draft.receipts) == ("baseline", outcome, None)
    assert named in draft.why


@pytest.mark.parametrize(
    ("version", "ours", "worse"),
    [
        ({}, {}, False),
        ({"matched": 19}, {}, True),
        ({"false": 0}, {}, False),
        ({"undone": 1}, {}, True),
        ({"matched": 18, "missed": 4}, {"false": 9}, False),
    ],
)
def test_a_version_is_worse_by_its_threat_score_or_by_what_people_undid(
    version: dict[str, Any], ours: dict[str, Any], worse: bool
) -> None:
    assert is_worse(backtest(**version), [backtest(**ours)]) is worse


def test_every_outcome_stands_in_the_docs() -> None:
    text = (Path(__file__).parents[3] / "docs" / "model.md").read_text(encoding="utf-8")

    assert [outcome.value for outcome in Outcome if f"`{outcome.value}`" not in text] == []


def test_the_threat_score_is_the_share_of_right_among_all_that_happened_or_should_have() -> None:
    assert threat_score([backtest(6, 1, 1), backtest(4, 4, 4)]) == pytest.approx(0.5)
    assert threat_score([backtest(0, 0, 0)]) is None


def test_a_night_without_a_model_does_not_pay_for_its_client() -> None:
    program = "import sys, generator.drafting.setup; sys.exit('openai' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
