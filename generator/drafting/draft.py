"""Drafts for a night's patterns: ours always, a model's where it is no worse, and why."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from generator.drafting.grouping import Group, grouped, merged
from generator.drafting.improve import improved, redrafted
from generator.drafting.model import Model
from generator.drafting.outcomes import ModelFailed, Outcome
from generator.drafting.patience import Patience
from generator.drafting.prompt import DRAFT, REDRAFT
from generator.drafting.redraft import redraft
from generator.drafting.verdict import Judged
from generator.drafting.vocabulary import known_language
from generator.drafting.workshop import Checks, Replay, Workshop, not_replayed
from schemas.backtest import Backtest
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern
from schemas.problems import Problem
from schemas.receipts import Receipt

AT_ONCE: Final = 3
SECONDS_EACH: Final = 30.0

DraftedBy = Literal["baseline", "model"]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Draft:
    """A config for `patterns`, the best of which stands first and gives the suggestion its habit id.

    `why` says what the model changed or why ours went out; `outcome` names that reason. `model` and `prompt` are None
    where no model had a part in it; `receipts` hold every exchange, also those that led to nothing.
    """

    config: AutomationConfig
    patterns: Group
    drafted_by: DraftedBy
    why: str
    outcome: Outcome
    problems: tuple[Problem, ...]
    backtest: Backtest
    model: str | None = None
    prompt: str | None = None
    receipts: tuple[Receipt, ...] = ()

    @property
    def title(self) -> str:
        return str(self.config.get("alias", ""))

    @property
    def pattern(self) -> Pattern:
        """The habit as drafted, what all of the group do together."""
        return merged(self.patterns)


@dataclass(frozen=True)
class Redraft:
    """A draft changed on a comment; `why` says what was changed, and whether a model had to be asked."""

    config: AutomationConfig
    drafted_by: DraftedBy
    why: str
    model: str | None = None
    prompt: str | None = None
    receipts: tuple[Receipt, ...] = ()


class Drafter:
    """Drafts for one run. `model` None: `off` says why, and nothing ever leaves the house.

    `language` None is the home's own.
    """

    def __init__(
        self,
        model: Model | None,
        off: ModelFailed | None = None,
        language: str | None = None,
        seconds_each: float = SECONDS_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._off = off or ModelFailed(Outcome.SWITCHED_OFF, "No model is set up.")
        self._language = language
        self._seconds_each = seconds_each
        self._patience = Patience(clock)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._made: list[Draft] = []

    async def draft_all(self, patterns: Sequence[Pattern], home: Home, checks: Checks, replay: Replay) -> list[Draft]:
        """A draft for every pattern, best first; habits of one moment in one area share one."""
        workshop = Workshop.of(home, self._language, checks, replay)
        drafts = await asyncio.gather(*(self._drafts(group, workshop) for group in grouped(patterns, home)))
        return [self._told(draft) for of_group in drafts for draft in of_group]

    async def redraft(self, config: AutomationConfig, comment: str, home: Home, checks: Checks) -> Redraft:
        """The draft changed as the comment asks: without a model where that is wholly understood, else by the model.

        Raises InputError with a sentence for the person where it cannot be done.
        """
        simple = redraft(config, comment, home, known_language(self._language or home.language))
        if simple is not None:
            return Redraft(simple.config, "baseline", f"Changed without a model: {', '.join(simple.changes)}.")
        workshop = Workshop.of(home, self._language, checks, not_replayed)
        receipts: list[Receipt] = []
        try:
            changed, why = await self._asked(lambda model: redrafted(model, config, comment, workshop, receipts.append))
        except ModelFailed as failure:
            raise InputError(_not_understood(failure)) from None
        return Redraft(changed, "model", why, self._model_name, REDRAFT, tuple(receipts))

    @property
    def notes(self) -> list[str]:
        """What a person should know about the model's part in this run, in sentences."""
        by_model = sum(draft.drafted_by == "model" for draft in self._made)
        reasons = Counter(draft.why for draft in self._made if draft.outcome is not Outcome.ANSWERED)
        receipts = [receipt for draft in self._made for receipt in draft.receipts]
        notes = [f"{by_model} of {len(self._made)} drafts are worded by {self._model_name}."] if by_model else []
        notes += [f"{count} of {len(self._made)} drafts are our own: {why}" for why, count in reasons.items()]
        if receipts:
            tokens = sum(receipt.tokens_in + receipt.tokens_out for receipt in receipts)
            dollars = sum(receipt.dollars for receipt in receipts)
            notes.append(f"The model was asked {len(receipts)} times: {tokens} tokens, {dollars:.4f} US dollars.")
        return notes

    async def close(self) -> None:
        if self._model is not None:
            await self._model.close()

    async def _drafts(self, group: Group, workshop: Workshop) -> list[Draft]:
        """One draft for the group, or several where they are better apart."""
        ours = workshop.ours(group)
        if len(group) > 1 and workshop.is_better_apart(ours, group):
            return [draft for pattern in group for draft in await self._drafts((pattern,), workshop)]
        receipts: list[Receipt] = []
        try:
            theirs = await self._asked(lambda model: improved(model, group, ours, workshop, receipts.append))
        except ModelFailed as failure:
            return [_draft(ours, group, "baseline", failure.words, failure.outcome, receipts=tuple(receipts))]
        answered = Outcome.ANSWERED
        why = "The model took it for a habit of its own; the draft is ours."
        return [
            _draft(theirs.judged, theirs.kept, "model", theirs.why, answered, self._model_name, DRAFT, tuple(receipts)),
            *(_draft(workshop.ours((alone,)), (alone,), "baseline", why, answered) for alone in theirs.apart),
        ]

    async def _asked(self, ask: Callable[[Model], Awaitable[Made]]) -> Made:
        """What `ask` makes of the model within the time of one suggestion; raises ModelFailed."""
        if self._model is None:
            raise self._off
        async with self._gate:
            self._patience.begin()
            try:
                async with asyncio.timeout(self._seconds_each):
                    made = await ask(self._model)
            except TimeoutError:
                words = f"The model did not answer within {self._seconds_each:g} seconds."
                failure = ModelFailed(Outcome.TIMED_OUT, words)
                self._patience.failed(failure)
                raise failure from None
            except ModelFailed as failure:
                self._patience.failed(failure)
                raise
            self._patience.answered()
            return made

    @property
    def _model_name(self) -> str | None:
        return self._model.name if self._model else None

    def _told(self, draft: Draft) -> Draft:
        self._made.append(draft)
        return draft


def _draft(
    judged: Judged,
    group: Group,
    drafted_by: DraftedBy,
    why: str,
    outcome: Outcome,
    model: str | None = None,
    prompt: str | None = None,
    receipts: tuple[Receipt, ...] = (),
) -> Draft:
    return Draft(
        judged.config, group, drafted_by, why, outcome, judged.problems, judged.backtest, model, prompt, receipts
    )


def _not_understood(failure: ModelFailed) -> str:
    return (
        f"The comment asks for more than can be done without a model, and the model did not help: {failure.words} "
        "Understood without one are: later and earlier, a time, days, when dark, when someone is home, without a thing."
    )
