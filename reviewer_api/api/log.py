"""Who did what, when and why."""

from __future__ import annotations

from fastapi import APIRouter, Query

from automations.git.activity_log import ActivityEntry, read_activity_log
from reviewer_api.api.services import PartsHere
from reviewer_api.diary.times import text
from reviewer_api.models.runs import LogEntry, LogList

router = APIRouter(prefix="/log", tags=["log"])


@router.get("")
def show_log(parts: PartsHere, limit: int = Query(100, ge=1, le=1000)) -> LogList:
    """Newest first, from git: what people decided, what the bot proposed, what was deployed and taken back."""
    return LogList(items=[_entry(one) for one in read_activity_log(parts.repository, limit)])


def _entry(one: ActivityEntry) -> LogEntry:
    return LogEntry(at=text(one.at), who=one.who, event=one.event, subject=one.subject, why=one.why, sha=one.sha)
