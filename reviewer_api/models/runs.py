"""Runs of the night, what one of them found, and the log of what was done."""

from __future__ import annotations

from typing import Literal

from reviewer_api.models.base import ResponseModel
from reviewer_api.models.suggestions import EvidenceAnswer
from schemas.suggestions import State

RunOutcome = Literal[
    "running", "done", "failed", "killed", "out_of_memory", "timed_out", "interrupted", "already_running"
]


class RunRow(ResponseModel):
    run_id: str
    started: str
    finished: str | None
    outcome: RunOutcome
    why: str = ""
    events: int | None = None
    found: int | None = None
    proposed: int | None = None


class RunList(ResponseModel):
    items: list[RunRow]
    next_run: str | None
    schedule: str


class StageTime(ResponseModel):
    stage: str
    seconds: float


class SkippedRow(ResponseModel):
    reason: str
    count: int


class RunPage(ResponseModel):
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


class PatternRow(ResponseModel):
    habit_id: str
    title: str
    kind: str
    state: State
    strength: float
    evidence: EvidenceAnswer


class PatternList(ResponseModel):
    items: list[PatternRow]
    anomalies: list[dict[str, str | float]]


class LogEntry(ResponseModel):
    at: str
    who: str
    event: str
    subject: str
    why: str
    sha: str


class LogList(ResponseModel):
    items: list[LogEntry]
