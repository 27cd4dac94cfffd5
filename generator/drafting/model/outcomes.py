"""Outcomes of asking a model, and which of them are worth asking again."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Outcome(StrEnum):
    ANSWERED = "answered"
    NOT_ASKED = "not_asked"
    LEFT_OUT = "left_out"
    SWITCHED_OFF = "switched_off"
    NO_KEY = "no_key"
    NOT_AN_ADDRESS = "not_an_address"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    NO_QUOTA = "no_quota"
    UNKNOWN_MODEL = "unknown_model"
    REQUEST_REFUSED = "request_refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMED_OUT = "timed_out"
    BROKE_OFF = "broke_off"
    NOT_A_MODEL_SERVER = "not_a_model_server"
    TOO_LONG = "too_long"
    NO_ROOM = "no_room"
    EMPTY = "empty"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    OTHER_LANGUAGE = "other_language"
    UNFIT = "unfit"
    FAILED_CHECKS = "failed_checks"
    WORSE_BACKTEST = "worse_backtest"
    NOT_UNDERSTOOD = "not_understood"
    TOKEN_CAP = "token_cap"  # noqa: S105 - tokens of text
    MONEY_CAP = "money_cap"
    GIVEN_UP = "given_up"
    WOULD_NAME_THE_HOME = "would_name_the_home"


TRANSIENT = frozenset(
    {Outcome.UNREACHABLE, Outcome.RATE_LIMITED, Outcome.SERVER_ERROR, Outcome.BROKE_OFF, Outcome.TIMED_OUT}
)
"""Failures of the server, worth asking again after a while."""

FINAL = frozenset(
    {
        Outcome.NO_KEY,
        Outcome.NOT_AN_ADDRESS,
        Outcome.UNAUTHORIZED,
        Outcome.NO_QUOTA,
        Outcome.UNKNOWN_MODEL,
        Outcome.NOT_A_MODEL_SERVER,
        Outcome.NO_ROOM,
    }
)
"""The same for every question of this run: asked once, then given up."""


class ModelFailed(Exception):
    """No usable answer; `words` is a sentence for the run report, `retry_after` what the server asked for (s)."""

    def __init__(self, outcome: Outcome, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.outcome = outcome
        self.words = words
        self.retry_after = retry_after


class Complaints(Exception):
    """What is wrong with an answer, one sentence each, in pseudonyms only: fit to be sent back."""

    def __init__(self, outcome: Outcome, *complaints: str) -> None:
        super().__init__(" ".join(complaints))
        self.outcome = outcome
        self.complaints: Sequence[str] = complaints
