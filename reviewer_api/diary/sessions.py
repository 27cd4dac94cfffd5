"""Sign-in sessions; only digests of their tokens are stored, so that a copied diary signs nobody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import aiosqlite

from reviewer_api.diary.times import datetime_from_iso, iso_from_datetime

Role = Literal["approver", "reader"]


@dataclass(frozen=True)
class Session:
    """`session_id` and `csrf` stay when the token is renewed; `digest` is of the present token.

    `user_id` is Home Assistant's, "" for who signed in by a link or the local token.
    """

    digest: str
    session_id: str
    name: str
    role: Role
    csrf: str
    renewed: datetime
    expires: datetime
    user_id: str = ""


class Sessions:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._version: int | None = None

    async def changed_elsewhere(self) -> bool:
        """Whether another process wrote to the diary since this was last asked."""
        async with self._database.execute("PRAGMA data_version") as cursor:
            row = await cursor.fetchone()
        previous, self._version = self._version, int(row[0]) if row else None
        return previous is not None and previous != self._version

    async def save(self, session: Session) -> None:
        await self._database.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?,?,?,?,?,?,?,?)",
            (
                session.digest,
                session.session_id,
                session.name,
                session.role,
                session.csrf,
                iso_from_datetime(session.renewed),
                iso_from_datetime(session.expires),
                session.user_id,
            ),
        )

    async def all(self) -> list[Session]:
        async with self._database.execute("SELECT * FROM sessions") as cursor:
            return [
                Session(
                    digest,
                    session_id,
                    name,
                    role,
                    csrf,
                    datetime_from_iso(renewed),
                    datetime_from_iso(expires),
                    user_id,
                )
                async for digest, session_id, name, role, csrf, renewed, expires, user_id in cursor
            ]

    async def drop(self, session_id: str) -> None:
        await self._database.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))

    async def drop_all(self) -> None:
        await self._database.execute("DELETE FROM sessions")

    async def drop_expired(self, now: datetime) -> None:
        await self._database.execute("DELETE FROM sessions WHERE expires < ?", (iso_from_datetime(now),))
