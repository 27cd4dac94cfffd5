"""Drafts for a night's patterns: always the baseline, the model version where it is no worse, and why."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from generator.drafting.compare_drafts import EvaluatedConfig
from generator.drafting.context import Checks, DraftingContext, Replay, skip_replay
from generator.drafting.grouping import Group, group_patterns, merge_group
from generator.drafting.model.answer_cache import AnswerCache
from generator.drafting.model.circuit_breaker import CircuitBreaker
from generator.drafting.model.model import Model
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.model.prompt import DRAFT, REDRAFT
from generator.drafting.model_draft import ModelVersion, ask_for_draft, ask_for_redraft, cached_version, draft_request
from generator.drafting.privacy.ha_vocabulary import known_language
from generator.drafting.redraft import redraft_by_rules
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern
from schemas.suggestion_files import DraftVerdict, Exchange, Receipts

MAX_CONCURRENT: Final = 3
SECONDS_EACH: Final = 30.0

DraftedBy = Literal["baseline", "model"]
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Draft:
    """A config for `patterns`, the best of which comes first and gives the suggestion its habit id.

    `why` says what the model changed or why the baseline is used; `outcome` names that reason. `model` and `prompt` are
    "" where no model had a part in it. `receipts` hold every exchange, also those that led to nothing; None: nothing
    was sent.
    """

    config: AutomationConfig
    patterns: Group
    drafted_by: DraftedBy
    why: str
    outcome: Outcome
    verdict: DraftVerdict
    receipts: Receipts | None = None
    model: str = ""
    prompt: str = ""

    @property
    def title(self) -> str:
        return str(self.config.get("alias", ""))

    @property
    def pattern(self) -> Pattern:
        """The habit as drafted: the whole group merged."""
        return merge_group(self.patterns)


@dataclass(frozen=True)
class Redraft:
    """A draft changed on a comment; `why` says what was changed, and whether a model had to be asked."""

    config: AutomationConfig
    drafted_by: DraftedBy
    why: str
    receipts: Receipts | None = None
    model: str = ""
    prompt: str = ""


class RedraftFailed(InputError):
    """A comment that could not be carried out, as a sentence for the person; `receipts`: the exchanges made."""

    def __init__(self, words: str, receipts: Receipts | None) -> None:
        super().__init__(words)
        self.receipts = receipts


class Drafter:
    """Drafts for one run. `model` None: `unavailable` says why, and nothing is ever sent.

    `language` None is the home's own. `answer_cache` keeps answers from night to night. `seconds_each` limits
    the model's time per suggestion.
    """

    def __init__(
        self,
        model: Model | None,
        unavailable: ModelFailed | None = None,
        language: str | None = None,
        answer_cache: AnswerCache | None = None,
        seconds_each: float = SECONDS_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._unavailable = unavailable or ModelFailed(Outcome.SWITCHED_OFF, "No model is set up.")
        self._language = language
        self._answer_cache = answer_cache or AnswerCache()
        self._seconds_each = seconds_each
        self._breaker = CircuitBreaker(clock)
        self._slots = asyncio.Semaphore(1)
        self._first_has_ended = False
        self._all_drafts: list[Draft] = []

    async def draft_all(
        self,
        patterns: Sequence[Pattern],
        home: Home,
        checks: Checks,
        replay: Replay,
        worth_asking: Container[str] | None = None,
    ) -> list[Draft]:
        """A draft for every pattern, best first; habits of one moment in one area share one.

        `worth_asking` are the habit ids to ask the model for, None all: a group counts by its first. The others get the
        baseline, and so does every group for which the model has no version that is as good.
        """
        context = DraftingContext.of(home, self._language, checks, replay, self._answer_cache)
        groups = group_patterns(patterns, home)
        drafts = await asyncio.gather(*(self._draft_group(group, context, worth_asking) for group in groups))
        self._all_drafts += [draft for of_group in drafts for draft in of_group]
        return [draft for of_group in drafts for draft in of_group]

    async def redraft(self, config: AutomationConfig, comment: str, home: Home, checks: Checks) -> Redraft:
        """The draft changed as the comment asks: without a model where that is wholly understood, else by the model.

        Raises InputError with a sentence for the person where it cannot be done, RedraftFailed where a model was asked.
        """
        simple = redraft_by_rules(config, comment, home, known_language(self._language or home.language))
        if simple is not None:
            return Redraft(simple.config, "baseline", f"Changed without a model: {', '.join(simple.changes)}.")
        context = DraftingContext.of(home, self._language, checks, skip_replay, self._answer_cache)
        exchanges: list[Exchange] = []
        try:
            changed, why = await self._ask(
                lambda model: ask_for_redraft(model, config, comment, context, exchanges.append)
            )
        except ModelFailed as failure:
            raise RedraftFailed(_not_understood_sentence(failure), _receipts_from(exchanges)) from None
        return Redraft(changed, "model", why, _receipts_from(exchanges), self._model_name, REDRAFT)

    @property
    def notes(self) -> list[str]:
        """What a person should know about the model's part in this run, in sentences."""
        by_model = sum(draft.drafted_by == "model" for draft in self._all_drafts)
        reasons = Counter(draft.why for draft in self._all_drafts if draft.outcome is not Outcome.ANSWERED)
        exchanges = [exchange for draft in self._all_drafts if draft.receipts for exchange in draft.receipts.exchanges]
        notes = [f"{by_model} of {len(self._all_drafts)} drafts are worded by {self._model_name}."] if by_model else []
        notes += [f"{count} of {len(self._all_drafts)} drafts are our own: {why}" for why, count in reasons.items()]
        if exchanges:
            tokens = sum(exchange.tokens_in + exchange.tokens_out for exchange in exchanges)
            dollars = sum(exchange.dollars for exchange in exchanges)
            notes.append(f"Behind them are {len(exchanges)} questions: {tokens} tokens, {dollars:.4f} US dollars.")
        return notes

    async def close(self) -> None:
        if self._model is not None:
            await self._model.close()

    async def _draft_group(
        self, group: Group, context: DraftingContext, worth_asking: Container[str] | None
    ) -> list[Draft]:
        """One draft for the group, or several where they are better apart."""
        baseline = context.baseline(group)
        if len(group) > 1 and context.is_better_apart(baseline, group):
            return [draft for alone in group for draft in await self._draft_group((alone,), context, worth_asking)]
        if self._model is None:
            return [_baseline_draft(baseline, group, self._unavailable)]
        request = draft_request(self._model.name, group, baseline, context)
        cached = cached_version(request, context)
        if cached is not None:
            return self._model_drafts(*cached, context)
        if worth_asking is not None and group[0].habit_id not in worth_asking:
            return [_baseline_draft(baseline, group, _NOT_ASKED)]
        exchanges: list[Exchange] = []
        try:
            model_version = await self._ask(lambda model: ask_for_draft(model, request, context, exchanges.append))
        except ModelFailed as failure:
            return [_baseline_draft(baseline, group, failure, exchanges)]
        return self._model_drafts(model_version, exchanges, context)

    def _model_drafts(
        self, model_version: ModelVersion, exchanges: Sequence[Exchange], context: DraftingContext
    ) -> list[Draft]:
        """The model's draft, and the baseline of the habits that it wants apart."""
        config, verdict, receipts = (
            model_version.evaluated.config,
            model_version.evaluated.verdict,
            _receipts_from(exchanges),
        )
        why, answered = model_version.why, Outcome.ANSWERED
        return [
            Draft(config, model_version.together, "model", why, answered, verdict, receipts, self._model_name, DRAFT),
            *(_baseline_draft(context.baseline((alone,)), (alone,), _LEFT_OUT) for alone in model_version.apart),
        ]

    async def _ask(self, ask: Callable[[Model], Awaitable[ResultT]]) -> ResultT:
        """What `ask` makes of the model within the time of one suggestion; raises ModelFailed."""
        if self._model is None:
            raise self._unavailable
        async with self._slots:
            self._breaker.before_request()
            try:
                async with asyncio.timeout(self._seconds_each):
                    result = await ask(self._model)
            except TimeoutError:
                words = f"The model did not answer within {self._seconds_each:g} seconds."
                failure = ModelFailed(Outcome.TIMED_OUT, words)
                self._breaker.record_failure(failure)
                raise failure from None
            except ModelFailed as failure:
                self._breaker.record_failure(failure)
                raise
            finally:
                self._let_others_ask()
            self._breaker.record_success()
            return result

    def _let_others_ask(self) -> None:
        """The first question goes alone: what a server takes or will not answer is found, and paid for, once."""
        if not self._first_has_ended:
            self._first_has_ended = True
            for _ in range(MAX_CONCURRENT - 1):
                self._slots.release()

    @property
    def _model_name(self) -> str:
        return self._model.name if self._model else ""


_NOT_ASKED: Final = ModelFailed(Outcome.NOT_ASKED, "It waits, so no model was asked yet.")
_LEFT_OUT: Final = ModelFailed(Outcome.LEFT_OUT, "The model took it for a habit of its own; the draft is ours.")


def _baseline_draft(
    evaluated: EvaluatedConfig, group: Group, reason: ModelFailed, exchanges: Sequence[Exchange] = ()
) -> Draft:
    return Draft(
        evaluated.config, group, "baseline", reason.words, reason.outcome, evaluated.verdict, _receipts_from(exchanges)
    )


def _receipts_from(exchanges: Sequence[Exchange]) -> Receipts | None:
    return Receipts(tuple(exchanges)) if exchanges else None


def _not_understood_sentence(failure: ModelFailed) -> str:
    return (
        f"The comment asks for more than can be done without a model, and the model did not help: {failure.words} "
        "Understood without one are: later and earlier, a time, days, when dark, when someone is home, without a thing."
    )
