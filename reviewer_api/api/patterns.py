"""The habits that were found, with the evidence for each, and anomalies."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter

from automations.git.ledger import read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.repository import Repository
from reviewer_api.api.runs import scalar_fields
from reviewer_api.api.services import DiaryDep, HomeCacheDep, RepositoryDep
from reviewer_api.models.runs import PatternList, PatternRow
from reviewer_api.review.presenters import evidence_from
from schemas.home import Home
from schemas.suggestion_files import PATTERN, PATTERN_FILE
from schemas.suggestions import State

router = APIRouter(prefix="/patterns", tags=["patterns"])
MAX_PATTERNS: Final = 200
"""Each brings its picture along, about 2 kB; the strongest come first."""
CLOSED_STATES: Final = frozenset({State.DECLINED, State.FADED, State.SUPERSEDED})


@router.get("")
async def list_patterns(repository: RepositoryDep, diary: DiaryDep, home_cache: HomeCacheDep) -> PatternList:
    """Every habit that is neither declined nor over, strongest first, and what the last night found odd."""
    runs = await diary.runs.latest()
    report = next((run.report for run in runs if run.report), None)
    rows = await asyncio.to_thread(_read_rows, repository, home_cache.home)
    return PatternList(items=rows, anomalies=[scalar_fields(anomaly) for anomaly in report.anomalies] if report else [])


def _read_rows(repository: Repository, home: Home) -> list[PatternRow]:
    current = [entry for entry in read_latest_entries(repository).values() if entry.state not in CLOSED_STATES]
    strongest = sorted(current, key=lambda entry: (-entry.strength, entry.habit_id))[:MAX_PATTERNS]
    names = [f"{entry.sha}:{PATTERN_FILE}" for entry in strongest]
    pattern_files = repository.read_objects(names, leave_out_damaged=True)
    return [_row_from(entry, data, home) for entry, data in zip(strongest, pattern_files, strict=True) if data]


def _row_from(entry: LedgerEntry, data: bytes, home: Home) -> PatternRow:
    return PatternRow(
        habit_id=entry.habit_id,
        title=entry.title,
        kind=entry.kind,
        state=entry.state,
        strength=entry.strength,
        evidence=evidence_from(PATTERN.validate_json(data), home),
    )
