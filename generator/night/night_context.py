"""What a night works with, opened and read before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from automations.checks import Policy
from automations.git.repository import Repository
from automations.history.source_result import SourceResult
from generator.drafting.draft import Drafter
from generator.night.caps import Caps
from generator.night.follow_up import ReadRunHistory
from generator.night.progress import ReportProgress
from schemas.home import Home


@dataclass(frozen=True)
class NightContext:
    repository: Repository
    home: Home
    policy: Policy
    history: SourceResult
    source: str
    drafter: Drafter
    read_run_history: ReadRunHistory
    caps: Caps
    days: int
    page_url: str | None
    """Address of the page, for links; None where none is set."""
    now: datetime
    report_progress: ReportProgress
