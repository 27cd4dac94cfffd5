"""A model's part in a draft: asked in pseudonyms, believed only where checks and history agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from generator.drafting.apply_answer import Refined, refined
from generator.drafting.changes import moved, without_actions
from generator.drafting.compare_drafts import Judged, complaint_of, is_worse, new_problems
from generator.drafting.context import Workshop
from generator.drafting.grouping import Group, merged
from generator.drafting.model.answer_cache import Remembered, memory_key
from generator.drafting.model.answers import DraftAnswer, RedraftAnswer, read_answer
from generator.drafting.model.facts import facts_of_draft, facts_of_evidence, facts_of_things
from generator.drafting.model.model import Model, Record, accepted_answer
from generator.drafting.model.outcomes import Complaints, ModelFailed, Outcome
from generator.drafting.model.prompt import Question, draft_question, redraft_question
from generator.drafting.privacy.redact import anonymous
from schemas.errors import InputError
from schemas.home import AutomationConfig
from schemas.problems import Problem
from schemas.suggestion_files import Exchange


@dataclass(frozen=True)
class Improved:
    """The model's version for the patterns it kept together, and those that it wants apart."""

    judged: Judged
    kept: Group
    apart: Group
    why: str


@dataclass(frozen=True)
class Inquiry:
    """What is to be asked about one draft, what makes an answer acceptable, and under which key it is remembered."""

    question: Question
    accept: Callable[[DraftAnswer], Improved]
    key: str


def inquiry(model_name: str, group: Group, ours: Judged, workshop: Workshop) -> Inquiry:
    names = workshop.pseudonyms()
    draft = facts_of_draft(ours.config, names)
    things, evidence = facts_of_things(workshop.home, names), facts_of_evidence(merged(group), workshop.home)
    question = draft_question(draft, things, evidence, workshop.language)

    def accept(answer: DraftAnswer) -> Improved:
        version = refined(ours.config, answer, names, workshop.home, workshop.language)
        kept, apart = _parted(group, ours.config, version)
        base = ours if not apart else workshop.ours(kept)
        words = {key: version.config[key] for key in ("alias", "description", "mode")}
        conditions = {"conditions": version.config.get("conditions", [])}
        judged = workshop.judged(base.config | conditions | words)
        _refuse_if_worse(judged, base)
        return Improved(judged, kept, apart, version.why)

    return Inquiry(question, accept, memory_key(ours.config, workshop.language, question.prompt, model_name))


def recalled(inquiry: Inquiry, workshop: Workshop) -> tuple[Improved, Sequence[Exchange]] | None:
    """What the model answered to this very draft before, judged anew, and how it was asked; None: it must be asked."""
    remembered = workshop.memory.recall(inquiry.key)
    if remembered is None:
        return None
    try:
        return inquiry.accept(read_answer(remembered.answer, DraftAnswer)), remembered.exchanges
    except Complaints:
        return None


async def improved(model: Model, inquiry: Inquiry, workshop: Workshop, record: Record) -> Improved:
    """The model's version of our draft; raises ModelFailed where it has none that is as good."""
    exchanges: list[Exchange] = []

    def noted(exchange: Exchange) -> None:
        exchanges.append(exchange)
        record(exchange)

    version, answer = await accepted_answer(model, inquiry.question, inquiry.accept, workshop.names, noted)
    workshop.memory.keep(inquiry.key, Remembered(answer, tuple(exchanges)))
    return version


async def redrafted(
    model: Model, config: AutomationConfig, comment: str, workshop: Workshop, record: Record
) -> tuple[AutomationConfig, str]:
    """`config` as the model takes `comment` to mean, and what it says it changed; raises ModelFailed.

    The history is not asked: the person may well want something else than they did.
    """
    names = workshop.pseudonyms()
    draft = facts_of_draft(config, names)
    said = anonymous(comment, workshop.home, workshop.names, names)
    question = redraft_question(draft, facts_of_things(workshop.home, names), said, workshop.language)
    before = workshop.checks(config)

    def accept(answer: DraftAnswer) -> tuple[AutomationConfig, str]:
        version = refined(config, answer, names, workshop.home, workshop.language)
        if not isinstance(answer, RedraftAnswer) or not answer.understood:
            raise ModelFailed(Outcome.NOT_UNDERSTOOD, f"The model could not do it: {version.why}")
        changed = _rearranged(version, answer.shift_minutes)
        _refuse_new_problems(workshop.checks(changed), before)
        return changed, version.why

    changed, _ = await accepted_answer(model, question, accept, workshop.names, record)
    return changed


def _parted(group: Group, config: AutomationConfig, version: Refined) -> tuple[Group, Group]:
    """The patterns that stay and those whose actions the answer left out. The first one always stays."""
    dropped = {name for index in version.left_out for name in _targets(config["actions"][index])}
    apart = tuple(pattern for pattern in group if dropped & {action.entity_id for action in pattern.actions})
    if version.left_out and (not apart or group[0] in apart):
        raise Complaints(Outcome.UNFIT, "leave_out names an action that this habit is about; keep it.")
    return tuple(pattern for pattern in group if pattern not in apart), apart


def _targets(step: dict[str, Any]) -> list[str]:
    target = step.get("target", {}).get("entity_id", [])
    return [target] if isinstance(target, str) else list(target)


def _rearranged(version: Refined, shift_minutes: int) -> AutomationConfig:
    """The version with its time moved and its actions dropped; Complaints where that cannot be."""
    try:
        dropped = without_actions(version.config, version.left_out) if version.left_out else version.config
        return moved(dropped, shift_minutes) if shift_minutes else dropped
    except InputError as error:
        raise Complaints(Outcome.UNFIT, str(error)) from None


def _refuse_if_worse(version: Judged, ours: Judged) -> None:
    _refuse_new_problems(version.problems, ours.problems)
    if not is_worse(version.backtest, [ours.backtest]):
        return
    before, after = ours.backtest, version.backtest
    raise Complaints(
        Outcome.WORSE_BACKTEST,
        f"On the history, your version matches the person {after.matched} times, is wrong {len(after.false)} times and "
        f"misses {len(after.missed)}; the draft has {before.matched}, {len(before.false)} and {len(before.missed)}. "
        "Drop the condition that does it.",
    )


def _refuse_new_problems(version: Sequence[Problem], ours: Sequence[Problem]) -> None:
    problems = new_problems(version, ours)
    if problems:
        raise Complaints(Outcome.FAILED_CHECKS, *dict.fromkeys(complaint_of(problem) for problem in problems[:5]))
