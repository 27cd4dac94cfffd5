"""A night's drafts: ours always, the model's where it is no worse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from generator.drafting.baseline import baseline_from
from generator.drafting.draft import Drafter
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.model.model import RecordExchange, Reply
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.model.prompt import Question
from schemas.backtest import Backtest
from schemas.errors import InputError
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity
from tests.builders.habits import (
    AT_0642,
    DARK_HABIT,
    HOME,
    ScriptedModel,
    answer,
    backtest,
    habit,
    no_problems,
    receipt,
    replaying,
)

DARK = {"condition": "sun", "after": "sunset", "before": "sunrise"}
FAN = habit("fan.zolder", "fan.turn_on", habit_id="b2", conditions=DARK_HABIT.conditions)


async def test_a_good_answer_is_taken() -> None:
    model = ScriptedModel([answer(mode="restart", why="It should begin anew.")])

    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert (draft.title, draft.drafted_by, draft.model) == ("Plafondlamp on at 06:42", "model", "scripted")
    assert draft.prompt == "draft-1"
    assert draft.why == "It should begin anew."
    assert draft.config["mode"] == "restart"
    assert draft.receipts is not None
    assert len(draft.receipts.exchanges) == 1


async def test_without_a_model_ours_goes_out_with_the_reason() -> None:
    [draft] = await Drafter(None).draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert draft.config == baseline_from(DARK_HABIT, HOME)
    assert (draft.drafted_by, draft.outcome, draft.receipts) == ("baseline", Outcome.SWITCHED_OFF, None)
    assert draft.why == "No model is set up."


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (["not json"], Outcome.UNREADABLE),
        ([""], Outcome.EMPTY),
        ([Reply('{"alias": "', "length")], Outcome.TOO_LONG),
        ([answer(alias="light_8")], Outcome.UNFIT),
        ([answer(description="Wenn es dunkel ist und der Tag beginnt, geht light_1 an.")], Outcome.OTHER_LANGUAGE),
        ([Reply("I will not.", "refused")], Outcome.REFUSED),
        ([ModelFailed(Outcome.UNAUTHORIZED, "401")], Outcome.UNAUTHORIZED),
    ],
)
async def test_every_bad_answer_has_its_name_and_ours_goes_out(
    script: list[str | Reply | ModelFailed], outcome: Outcome
) -> None:
    [draft] = await Drafter(ScriptedModel(script)).draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert (draft.drafted_by, draft.outcome) == ("baseline", outcome)
    assert draft.config == baseline_from(DARK_HABIT, HOME)
    assert draft.receipts is not None
    assert draft.why


async def test_complaints_go_back_twice_and_a_mended_answer_is_taken() -> None:
    model = ScriptedModel(["not json", answer(alias="light_8"), answer()])

    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert draft.drafted_by == "model"
    assert len(model.asked) == 3
    assert "alias names things that do not exist." in model.asked[2].turns[-1]
    assert draft.receipts is not None
    assert len(draft.receipts.exchanges) == 3


async def test_after_two_repairs_the_model_is_not_asked_again() -> None:
    model = ScriptedModel(["not json"])

    await Drafter(model).draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert len(model.asked) == 3


async def test_a_version_that_does_worse_on_the_history_is_not_taken() -> None:
    def replay(config: AutomationConfig) -> Backtest:
        return backtest(matched=20) if DARK in config["conditions"] else backtest(matched=5, missed=17)

    model = ScriptedModel([answer(conditions=[])])

    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, no_problems, replay)

    assert (draft.drafted_by, draft.outcome) == ("baseline", Outcome.WORSE_BACKTEST)
    assert "5 times" in model.asked[1].turns[-1]


async def test_a_version_that_does_better_is_taken() -> None:
    def replay(config: AutomationConfig) -> Backtest:
        return backtest(false=0) if len(config["conditions"]) == 3 else backtest(false=9)

    said = [{"kind": "keep", "id": "condition_1"}, {"kind": "keep", "id": "condition_2"}, {"kind": "someone_home"}]

    [draft] = await Drafter(ScriptedModel([answer(conditions=said)])).draft_all([DARK_HABIT], HOME, no_problems, replay)

    assert draft.drafted_by == "model"
    assert len(draft.config["conditions"]) == 3


def complaining(about: Callable[[AutomationConfig], bool]) -> Callable[[AutomationConfig], list[Problem]]:
    found = Problem("conflicts", "conflicts", "conditions[0]", "Plafondlamp in Zolder conflicts with Emma's speaker.")
    return lambda config: [found] if about(config) else []


async def test_a_new_blocking_problem_goes_back_without_the_homes_names() -> None:
    model = ScriptedModel([answer(conditions=[{"kind": "dark"}]), answer()])
    checks = complaining(lambda config: len(config["conditions"]) == 1)

    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, checks, replaying())

    assert draft.drafted_by == "model"
    assert model.asked[1].turns[-1] == '{"complaints": ["Check conflicts fails at conditions[0]."]}'


async def test_a_problem_that_ours_has_too_is_not_the_models_fault() -> None:
    model = ScriptedModel([answer()])

    [draft] = await Drafter(model).draft_all([DARK_HABIT], HOME, complaining(lambda _: True), replaying())

    assert draft.drafted_by == "model"
    assert draft.verdict.problems[0].severity is Severity.BLOCK


async def test_habits_of_one_moment_in_one_room_share_a_draft() -> None:
    [draft] = await Drafter(None).draft_all([DARK_HABIT, FAN], HOME, no_problems, replaying())

    assert draft.patterns == (DARK_HABIT, FAN)
    assert [step["target"]["entity_id"] for step in draft.config["actions"]] == ["light.zolder_plafond", "fan.zolder"]


async def test_habits_that_do_worse_together_stay_apart() -> None:
    def replay(config: AutomationConfig) -> Backtest:
        return backtest(false=15) if len(config["actions"]) > 1 else backtest()

    drafts = await Drafter(None).draft_all([DARK_HABIT, FAN], HOME, no_problems, replay)

    assert [draft.patterns for draft in drafts] == [(DARK_HABIT,), (FAN,)]


async def test_an_action_that_the_model_leaves_out_becomes_a_draft_of_its_own() -> None:
    model = ScriptedModel([answer(leave_out=["action_2"])])

    drafts = await Drafter(model).draft_all([DARK_HABIT, FAN], HOME, no_problems, replaying())

    assert [(draft.patterns, draft.drafted_by) for draft in drafts] == [
        ((DARK_HABIT,), "model"),
        ((FAN,), "baseline"),
    ]
    assert len(drafts[0].config["actions"]) == 1
    assert drafts[1].outcome is Outcome.LEFT_OUT


async def test_the_first_action_cannot_be_left_out() -> None:
    model = ScriptedModel([answer(leave_out=["action_1"])])

    [draft] = await Drafter(model).draft_all([DARK_HABIT, FAN], HOME, no_problems, replaying())

    assert (draft.drafted_by, draft.outcome) == ("baseline", Outcome.UNFIT)


async def test_a_model_is_asked_only_for_habits_worth_it() -> None:
    elsewhere = habit("light.keuken", habit_id="c3")
    model = ScriptedModel([answer()])

    drafts = await Drafter(model).draft_all([DARK_HABIT, elsewhere], HOME, no_problems, replaying(), {"a1"})

    assert [draft.outcome for draft in drafts] == [Outcome.ANSWERED, Outcome.NOT_ASKED]
    assert len(model.asked) == 1


async def test_the_same_draft_is_not_asked_again_and_keeps_words_and_receipts(tmp_path: Path) -> None:
    memory = AnswerCache(tmp_path)
    [first] = await Drafter(ScriptedModel([answer()]), answer_cache=memory).draft_all(
        [DARK_HABIT], HOME, no_problems, replaying()
    )
    later = replace(DARK_HABIT, evidence=replace(DARK_HABIT.evidence, days_seen=23))
    dead = ScriptedModel([ModelFailed(Outcome.UNREACHABLE, "gone")])

    [second] = await Drafter(dead, answer_cache=memory).draft_all([later], HOME, no_problems, replaying(), set())

    assert (second.config, second.receipts) == (first.config, first.receipts)
    assert dead.asked == []


async def test_a_remembered_answer_is_judged_anew(tmp_path: Path) -> None:
    memory = AnswerCache(tmp_path)
    said = answer(conditions=[{"kind": "dark"}])
    await Drafter(ScriptedModel([said]), answer_cache=memory).draft_all([DARK_HABIT], HOME, no_problems, replaying())
    checks = complaining(lambda config: len(config["conditions"]) == 1)

    [draft] = await Drafter(ScriptedModel([answer()]), answer_cache=memory).draft_all(
        [DARK_HABIT], HOME, checks, replaying()
    )

    assert len(draft.config["conditions"]) == 2


async def test_drafts_are_in_the_language_of_the_home_also_without_a_model() -> None:
    [draft] = await Drafter(None).draft_all([DARK_HABIT], replace(HOME, language="nl-BE"), no_problems, replaying())

    assert draft.title == "Plafondlamp aanzetten om 06:42 op werkdagen als het donker is"


async def test_the_setting_wins_over_the_language_of_the_home() -> None:
    [draft] = await Drafter(None, language="de").draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert draft.title == "Plafondlamp einschalten um 06:42 an Werktagen bei Dunkelheit"


@dataclass
class SlowModel:
    """Never answers, and counts how many questions are out at once."""

    name: str = "slow"
    out: int = 0
    most_out: int = 0
    asked: list[Question] = field(default_factory=list)

    async def ask(self, question: Question, record: RecordExchange) -> Reply:
        self.asked.append(question)
        self.out += 1
        self.most_out = max(self.most_out, self.out)
        try:
            await asyncio.Event().wait()
        finally:
            self.out -= 1
            record(receipt(question, ""))
        raise AssertionError("it never answers")

    async def close(self) -> None:
        pass


NINE = [
    habit("light.keuken", trigger=replace(AT_0642, at_seconds=3600 * hour), habit_id=str(hour)) for hour in range(9)
]


async def test_three_questions_are_out_at_once_and_each_has_its_time() -> None:
    model = SlowModel()

    drafts = await Drafter(model, seconds_each=0.02).draft_all(NINE, HOME, no_problems, replaying())

    assert model.most_out == 3
    assert {draft.outcome for draft in drafts} == {Outcome.TIMED_OUT}
    assert all(draft.receipts for draft in drafts)


async def test_a_dead_server_is_given_up_before_two_minutes() -> None:
    now = 0.0

    class Waits(ScriptedModel):
        async def ask(self, question: Question, record: RecordExchange) -> Reply:
            nonlocal now
            now += 10  # three at once, 30 s each
            return await super().ask(question, record)

    model = Waits([ModelFailed(Outcome.TIMED_OUT, "The model's server did not answer in time.")])
    many = [replace(pattern, habit_id=f"{pattern.habit_id}{n}") for n in range(9) for pattern in NINE]

    drafts = await Drafter(model, clock=lambda: now).draft_all(many, HOME, no_problems, replaying())

    assert now <= 120
    assert drafts[-1].outcome is Outcome.GIVEN_UP
    assert "did not answer in time" in drafts[-1].why


async def test_a_refused_key_is_asked_about_once() -> None:
    model = ScriptedModel([ModelFailed(Outcome.UNAUTHORIZED, "The key was refused.")])

    drafter = Drafter(model)
    await drafter.draft_all(NINE[:1], HOME, no_problems, replaying())
    await drafter.draft_all(NINE[1:], HOME, no_problems, replaying())

    assert len(model.asked) == 1
    assert "1 of 9 drafts are our own: The key was refused." in drafter.notes


async def test_the_notes_say_what_the_model_did_and_cost() -> None:
    drafter = Drafter(ScriptedModel([answer()]))

    await drafter.draft_all([DARK_HABIT], HOME, no_problems, replaying())

    assert drafter.notes == [
        "1 of 1 drafts are worded by scripted.",
        "Behind them are 1 questions: 1100 tokens, 0.0010 US dollars.",
    ]


async def test_closing_the_drafter_closes_the_model() -> None:
    model = ScriptedModel([answer()])

    await Drafter(model).close()

    assert model.closed


CONFIG = baseline_from(DARK_HABIT, HOME)


async def test_a_simple_comment_needs_no_model_even_where_there_is_one() -> None:
    model = ScriptedModel([answer()])

    made = await Drafter(model).redraft(CONFIG, "10 minutes later", HOME, no_problems)

    assert made.config["triggers"] == [{"trigger": "time", "at": "06:52:00"}]
    assert made.why == "Changed without a model: 10 minutes later."
    assert (made.drafted_by, model.asked) == ("baseline", [])


async def test_another_comment_is_understood_by_the_model() -> None:
    said = answer(
        shift_minutes=-5,
        understood=True,
        conditions=[{"kind": "number", "thing": "illuminance_1", "above": None, "below": 40}],
        why="Starts earlier, and only when illuminance_1 is low.",
    )
    model = ScriptedModel([said])

    made = await Drafter(model).redraft(CONFIG, "a tad sooner, when the lichtmeter is low", HOME, no_problems)

    assert made.config["triggers"] == [{"trigger": "time", "at": "06:37:00"}]
    assert made.config["conditions"] == [
        {"condition": "numeric_state", "entity_id": "sensor.keuken_lux", "below": 40.0}
    ]
    assert made.why == "Starts earlier, and only when Lichtmeter is low."
    assert (made.drafted_by, made.model, made.prompt) == ("model", "scripted", "redraft-1")
    assert made.receipts is not None


async def test_a_redraft_that_fails_a_check_goes_back_to_the_model() -> None:
    bad = answer(shift_minutes=0, understood=True, conditions=[])
    good = answer(shift_minutes=0, understood=True)
    checks = complaining(lambda config: not config["conditions"])

    made = await Drafter(ScriptedModel([bad, good])).redraft(CONFIG, "make it fancy", HOME, checks)

    assert len(made.config["conditions"]) == 2


@pytest.mark.parametrize(
    "model",
    [None, ScriptedModel([answer(shift_minutes=0, understood=False, why="It has no colour.")]), ScriptedModel(["no"])],
)
async def test_a_comment_that_nobody_understands_is_an_error_with_a_way_out(model: ScriptedModel | None) -> None:
    with pytest.raises(InputError, match="Understood without one are"):
        await Drafter(model).redraft(CONFIG, "make it blue", HOME, no_problems)
