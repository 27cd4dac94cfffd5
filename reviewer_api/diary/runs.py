"""Runs of the generator: when, how they ended, and their reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from reviewer_api.diary.times import datetime_from_iso, iso_from_datetime
from reviewer_api.models.runs import RunOutcome
from schemas.runs import RunReport


@dataclass(frozen=True)
class Run:
    run_id: str
    started: datetime
    finished: datetime | None
    outcome: RunOutcome
    why: str
    report: RunReport | None


class Runs:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def begin(self, run_id: str, started: datetime) -> None:
        await self._database.execute(
            "INSERT INTO runs (run_id, started, outcome) VALUES (?, ?, 'running')", (run_id, iso_from_datetime(started))
        )

    async def end(
        self, run_id: str, finished: datetime, outcome: RunOutcome, why: str, report: RunReport | None
    ) -> None:
        await self._database.execute(
            "UPDATE runs SET finished = ?, outcome = ?, why = ?, report = ? WHERE run_id = ?",
            (iso_from_datetime(finished), outcome, why, report.model_dump_json() if report else None, run_id),
        )

    async def add_report(self, report: RunReport) -> None:
        """Add a run that succeeded outside the service; a report that is here already changes nothing."""
        values = (
            report.run_id,
            iso_from_datetime(datetime_from_iso(report.started)),
            iso_from_datetime(datetime_from_iso(report.finished)),
            report.model_dump_json(),
        )
        query = "INSERT OR IGNORE INTO runs (run_id, started, finished, outcome, report) VALUES (?, ?, ?, 'done', ?)"
        await self._database.execute(query, values)

    async def close_unfinished(self, now: datetime) -> None:
        """Mark every run that the last process left unfinished as interrupted."""
        await self._database.execute(
            "UPDATE runs SET finished = ?, outcome = 'interrupted', why = 'The service stopped while it ran.'"
            " WHERE outcome = 'running'",
            (iso_from_datetime(now),),
        )

    async def latest(self, limit: int = 50) -> list[Run]:
        """Newest first."""
        query = "SELECT run_id, started, finished, outcome, why, report FROM runs ORDER BY started DESC LIMIT ?"
        async with self._database.execute(query, (limit,)) as cursor:
            return [_run(row) async for row in cursor]

    async def get(self, run_id: str) -> Run | None:
        query = "SELECT run_id, started, finished, outcome, why, report FROM runs WHERE run_id = ?"
        async with self._database.execute(query, (run_id,)) as cursor:
            row = await cursor.fetchone()
        return _run(row) if row else None

    async def delete_before(self, before: datetime, min_rows: int, max_rows: int) -> None:
        """Delete runs older than `before`, except the newest `min_rows`; and any past the newest `max_rows`."""
        newest = "(SELECT run_id FROM runs ORDER BY started DESC LIMIT ?)"
        await self._database.execute(
            f"DELETE FROM runs WHERE (started < ? AND run_id NOT IN {newest}) OR run_id NOT IN {newest}",  # noqa: S608 - fixed texts
            (iso_from_datetime(before), min_rows, max_rows),
        )


def _run(row: aiosqlite.Row) -> Run:
    run_id, started, finished, outcome, why, report = row
    return Run(
        run_id,
        datetime_from_iso(started),
        datetime_from_iso(finished) if finished else None,
        outcome,
        why,
        RunReport.model_validate_json(report) if report else None,
    )
