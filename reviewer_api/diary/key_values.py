"""Values by name that outlive a restart, such as `held_plan`, the hash of the plan that waits for confirmation."""

from __future__ import annotations

import aiosqlite


class KeyValues:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        async with self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)) as cursor:
            row = await cursor.fetchone()
        return row[0] if row else None

    async def put(self, name: str, value: str) -> None:
        await self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
