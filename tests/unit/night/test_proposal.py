"""What a proposal's commit says of the model's part."""

from __future__ import annotations

from datetime import timedelta

from generator.drafting.draft import Draft, Drafter
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.night.proposal import proposal_from
from tests.builders.habits import DARK_HABIT, HOME, MONDAY, ScriptedModel, answer, no_problems, replaying

WINDOW_END = MONDAY + timedelta(days=25)


async def drafted(model: ScriptedModel | None) -> Draft:
    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, no_problems, replaying())
    return draft


async def test_a_draft_that_a_model_worded_names_model_prompt_and_reason() -> None:
    draft = await drafted(ScriptedModel([answer(why="It reads better.")]))

    proposal = proposal_from(draft, HOME, WINDOW_END)

    assert (proposal.drafted_by, proposal.model) == ("model", "scripted")
    assert proposal.trailers["Prompt"] == "draft-1"
    assert "Worded by scripted, which says: It reads better." in proposal.reason
    assert proposal.ledger_files["receipts.json"]


async def test_a_draft_that_the_model_failed_says_why_it_is_our_own() -> None:
    draft = await drafted(ScriptedModel([ModelFailed(Outcome.UNAUTHORIZED, "The key was refused.")]))

    proposal = proposal_from(draft, HOME, WINDOW_END)

    assert proposal.drafted_by == "baseline"
    assert "The draft is our own. The key was refused." in proposal.reason
    assert "Prompt" not in proposal.trailers


async def test_without_a_model_nothing_is_said_of_one() -> None:
    proposal = proposal_from(await drafted(None), HOME, WINDOW_END)

    assert "model" not in proposal.reason.lower()
    assert proposal.ledger_files["receipts.json"] is None
