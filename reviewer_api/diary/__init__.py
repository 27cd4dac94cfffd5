"""The diary: what is useful to store and may be lost; git is the truth.

Runs and deployments (history for the page), the board (an index of the ledgers that makes lists fast), the outbox of
notices, sign-in sessions, one-time tokens and key-values. One SQLite file, one connection, each statement its own
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiosqlite

from reviewer_api.diary.board import Board
from reviewer_api.diary.database import connect
from reviewer_api.diary.deployments import Deployments
from reviewer_api.diary.key_values import KeyValues
from reviewer_api.diary.one_time_tokens import OneTimeTokens
from reviewer_api.diary.outbox import Outbox
from reviewer_api.diary.runs import Runs
from reviewer_api.diary.sessions import Sessions

__all__ = ["Diary", "open_diary"]

MIN_RUNS = 30
MAX_RUNS, MAX_DEPLOYMENTS = 1_000, 50_000
"""However new they are: a report is 5 to 50 kB, and whoever presses *analyse now* all day must not fill the disk."""


@dataclass(frozen=True)
class Diary:
    """`is_new` is True where the file was new or had to be set aside: the board must then be built from git."""

    database: aiosqlite.Connection
    path: Path
    is_new: bool
    runs: Runs
    deployments: Deployments
    board: Board
    outbox: Outbox
    sessions: Sessions
    one_time_tokens: OneTimeTokens
    key_values: KeyValues

    async def delete_before(self, before: datetime) -> None:
        """Delete runs and deployments older than `before`, and those past the row limits; git keeps the decisions."""
        await self.runs.delete_before(before, MIN_RUNS, MAX_RUNS)
        await self.deployments.delete_before(before, MAX_DEPLOYMENTS)

    async def close(self) -> None:
        await self.database.close()


async def open_diary(path: Path) -> Diary:
    """The diary in `path`; a file that is broken is set aside beside it and a new one created.

    Raises InputError where the folder cannot be written or a newer Nightshift wrote the file.
    """
    database, is_new = await connect(path)
    return Diary(
        database=database,
        path=path,
        is_new=is_new,
        runs=Runs(database),
        deployments=Deployments(database),
        board=Board(database),
        outbox=Outbox(database),
        sessions=Sessions(database),
        one_time_tokens=OneTimeTokens(database),
        key_values=KeyValues(database),
    )
