"""A model that can be asked, and how a question is repaired until its answer can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar

from generator.drafting.model.answers import DraftAnswer, read_answer
from generator.drafting.model.outcomes import Complaints, ModelFailed, Outcome
from generator.drafting.model.prompt import Question
from generator.drafting.privacy.home_names import HomeNames
from schemas.suggestion_files import Exchange

MAX_REPAIRS: Final = 2
_ASKED_ONCE_MORE: Final = frozenset({Outcome.EMPTY, Outcome.TOO_LONG})
"""The second such answer has the cause of the first, so a third is not paid for."""

RecordExchange = Callable[[Exchange], None]
Accepted = TypeVar("Accepted")


@dataclass(frozen=True)
class Reply:
    """What the model said; `ended` is how: by itself, cut at the token limit, or by refusing (then it is why).

    `thought`: some of its tokens went into thinking, which is no part of the text.
    """

    text: str
    ended: Literal["stop", "length", "refused"] = "stop"
    thought: bool = False


class Model(Protocol):
    """Raises ModelFailed; every request that was sent is given to `record`, whatever its outcome."""

    @property
    def name(self) -> str: ...

    async def ask(self, question: Question, record: RecordExchange) -> Reply: ...

    async def close(self) -> None: ...


async def ask_until_accepted(
    model: Model,
    question: Question,
    accept: Callable[[DraftAnswer], Accepted],
    home_names: HomeNames,
    record: RecordExchange,
) -> tuple[Accepted, str]:
    """What `accept` makes of the model's answer, and the answer; Complaints go back at most MAX_REPAIRS times.

    Raises ModelFailed. Nothing is sent that names the home: that would be a bug, so this is the last safeguard.
    """
    last_outcome: Outcome | None = None
    for repairs_left in reversed(range(MAX_REPAIRS + 1)):
        if any(home_names.find_leaks(turn) for turn in question.turns):
            words = "The question would have named something of this home, so it was not sent."
            raise ModelFailed(Outcome.WOULD_NAME_THE_HOME, words)
        reply = await model.ask(question, record)
        try:
            return accept(_read_reply(reply, question)), reply.text
        except Complaints as wrong:
            again = wrong.outcome is last_outcome and wrong.outcome in _ASKED_ONCE_MORE
            if again or not repairs_left:
                raise ModelFailed(wrong.outcome, _gave_up_sentence(wrong)) from None
            last_outcome = wrong.outcome
            last_answer = "" if home_names.find_leaks(reply.text) else reply.text
            question = question.with_complaints(last_answer, wrong.complaints)
    raise AssertionError("the last round returns or raises")


def _read_reply(reply: Reply, question: Question) -> DraftAnswer:
    if reply.ended == "refused":
        raise ModelFailed(Outcome.REFUSED, "The model refused to answer.")
    if reply.ended == "length":
        raise Complaints(Outcome.TOO_LONG, "The answer was cut off; answer shorter.")
    if not reply.text.strip():
        raise Complaints(Outcome.EMPTY, "The answer was empty.")
    return read_answer(reply.text, question.shape)


_GAVE_UP: Final = {
    Outcome.FAILED_CHECKS: "The model's version failed checks that ours passes",
    Outcome.WORSE_BACKTEST: "The model's version would have served worse on the history",
    Outcome.OTHER_LANGUAGE: "The model answered in another language",
    Outcome.UNREADABLE: "The model's answer was not the JSON asked for",
    Outcome.TOO_LONG: "The model's answer was cut off at its length limit",
    Outcome.EMPTY: "The model ended its answer without saying anything",
}


def _gave_up_sentence(wrong: Complaints) -> str:
    return f"{_GAVE_UP.get(wrong.outcome, 'The model did not give a usable answer')}, also when asked again."
