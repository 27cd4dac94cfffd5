"""Who did what, when and why."""

from __future__ import annotations

from fastapi import APIRouter, Query

from automations.git.activity_log import ActivityEntry, read_activity_log
from reviewer_api.api.services import RepositoryDep
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.runs import LogEntry, LogList

router = APIRouter(prefix="/log", tags=["log"])


@router.get("")
def show_log(repository: RepositoryDep, limit: int = Query(100, ge=1, le=1000)) -> LogList:
    """Newest first, from git: what people decided, what the bot proposed, what was deployed and taken back."""
    return LogList(items=[_log_entry_from(one) for one in read_activity_log(repository, limit)])


def _log_entry_from(activity: ActivityEntry) -> LogEntry:
    return LogEntry(
        at=iso_from_datetime(activity.at),
        who=activity.who,
        event=activity.event,
        subject=activity.subject,
        why=activity.why,
        sha=activity.sha,
    )
