"""What the HTTP API is asked and answers: the contract with the page, from which its TypeScript types are made.

Times are ISO 8601 UTC texts; the page shows them in `Status.timezone`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.drift import Standing
from schemas.problems import Severity
from schemas.suggestions import DeclineScope, State


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- lists ------------------------------------------------------------------------------


class SuggestionRow(Answer):
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


class SuggestionList(Answer):
    items: list[SuggestionRow]
    total: int
    """Rows that fit the filters, before paging."""
    counts: dict[State, int]
    areas: list[str]
    kinds: list[str]
    empty_reason: str = ""
    """Why there is nothing to show, in a sentence; "" where there is something."""
    next_run: str | None


# --- one suggestion ---------------------------------------------------------------------


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


class Part(Answer):
    """One trigger, condition or action in words, with the names and areas of its entities."""

    words: str
    entities: list[str]
    areas: list[str]
    icon: str = ""


class Meaning(Answer):
    """What will happen in the home."""

    sentence: str
    triggers: list[Part]
    conditions: list[Part]
    actions: list[Part]


class BacktestDay(Answer):
    day: str
    """Local date."""
    matched: list[str]
    false: list[str]
    missed: list[str]


class BacktestAnswer(Answer):
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


class EvidenceAnswer(Answer):
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


class ProblemAnswer(Answer):
    check: str
    rung: str
    path: str
    message: str
    mend: str
    severity: Severity
    dates: list[str]
    line: int | None = None
    """Line in the YAML, from 1, where it is known."""


class DiffAnswer(Answer):
    """`old` and `new` whole texts (the page draws the lines), `words` what changed in sentences."""

    against: Literal["main", "home"]
    old: str
    new: str
    words: list[str]


class TimelineEntry(Answer):
    event: str
    at: str
    who: str
    why: str = ""
    sha: str


class Receipt(Answer):
    """One exchange with the model, word for word."""

    at: str
    model: str
    sent: str
    received: str
    tokens_in: int
    tokens_out: int
    dollars: float
    seconds: float


class SuggestionPage(Answer):
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
    main_yaml: str | None
    """What main has at this path now, where it is there."""
    actions_allowed: list[Literal["approve", "edit", "comment", "redraft", "decline", "snooze", "reopen", "keep"]]
    seen: Seen


class EditQuestion(Question):
    yaml: str = Field(max_length=65_536)
    base_blob: str
    """The blob that the edit started from."""
    message: str = Field("", max_length=2_000)


class PreviewQuestion(Question):
    yaml: str = Field(max_length=65_536)


class Preview(Answer):
    problems: list[ProblemAnswer]
    meaning: Meaning | None
    backtest: BacktestAnswer | None
    diff: DiffAnswer


class CommentQuestion(Question):
    text: str = Field(min_length=1, max_length=2_000)


class Trial(StrEnum):
    NO = "no"
    OFF = "off"
    SEVEN_DAYS = "seven_days"


class ApproveQuestion(Question):
    seen: Seen
    second_yes: list[str] = []
    """The asking findings that the person said yes to, as in `Seen.findings`."""
    trial: Trial = Trial.NO


class DeclineQuestion(Question):
    scope: DeclineScope
    reason: str = Field("", max_length=2_000)


class SnoozeQuestion(Question):
    until: str
    """ISO date or time, in the future."""


class BulkQuestion(Question):
    habit_ids: list[str] = Field(min_length=1, max_length=500)
    decline: DeclineQuestion | None = None
    snooze: SnoozeQuestion | None = None


class BulkAnswer(Answer):
    done: list[str]
    failed: dict[str, str]
    """habit_id -> why not."""


class Stale(Answer):
    """The body of a 409: what moved since it was shown, in sentences, and the page as it is now."""

    detail: str
    moved: list[str]
    page: SuggestionPage | None


# --- what is deployed -------------------------------------------------------------------


class AutomationRow(Answer):
    automation_id: str
    habit_id: str | None
    title: str
    area: str | None
    path: str | None
    drift: Standing
    health: Literal["watching", "healthy", "degraded", "trial", "unknown"]
    enabled: bool | None
    deployed_at: str | None
    last_fired: str | None
    why: str = ""


class AutomationList(Answer):
    items: list[AutomationRow]
    total: int
    home: str
    home_reachable: bool
    checked_at: str | None


class Version(Answer):
    sha: str
    at: str
    who: str
    subject: str
    deployed: bool


class AutomationPage(Answer):
    row: AutomationRow
    yaml: str | None
    live_yaml: str | None
    meaning: Meaning | None
    problems: list[ProblemAnswer]
    versions: list[Version]
    actions_allowed: list[Literal["rollback", "restore", "adopt", "unmanage", "run", "reapply"]]


class ChangeAnswer(Answer):
    """One change of a plan, as it would be done to the home."""

    action: Literal["create", "update", "delete"]
    automation_id: str
    title: str
    path: str
    diff: DiffAnswer


class RollbackQuestion(Question):
    to: str | None = None
    """Commit on main whose version is wanted; None: as it was before its last merge."""
    seen_main: str
    """The main commit that the preview showed."""


class RollbackPreview(Answer):
    changes: list[ChangeAnswer]
    words: list[str]
    seen_main: str


class DeployResult(Answer):
    """What became of a change in the home."""

    outcome: Literal["deployed", "pending", "refused", "held", "drifted", "removed", "paused", "nothing"]
    why: str = ""
    merge: str | None = None
    revert: str | None = None


class PlanAnswer(Answer):
    """What reconciling would do now; `held` says why it waits for a person."""

    changes: list[ChangeAnswer]
    held: str
    plan_hash: str
    first_write_warning: str
    """Not empty: nothing was ever written to this home; say yes first."""


class ConfirmQuestion(Question):
    plan_hash: str


class DriftRow(Answer):
    automation_id: str
    title: str
    drift: Standing
    words: list[str]


class DriftAnswer(Answer):
    rows: list[DriftRow]
    reachable: bool
    why: str = ""


class DeploymentRow(Answer):
    at: str
    automation_id: str
    title: str
    action: str
    outcome: str
    why: str
    main: str


class DeploymentList(Answer):
    items: list[DeploymentRow]


class RunOnceAnswer(Answer):
    """`run once now`: whether the home took it, and the trace once there is one."""

    started: bool
    why: str = ""
    trace: list[str] = []


# --- runs, status -----------------------------------------------------------------------


RunOutcome = Literal[
    "running", "done", "failed", "killed", "out_of_memory", "timed_out", "interrupted", "already_running"
]


class RunRow(Answer):
    run_id: str
    started: str
    finished: str | None
    outcome: Literal[
        "running", "done", "failed", "killed", "out_of_memory", "timed_out", "interrupted", "already_running"
    ]
    why: str = ""
    events: int | None = None
    found: int | None = None
    proposed: int | None = None


class RunList(Answer):
    items: list[RunRow]
    next_run: str | None
    schedule: str


class StageTime(Answer):
    stage: str
    seconds: float


class SkippedRow(Answer):
    reason: str
    count: int


class RunPage(Answer):
    """What is empty is not known: the run is under way, or it left no report."""

    row: RunRow
    stages: list[StageTime] = []
    skipped: list[SkippedRow] = []
    suggestions: list[dict[str, str | None]] = []
    anomalies: list[dict[str, str | float]] = []
    notes: list[str] = []
    origins: dict[str, int] = {}
    window: dict[str, str] = {}
    peak_rss_mb: float | None = None


class PatternRow(Answer):
    habit_id: str
    title: str
    kind: str
    state: State
    strength: float
    evidence: EvidenceAnswer


class PatternList(Answer):
    items: list[PatternRow]
    anomalies: list[dict[str, str | float]]


class Dependency(Answer):
    name: Literal["home", "broker", "model", "repository", "disk", "schedule", "history"]
    ok: bool | None
    """None: not set up, which is fine."""
    words: str
    mend: str = ""


class Status(Answer):
    version: str
    timezone: str
    language: str
    paused: bool
    dependencies: list[Dependency]
    next_run: str | None
    last_run: RunRow | None
    open_suggestions: int
    problems: int
    held_plan: bool
    embedded: bool
    """True: no Home Assistant is connected, the home is a folder."""


class PauseQuestion(Question):
    paused: bool
    reason: str = Field("", max_length=500)


class LogEntry(Answer):
    at: str
    who: str
    event: str
    subject: str
    why: str
    sha: str


class LogList(Answer):
    items: list[LogEntry]


class CompletionEntity(Answer):
    entity_id: str
    name: str
    area: str | None


class Catalogue(Answer):
    """For completion in the editor."""

    entities: list[CompletionEntity]
    services: list[str]


class SessionAnswer(Answer):
    """Who is signed in; `csrf` goes into the header `X-CSRF-Token` of every request that changes something."""

    name: str
    role: Literal["approver", "reader"]
    csrf: str
    home_assistant_sign_in: bool


class SignInQuestion(Question):
    """`secret` is the code of a sign-in link, the local token, or a long-lived token of Home Assistant."""

    secret: str = Field(min_length=16, max_length=4_096)


class Health(Answer):
    status: Literal["ok"]
    version: str


class Readiness(Answer):
    ready: bool
    dependencies: list[Dependency]


class ErrorAnswer(Answer):
    """The body of every error: a sentence that says what to do."""

    detail: str
