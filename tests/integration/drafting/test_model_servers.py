"""Model servers as they are: what each shape becomes, what it costs, and that a note names the true cause."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from generator.drafting.draft import Draft, Drafter
from generator.drafting.model.budget import Budget, Price
from generator.drafting.model.openai_model import OpenAIModel
from generator.drafting.model.outcomes import Outcome
from tests.builders.habits import DARK_HABIT, HOME, habit, no_problems, replaying
from tests.builders.serving import serving
from tests.integration.drafting import model_servers
from tests.integration.drafting.model_servers import ModelServer

DOCS = Path(__file__).parents[3] / "docs" / "model.md"
SECOND_HABIT = habit("light.keuken", conditions=DARK_HABIT.conditions)
OTHER_HABITS = [habit("light.keuken", habit_id=str(day), weekdays=frozenset({day})) for day in range(4)]

TAKEN = [
    ("thinks_unseen", 2),
    ("needs_less_effort", 2),
    ("knows_no_effort", 2),
    ("thinks_aside", 2),
    ("thinks_in_content_field", 1),
    ("thinks_aloud", 1),
    ("thinks_aloud_without_beginning", 1),
    ("is_cut_while_thinking_aloud", 2),
    ("is_cut_after_thoughts", 2),
    ("talks_around_it", 1),
    ("sends_parts", 1),
    ("sends_odd_fields", 1),
    ("ends_without_a_word", 1),
    ("does_not_stream", 1),
    ("has_no_system_role", 1),
]
"""With how many answers are paid for the first suggestion."""
NOT_TAKEN = [
    ("never_stops_thinking", Outcome.NO_ROOM, "4000 tokens with nothing said: it was still thinking", 2),
    ("is_cut_and_says_nothing", Outcome.NO_ROOM, "most likely it was still thinking", 2),
    ("says_nothing", Outcome.EMPTY, "ended its answer without saying anything", 2),
    ("babbles", Outcome.TOO_LONG, "cut off at its length limit", 2),
    ("answers_something_else", Outcome.NOT_A_MODEL_SERVER, "OPENAI_BASE_URL", 1),
    ("fails_in_its_answer", Outcome.SERVER_ERROR, "requires more system memory", 3),
]


@asynccontextmanager
async def drafter_of(server: ModelServer) -> AsyncIterator[Drafter]:
    with serving(server.app) as address:
        model = OpenAIModel("m", "k", f"{address}/v1", Budget(10**6, 10.0, Price(1, 1)), first_wait=0.01)
        drafter = Drafter(model)
        yield drafter
        await drafter.close()


async def drafted(drafter: Drafter) -> Draft:
    [draft] = await drafter.draft_all([DARK_HABIT], HOME, no_problems, replaying())
    return draft


@pytest.mark.parametrize(
    ("shape", "paid"),
    TAKEN,
)
async def test_an_answer_in_the_shape_of_a_real_server_is_taken(shape: str, paid: int) -> None:
    server = ModelServer(getattr(model_servers, shape))

    async with drafter_of(server) as drafter:
        draft = await drafted(drafter)
        first_paid = server.paid
        await drafter.draft_all([SECOND_HABIT], HOME, no_problems, replaying())

    assert (draft.drafted_by, draft.title, first_paid) == ("model", "Plafondlamp on at 06:42", paid)
    assert server.paid == paid + 1, "what was found holds for the run"


@pytest.mark.parametrize(
    ("shape", "outcome", "words", "paid"),
    NOT_TAKEN,
)
async def test_what_cannot_be_used_is_named_truly_and_not_paid_thrice(
    shape: str, outcome: Outcome, words: str, paid: int
) -> None:
    server = ModelServer(getattr(model_servers, shape))

    async with drafter_of(server) as drafter:
        draft = await drafted(drafter)

    assert (draft.drafted_by, draft.outcome, server.paid) == ("baseline", outcome, paid)
    assert words in draft.why
    assert draft.receipts is not None
    assert draft.receipts.exchanges[-1].outcome in (outcome, "answered")


async def test_a_model_that_only_thinks_is_paid_for_twice_in_a_whole_night() -> None:
    server = ModelServer(model_servers.never_stops_thinking)

    async with drafter_of(server) as drafter:
        drafts = await drafter.draft_all([DARK_HABIT, *OTHER_HABITS], HOME, no_problems, replaying())

    assert len(drafts) > 3
    assert {draft.outcome for draft in drafts} == {Outcome.NO_ROOM, Outcome.GIVEN_UP}
    assert server.paid == 2
    assert any("choose one that thinks less" in note for note in drafter.notes)


async def test_a_count_that_cannot_be_is_no_count() -> None:
    server = ModelServer(model_servers.sends_odd_fields)

    async with drafter_of(server) as drafter:
        draft = await drafted(drafter)

    assert draft.receipts is not None
    [exchange] = draft.receipts.exchanges
    assert not exchange.counted
    assert 0 < exchange.tokens_in < 10_000
    assert 0 < exchange.tokens_out < 1_000


async def test_a_key_of_one_letter_leaves_the_answer_as_it_is() -> None:
    server = ModelServer(model_servers.talks_around_it)

    async with drafter_of(server) as drafter:  # its key is "k"
        draft = await drafted(drafter)

    assert draft.receipts is not None
    assert "[secret]" not in draft.receipts.exchanges[0].answer
    assert "like this" in draft.receipts.exchanges[0].answer


def test_every_shape_that_is_tried_stands_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    shapes = [row[0] for row in (*TAKEN, *NOT_TAKEN)]

    assert [shape for shape in shapes if f"`{shape}`" not in text] == []
