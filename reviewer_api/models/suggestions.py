"""The board, one suggestion, and the requests by which a person decides about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from reviewer_api.models.base import RequestModel, ResponseModel
from reviewer_api.models.common import DiffAnswer, Meaning, ProblemAnswer
from schemas.suggestions import DeclineScope, State


class SuggestionRow(ResponseModel):
    """One line of the board."""

    habit_id: str
    title: str
    """One sentence: "Kitchen light on at 06:42 on weekdays"."""
    state: State
    kind: str
    area: str | None
    strength: float = Field(ge=0, le=1)
    """Lower 95 % bound of the confidence."""
    days_seen: int
    days_possible: int
    proposed_at: str | None
    updated_at: str
    why: str = ""
    """Why it is in this state, where that needs a word (held back, waiting, pending, degraded, snoozed until)."""
    needs_second_yes: bool = False
    blocked: bool = False


class SuggestionList(ResponseModel):
    items: list[SuggestionRow]
    total: int
    """Rows that fit the filters, before paging."""
    counts: dict[State, int]
    areas: list[str]
    kinds: list[str]
    empty_reason: str = ""
    """Why there is nothing to show, in a sentence; "" where there is something."""
    next_run: str | None


class Seen(BaseModel):
    """What the person was shown; an approval holds only for exactly this."""

    model_config = ConfigDict(extra="forbid")

    proposed_blob: str
    main_blob: str
    """"" where the path is not on main."""
    live_hash: str
    """Hash of the live config, "" where the home has none, "unknown" while it cannot be asked."""
    policy_blob: str
    findings: list[str]
    """Names and paths of the blocking and asking findings, sorted."""


class BacktestDay(ResponseModel):
    day: str
    """Local date."""
    matched: list[str]
    false: list[str]
    missed: list[str]


class BacktestAnswer(ResponseModel):
    computable: bool
    reason: str
    start: str
    end: str
    fired: int
    matched: int
    false: int
    missed: int
    undone: int
    lead_seconds: float | None
    days: list[BacktestDay]


class EvidenceAnswer(ResponseModel):
    """The picture: when the person did it.

    `seen_minutes` are local minutes since midnight by day, for the day-by-hour map; `delays` seconds from A to B, for
    the histogram (one of the two is filled).
    """

    days_seen: int
    days_possible: int
    support: float
    confidence: float
    confidence_low: float
    lift: float
    settling: bool
    sentence: str
    seen_minutes: dict[str, list[int]]
    proposed_minutes: dict[str, int]
    """Local minute at which the proposal would act on that day, where it is a clock or sun time."""
    delays: list[float]


class TimelineEntry(ResponseModel):
    event: str
    at: str
    who: str
    why: str = ""
    sha: str


class Receipt(ResponseModel):
    """One exchange with the model, word for word."""

    at: str
    model: str
    sent: str
    received: str
    tokens_in: int
    tokens_out: int
    dollars: float
    seconds: float


class SuggestionPage(ResponseModel):
    row: SuggestionRow
    path: str
    branch: str
    yaml: str
    meaning: Meaning
    evidence: EvidenceAnswer
    backtest: BacktestAnswer
    diff: DiffAnswer
    problems: list[ProblemAnswer]
    timeline: list[TimelineEntry]
    receipts: list[Receipt]
    drafted_by: str
    frozen: bool
    """A person has committed to the branch; the bot only adds evidence."""
    conflict: bool
    """Main went on with this file too since then: the two must be put together before it can be approved."""
    main_yaml: str | None
    """What main has at this path now, where it is there."""
    actions_allowed: list[Literal["approve", "edit", "comment", "redraft", "decline", "snooze", "reopen", "keep"]]
    seen: Seen


class EditQuestion(RequestModel):
    yaml: str = Field(max_length=65_536)
    base_blob: str
    """The blob that the edit started from."""
    message: str = Field("", max_length=2_000)


class PreviewQuestion(RequestModel):
    yaml: str = Field(max_length=65_536)


class Preview(ResponseModel):
    problems: list[ProblemAnswer]
    meaning: Meaning | None
    backtest: BacktestAnswer | None
    diff: DiffAnswer


class CommentQuestion(RequestModel):
    text: str = Field(min_length=1, max_length=2_000)


class Trial(StrEnum):
    NO = "no"
    OFF = "off"
    SEVEN_DAYS = "seven_days"


class ApproveQuestion(RequestModel):
    seen: Seen
    second_yes: list[str] = []
    """The asking findings that the person said yes to, as in `Seen.findings`."""
    trial: Trial = Trial.NO


class DeclineQuestion(RequestModel):
    scope: DeclineScope
    reason: str = Field("", max_length=2_000)


class SnoozeQuestion(RequestModel):
    until: str
    """ISO date or time, in the future."""


class BulkQuestion(RequestModel):
    habit_ids: list[str] = Field(min_length=1, max_length=500)
    decline: DeclineQuestion | None = None
    snooze: SnoozeQuestion | None = None


class BulkAnswer(ResponseModel):
    done: list[str]
    failed: dict[str, str]
    """habit_id -> why not."""


class Stale(ResponseModel):
    """The body of a 409: what moved since it was shown, in sentences, and the page as it is now."""

    detail: str
    moved: list[str]
    page: SuggestionPage | None
