"""The deployments to the home, newest first, for the page; the deployed chain in git is the truth."""

from __future__ import annotations

from datetime import datetime

import aiosqlite

from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.automations import DeploymentRow


class Deployments:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def add(
        self, at: datetime, automation_id: str, title: str, action: str, outcome: str, why: str, main: str
    ) -> None:
        await self._database.execute(
            "INSERT INTO deployments (at, automation_id, title, action, outcome, why, main) VALUES (?,?,?,?,?,?,?)",
            (iso_from_datetime(at), automation_id, title, action, outcome, why, main),
        )

    async def latest(self, limit: int = 100, automation_id: str | None = None) -> list[DeploymentRow]:
        query = (
            "SELECT at, automation_id, title, action, outcome, why, main FROM deployments"
            " WHERE ?1 IS NULL OR automation_id = ?1 ORDER BY id DESC LIMIT ?2"
        )
        async with self._database.execute(query, (automation_id, limit)) as cursor:
            return [DeploymentRow(**dict(zip(DeploymentRow.model_fields, row, strict=True))) async for row in cursor]

    async def delete_before(self, before: datetime, max_rows: int) -> None:
        """Delete those older than `before`, and those past the newest `max_rows`."""
        await self._database.execute(
            "DELETE FROM deployments WHERE at < ? OR id <= (SELECT max(id) FROM deployments) - ?",
            (iso_from_datetime(before), max_rows),
        )
