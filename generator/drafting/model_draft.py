"""A model's part in a draft: asked in pseudonyms, accepted only where checks and backtest agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automations.config.targets import named_in_target
from generator.drafting.apply_answer import AppliedAnswer, apply_answer
from generator.drafting.changes import remove_actions, shift_time
from generator.drafting.compare_drafts import EvaluatedConfig, complaint_from, is_worse, new_problems
from generator.drafting.context import DraftingContext
from generator.drafting.grouping import Group, merge_group
from generator.drafting.model.answer_cache import CachedAnswer, cache_key
from generator.drafting.model.answers import DraftAnswer, RedraftAnswer, read_answer
from generator.drafting.model.facts import facts_from_draft, facts_from_evidence, facts_from_things
from generator.drafting.model.model import Model, RecordExchange, ask_until_accepted
from generator.drafting.model.outcomes import Complaints, ModelFailed, Outcome
from generator.drafting.model.prompt import Question, draft_question, redraft_question
from generator.drafting.privacy.redact import redact
from schemas.errors import InputError
from schemas.home import AutomationConfig
from schemas.problems import Problem
from schemas.suggestion_files import Exchange


@dataclass(frozen=True)
class ModelVersion:
    """The model's version for the patterns it kept together, and those that it wants apart."""

    evaluated: EvaluatedConfig
    together: Group
    apart: Group
    why: str


@dataclass(frozen=True)
class DraftRequest:
    """What is to be asked about one draft, what makes an answer acceptable, and under which key it is cached."""

    question: Question
    accept: Callable[[DraftAnswer], ModelVersion]
    key: str


def draft_request(model_name: str, group: Group, baseline: EvaluatedConfig, context: DraftingContext) -> DraftRequest:
    pseudonyms = context.pseudonyms()
    draft = facts_from_draft(baseline.config, pseudonyms)
    things, evidence = (
        facts_from_things(context.home, pseudonyms),
        facts_from_evidence(merge_group(group), context.home),
    )
    question = draft_question(draft, things, evidence, context.language)

    def accept(answer: DraftAnswer) -> ModelVersion:
        version = apply_answer(baseline.config, answer, pseudonyms, context.home, context.language)
        kept, apart = _split_group(group, baseline.config, version)
        own_baseline = baseline if not apart else context.baseline(kept)
        words = {key: version.config[key] for key in ("alias", "description", "mode")}
        conditions = {"conditions": version.config.get("conditions", [])}
        evaluated = context.evaluate(own_baseline.config | conditions | words)
        _refuse_if_worse(evaluated, own_baseline)
        return ModelVersion(evaluated, kept, apart, version.why)

    return DraftRequest(question, accept, cache_key(baseline.config, context.language, question.prompt, model_name))


def cached_version(request: DraftRequest, context: DraftingContext) -> tuple[ModelVersion, Sequence[Exchange]] | None:
    """The cached answer to this very draft, evaluated anew, and its exchanges; None: the model must be asked."""
    cached = context.answer_cache.get(request.key)
    if cached is None:
        return None
    try:
        return request.accept(read_answer(cached.answer, DraftAnswer)), cached.exchanges
    except Complaints:
        return None


async def ask_for_draft(
    model: Model, request: DraftRequest, context: DraftingContext, record: RecordExchange
) -> ModelVersion:
    """The model's version of the baseline; raises ModelFailed where it has none that is as good."""
    exchanges: list[Exchange] = []

    def keep_and_record(exchange: Exchange) -> None:
        exchanges.append(exchange)
        record(exchange)

    version, answer = await ask_until_accepted(model, request.question, request.accept, context.names, keep_and_record)
    context.answer_cache.put(request.key, CachedAnswer(answer, tuple(exchanges)))
    return version


async def ask_for_redraft(
    model: Model, config: AutomationConfig, comment: str, context: DraftingContext, record: RecordExchange
) -> tuple[AutomationConfig, str]:
    """`config` as the model takes `comment` to mean, and what it says it changed; raises ModelFailed.

    There is no backtest: the person may well want something else than they did.
    """
    pseudonyms = context.pseudonyms()
    draft = facts_from_draft(config, pseudonyms)
    redacted_comment = redact(comment, context.home, context.names, pseudonyms)
    question = redraft_question(draft, facts_from_things(context.home, pseudonyms), redacted_comment, context.language)
    before = context.checks(config)

    def accept(answer: DraftAnswer) -> tuple[AutomationConfig, str]:
        version = apply_answer(config, answer, pseudonyms, context.home, context.language)
        if not isinstance(answer, RedraftAnswer) or not answer.understood:
            raise ModelFailed(Outcome.NOT_UNDERSTOOD, f"The model could not do it: {version.why}")
        changed = _shift_and_remove(version, answer.shift_minutes)
        _refuse_new_problems(context.checks(changed), before)
        return changed, version.why

    changed, _ = await ask_until_accepted(model, question, accept, context.names, record)
    return changed


def _split_group(group: Group, config: AutomationConfig, version: AppliedAnswer) -> tuple[Group, Group]:
    """The patterns that stay and those whose actions the answer left out. The first one always stays."""
    dropped = {name for index in version.left_out for name in named_in_target(config["actions"][index])}
    apart = tuple(pattern for pattern in group if dropped & {action.entity_id for action in pattern.actions})
    if version.left_out and (not apart or group[0] in apart):
        raise Complaints(Outcome.UNFIT, "leave_out names an action that this habit is about; keep it.")
    return tuple(pattern for pattern in group if pattern not in apart), apart


def _shift_and_remove(version: AppliedAnswer, shift_minutes: int) -> AutomationConfig:
    """The version with its time shifted and its actions removed; raises Complaints where that cannot be done."""
    try:
        dropped = remove_actions(version.config, version.left_out) if version.left_out else version.config
        return shift_time(dropped, shift_minutes) if shift_minutes else dropped
    except InputError as error:
        raise Complaints(Outcome.UNFIT, str(error)) from None


def _refuse_if_worse(model_version: EvaluatedConfig, baseline: EvaluatedConfig) -> None:
    _refuse_new_problems(model_version.problems, baseline.problems)
    if not is_worse(model_version.backtest, [baseline.backtest]):
        return
    before, after = baseline.backtest, model_version.backtest
    raise Complaints(
        Outcome.WORSE_BACKTEST,
        f"On the history, your version matches the person {after.matched} times, is wrong {len(after.false)} times and "
        f"misses {len(after.missed)}; the draft has {before.matched}, {len(before.false)} and {len(before.missed)}. "
        "Drop the condition that does it.",
    )


def _refuse_new_problems(model_version: Sequence[Problem], baseline: Sequence[Problem]) -> None:
    problems = new_problems(model_version, baseline)
    if problems:
        raise Complaints(Outcome.FAILED_CHECKS, *dict.fromkeys(complaint_from(problem) for problem in problems[:5]))
