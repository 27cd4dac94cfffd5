"""What is kept beside a suggestion in its ledger: the pattern it came from, the verdict on its draft, the receipts."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from schemas.backtest import Backtest
from schemas.patterns import Pattern
from schemas.problems import Problem

PATTERN_FILE = "pattern.json"
VERDICT_FILE = "verdict.json"
RECEIPTS_FILE = "receipts.json"
AUTOMATION_FILE = "automation.yaml"


@dataclass(frozen=True)
class DraftVerdict:
    """The checks' findings on a draft and what it would have done."""

    problems: tuple[Problem, ...] = ()
    backtest: Backtest | None = None


@dataclass(frozen=True)
class Exchange:
    """One exchange with a model, word for word; `at` is ISO 8601 UTC.

    `sent` is the body of the request and `received` the body of the answer, each exactly as on the wire (the answer as
    far as it was read); `answer` is the text that the pieces of the answer add up to. `prompt` is the version of the
    instructions. `outcome` is `answered` or names what went wrong. The tokens are the server's own counts, or an
    estimate where it reported none (`counted` False). `dollars` is 0 for a server without a price.
    """

    at: str
    model: str
    sent: str
    received: str
    tokens_in: int = 0
    tokens_out: int = 0
    dollars: float = 0.0
    seconds: float = 0.0
    prompt: str = ""
    answer: str = ""
    outcome: str = "answered"
    counted: bool = True


@dataclass(frozen=True)
class Receipts:
    """Every exchange with a model for one suggestion, oldest first."""

    exchanges: tuple[Exchange, ...] = field(default_factory=tuple)


PATTERN: TypeAdapter[Pattern] = TypeAdapter(Pattern)
VERDICT: TypeAdapter[DraftVerdict] = TypeAdapter(DraftVerdict)
RECEIPTS: TypeAdapter[Receipts] = TypeAdapter(Receipts)
"""`X.dump_json(value, by_alias=True)` writes the file; `X.validate_json(data)` reads it (else ValidationError)."""
