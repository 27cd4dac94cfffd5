"""Notices that the broker has not acknowledged yet, oldest first; they outlive a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from reviewer_api.diary.times import iso_from_datetime

MAX_MESSAGES = 10_000
"""Notices at most; past that the oldest are deleted, since a broker that is away for months must not fill the disk."""


@dataclass(frozen=True)
class OutboxMessage:
    number: int
    topic: str
    payload: str
    retain: bool


class Outbox:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def add(self, topic: str, payload: str, retain: bool, now: datetime) -> None:
        """A retained notice replaces an older retained one of its topic that is still pending."""
        if retain:
            await self._database.execute("DELETE FROM outbox WHERE topic = ? AND retain", (topic,))
        await self._database.execute(
            "INSERT INTO outbox (topic, payload, retain, created) VALUES (?, ?, ?, ?)",
            (topic, payload, int(retain), iso_from_datetime(now)),
        )
        await self._database.execute(
            "DELETE FROM outbox WHERE id <= (SELECT max(id) FROM outbox) - ?",
            (MAX_MESSAGES,),
        )

    async def pending(self, limit: int = 20) -> list[OutboxMessage]:
        query = "SELECT id, topic, payload, retain FROM outbox ORDER BY id LIMIT ?"
        async with self._database.execute(query, (limit,)) as cursor:
            return [
                OutboxMessage(number, topic, payload, bool(retain)) async for number, topic, payload, retain in cursor
            ]

    async def mark_delivered(self, number: int) -> None:
        await self._database.execute("DELETE FROM outbox WHERE id = ?", (number,))

    async def count(self) -> int:
        async with self._database.execute("SELECT count(*) FROM outbox") as cursor:
            row = await cursor.fetchone()
        return int(row[0]) if row else 0
