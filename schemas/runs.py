"""A run of the generator: its stages, its report, and why things were not proposed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

REPORTS_FOLDER: Final = "reports"
"""Folder in DATA_DIR where a run without `--json` stores its report, for the service to import."""


class Stage(StrEnum):
    READ = "read"
    TIDY = "tidy"
    MINE = "mine"
    RANK = "rank"
    DRAFT = "draft"
    CHECK = "check"
    PROPOSE = "propose"


class Progress(BaseModel):
    """One line of `--progress json`: `done` of `total` in this stage (total 0: not known)."""

    model_config = ConfigDict(extra="forbid")

    stage: Stage
    done: int
    total: int
    message: str = ""


class SkippedCount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str
    count: int


class ProposedSuggestion(BaseModel):
    """What became of one chosen pattern; `why` is a sentence where the outcome is not `created`."""

    model_config = ConfigDict(extra="forbid")

    habit_id: str
    title: str
    branch: str | None
    outcome: Literal["created", "refreshed", "unchanged", "waiting", "held_back", "frozen", "declined", "failed"]
    why: str = ""
    drafted_by: str = "baseline"


class RunReport(BaseModel):
    """What `python -m generator run --json` prints."""

    model_config = ConfigDict(extra="forbid")

    run_id: str
    source: str
    started: str
    finished: str
    window: dict[str, str]
    events: int
    origins: dict[str, int]
    """Counts of events by graded origin."""
    settling: bool
    found: int
    suggestions: list[ProposedSuggestion]
    skipped: list[SkippedCount]
    anomalies: list[dict[str, object]]
    timings: dict[str, float]
    peak_rss_mb: float
    notes: list[str] = []
    """What a person should know about this run, in sentences (no model used, store was stale...)."""
