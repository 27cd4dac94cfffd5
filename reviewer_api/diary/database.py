"""The diary's SQLite file: opened, migrated, and set aside when it is broken."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiosqlite

from schemas.errors import InputError

log = logging.getLogger(__name__)

MIGRATIONS: Final = (
    """
    CREATE TABLE runs (
        run_id TEXT PRIMARY KEY, started TEXT NOT NULL, finished TEXT, outcome TEXT NOT NULL,
        why TEXT NOT NULL DEFAULT '', report TEXT
    ) STRICT;
    CREATE INDEX runs_by_time ON runs (started);
    CREATE TABLE deployments (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, automation_id TEXT NOT NULL, title TEXT NOT NULL,
        action TEXT NOT NULL, outcome TEXT NOT NULL, why TEXT NOT NULL, main TEXT NOT NULL
    ) STRICT;
    CREATE TABLE board (
        habit_id TEXT PRIMARY KEY, state TEXT NOT NULL, kind TEXT NOT NULL, area TEXT, title TEXT NOT NULL,
        strength REAL NOT NULL, updated_at TEXT NOT NULL, tip TEXT NOT NULL, line TEXT NOT NULL
    ) STRICT;
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL, retain INTEGER NOT NULL,
        created TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, session_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, csrf TEXT NOT NULL,
        renewed TEXT NOT NULL, expires TEXT NOT NULL
    ) STRICT;
    CREATE TABLE tickets (
        digest TEXT PRIMARY KEY, purpose TEXT NOT NULL, about TEXT NOT NULL, holds TEXT NOT NULL,
        expires TEXT NOT NULL
    ) STRICT;
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    """,
    "ALTER TABLE sessions ADD COLUMN user_id TEXT NOT NULL DEFAULT '';",
)
"""Step n brings `PRAGMA user_version` from n to n + 1; a step that was ever released is never edited."""


async def connect(path: Path) -> tuple[aiosqlite.Connection, bool]:
    """An open, migrated connection, and whether the file is new (or the old one had to be set aside)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        try:
            return await _open(path), is_new
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            _set_aside(path, error)
            return await _open(path), True
    except (OSError, sqlite3.OperationalError) as error:
        raise InputError(
            f"The diary {path} cannot be opened ({error}); make its folder writable or set DATA_DIR to one that is."
        ) from None


async def _open(path: Path) -> aiosqlite.Connection:
    # Before SQLite creates it, and its companions with the same mode: sessions and one-time tokens are nobody else's.
    path.touch(mode=0o600)
    database = await aiosqlite.connect(path, isolation_level=None)
    try:
        await database.execute("PRAGMA journal_mode = WAL")
        await database.execute("PRAGMA synchronous = NORMAL")
        await database.execute("PRAGMA busy_timeout = 5000")
        await _check(database)
        await _migrate(database, path)
    except BaseException:
        await database.close()
        raise
    return database


async def _check(database: aiosqlite.Connection) -> None:
    async with database.execute("PRAGMA quick_check(1)") as cursor:
        row = await cursor.fetchone()
    if row is None or row[0] != "ok":
        raise sqlite3.DatabaseError(str(row and row[0]))


async def _migrate(database: aiosqlite.Connection, path: Path) -> None:
    async with database.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = int(row[0]) if row else 0
    if version > len(MIGRATIONS):
        raise InputError(
            f"The diary {path} was made by a newer Nightshift; run that one, or move the file away and reindex."
        )
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        await database.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")


def _set_aside(path: Path, error: sqlite3.DatabaseError) -> None:
    aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    path.replace(aside)
    for companion in ("-wal", "-shm"):
        path.with_name(path.name + companion).unlink(missing_ok=True)
    log.error("the diary was broken and is set aside", extra={"kept_as": str(aside), "error": str(error)})
