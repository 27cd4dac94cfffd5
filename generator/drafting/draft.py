"""Drafts for a night's patterns: ours always, a model's where it is no worse, and why."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from generator.drafting.compare_drafts import Judged
from generator.drafting.context import Checks, Replay, Workshop, not_replayed
from generator.drafting.grouping import Group, grouped, merged
from generator.drafting.model.answer_cache import Memory
from generator.drafting.model.circuit_breaker import Patience
from generator.drafting.model.model import Model
from generator.drafting.model.outcomes import ModelFailed, Outcome
from generator.drafting.model.prompt import DRAFT, REDRAFT
from generator.drafting.model_draft import Improved, improved, inquiry, recalled, redrafted
from generator.drafting.privacy.ha_vocabulary import known_language
from generator.drafting.redraft import redraft
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home
from schemas.patterns import Pattern
from schemas.suggestion_files import DraftVerdict, Exchange, Receipts

AT_ONCE: Final = 3
SECONDS_EACH: Final = 30.0

DraftedBy = Literal["baseline", "model"]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Draft:
    """A config for `patterns`, the best of which stands first and gives the suggestion its habit id.

    `why` says what the model changed or why ours went out; `outcome` names that reason. `model` and `prompt` are ""
    where no model had a part in it. `receipts` hold every exchange, also those that led to nothing; None: nothing left
    the house.
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
        """The habit as drafted, what all of the group do together."""
        return merged(self.patterns)


@dataclass(frozen=True)
class Redraft:
    """A draft changed on a comment; `why` says what was changed, and whether a model had to be asked."""

    config: AutomationConfig
    drafted_by: DraftedBy
    why: str
    receipts: Receipts | None = None
    model: str = ""
    prompt: str = ""


class NotRedrafted(InputError):
    """A comment that could not be carried out, in a sentence for the person; `receipts`: what was asked even so."""

    def __init__(self, words: str, receipts: Receipts | None) -> None:
        super().__init__(words)
        self.receipts = receipts


class Drafter:
    """Drafts for one run. `model` None: `off` says why, and nothing ever leaves the house.

    `language` None is the home's own. `memory` keeps answers from night to night.
    """

    def __init__(
        self,
        model: Model | None,
        off: ModelFailed | None = None,
        language: str | None = None,
        memory: Memory | None = None,
        seconds_each: float = SECONDS_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._off = off or ModelFailed(Outcome.SWITCHED_OFF, "No model is set up.")
        self._language = language
        self._memory = memory or Memory()
        self._seconds_each = seconds_each
        self._patience = Patience(clock)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._made: list[Draft] = []

    async def draft_all(
        self,
        patterns: Sequence[Pattern],
        home: Home,
        checks: Checks,
        replay: Replay,
        ask_for: Container[str] | None = None,
    ) -> list[Draft]:
        """A draft for every pattern, best first; habits of one moment in one area share one.

        `ask_for` are the habit ids worth a model's time, None all: a group counts by its first. The others' drafts are
        our own, and so is every draft where the model has none that is as good.
        """
        workshop = Workshop.of(home, self._language, checks, replay, self._memory)
        groups = grouped(patterns, home)
        drafts = await asyncio.gather(*(self._drafts(group, workshop, ask_for) for group in groups))
        self._made += [draft for of_group in drafts for draft in of_group]
        return [draft for of_group in drafts for draft in of_group]

    async def redraft(self, config: AutomationConfig, comment: str, home: Home, checks: Checks) -> Redraft:
        """The draft changed as the comment asks: without a model where that is wholly understood, else by the model.

        Raises InputError with a sentence for the person where it cannot be done, NotRedrafted where a model was tried.
        """
        simple = redraft(config, comment, home, known_language(self._language or home.language))
        if simple is not None:
            return Redraft(simple.config, "baseline", f"Changed without a model: {', '.join(simple.changes)}.")
        workshop = Workshop.of(home, self._language, checks, not_replayed, self._memory)
        exchanges: list[Exchange] = []
        try:
            changed, why = await self._asked(
                lambda model: redrafted(model, config, comment, workshop, exchanges.append)
            )
        except ModelFailed as failure:
            raise NotRedrafted(_not_understood(failure), _receipts(exchanges)) from None
        return Redraft(changed, "model", why, _receipts(exchanges), self._model_name, REDRAFT)

    @property
    def notes(self) -> list[str]:
        """What a person should know about the model's part in this run, in sentences."""
        by_model = sum(draft.drafted_by == "model" for draft in self._made)
        reasons = Counter(draft.why for draft in self._made if draft.outcome is not Outcome.ANSWERED)
        exchanges = [exchange for draft in self._made if draft.receipts for exchange in draft.receipts.exchanges]
        notes = [f"{by_model} of {len(self._made)} drafts are worded by {self._model_name}."] if by_model else []
        notes += [f"{count} of {len(self._made)} drafts are our own: {why}" for why, count in reasons.items()]
        if exchanges:
            tokens = sum(exchange.tokens_in + exchange.tokens_out for exchange in exchanges)
            dollars = sum(exchange.dollars for exchange in exchanges)
            notes.append(f"Behind them are {len(exchanges)} questions: {tokens} tokens, {dollars:.4f} US dollars.")
        return notes

    async def close(self) -> None:
        if self._model is not None:
            await self._model.close()

    async def _drafts(self, group: Group, workshop: Workshop, ask_for: Container[str] | None) -> list[Draft]:
        """One draft for the group, or several where they are better apart."""
        ours = workshop.ours(group)
        if len(group) > 1 and workshop.is_better_apart(ours, group):
            return [draft for alone in group for draft in await self._drafts((alone,), workshop, ask_for)]
        if self._model is None:
            return [_ours(ours, group, self._off)]
        inquired = inquiry(self._model.name, group, ours, workshop)
        before = recalled(inquired, workshop)
        if before is not None:
            return self._theirs(*before, workshop)
        if ask_for is not None and group[0].habit_id not in ask_for:
            return [_ours(ours, group, _NOT_ASKED)]
        exchanges: list[Exchange] = []
        try:
            theirs = await self._asked(lambda model: improved(model, inquired, workshop, exchanges.append))
        except ModelFailed as failure:
            return [_ours(ours, group, failure, exchanges)]
        return self._theirs(theirs, exchanges, workshop)

    def _theirs(self, theirs: Improved, exchanges: Sequence[Exchange], workshop: Workshop) -> list[Draft]:
        """The model's draft, and ours of the habits that it wants apart."""
        config, verdict, receipts = theirs.judged.config, theirs.judged.verdict, _receipts(exchanges)
        why, answered = theirs.why, Outcome.ANSWERED
        return [
            Draft(config, theirs.kept, "model", why, answered, verdict, receipts, self._model_name, DRAFT),
            *(_ours(workshop.ours((alone,)), (alone,), _LEFT_OUT) for alone in theirs.apart),
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
    def _model_name(self) -> str:
        return self._model.name if self._model else ""


_NOT_ASKED: Final = ModelFailed(Outcome.NOT_ASKED, "It waits, so no model was asked yet.")
_LEFT_OUT: Final = ModelFailed(Outcome.LEFT_OUT, "The model took it for a habit of its own; the draft is ours.")


def _ours(judged: Judged, group: Group, reason: ModelFailed, exchanges: Sequence[Exchange] = ()) -> Draft:
    return Draft(judged.config, group, "baseline", reason.words, reason.outcome, judged.verdict, _receipts(exchanges))


def _receipts(exchanges: Sequence[Exchange]) -> Receipts | None:
    return Receipts(tuple(exchanges)) if exchanges else None


def _not_understood(failure: ModelFailed) -> str:
    return (
        f"The comment asks for more than can be done without a model, and the model did not help: {failure.words} "
        "Understood without one are: later and earlier, a time, days, when dark, when someone is home, without a thing."
    )
