"""Opens the recorder's database so that it can never be changed, and says what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from schemas.errors import InputError

OLDEST_SCHEMA: Final = 41
"""Home Assistant 2023.4: the first with binary contexts and one row per entity id."""
NEWEST_SCHEMA: Final = 53
"""Home Assistant 2026.11."""


def open_database(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """Read-only: we can never change the home's database."""
    if not os.path.isfile(path):  # noqa: PTH113 - a folder that may not be looked into is no fault of ours
        raise InputError(
            f"There is no recorder database to be seen at {path}; set RECORDER_DB to home-assistant_v2.db, "
            "and give us the right to look into its folder."
        )
    mode = "immutable=1" if _is_copy_on_read_only_disk(path) else "mode=ro"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=wait_seconds)
    database.execute("PRAGMA cache_size = -32768")
    database.text_factory = _decode
    return database


def check_schema(database: sqlite3.Connection, path: Path) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"states", "states_meta", "events", "event_types", "event_data"} <= tables:
        older = "schema_changes" in tables
        raise InputError(
            f"{path} is {'of a Home Assistant before 2023.4' if older else 'no database of Home Assistant'}; "
            "set RECORDER_DB to the home-assistant_v2.db of a newer one, or HISTORY_SOURCE=home-assistant."
        )
    (schema,) = database.execute("SELECT max(schema_version) FROM schema_changes").fetchone()
    if not isinstance(schema, int) or not OLDEST_SCHEMA <= schema <= NEWEST_SCHEMA:
        raise InputError(
            f"{path} has schema {schema}; known are {OLDEST_SCHEMA} (Home Assistant 2023.4) to {NEWEST_SCHEMA} "
            "(2026.11). Take a newer Nightshift, or set HISTORY_SOURCE=home-assistant."
        )


def describe_error(path: Path, error: sqlite3.Error) -> str:
    reason = str(error)
    if "locked" in reason or "busy" in reason:
        return f"{path} is locked by another program; run again when that has finished."
    if "not a database" in reason:
        return f"{path} is no SQLite database, or an encrypted one; set RECORDER_DB to Home Assistant's own file."
    if "malformed" in reason or "corrupt" in reason:
        return (
            f"{path} is damaged ({reason}). If it is a copy, copy it anew together with its -wal file; "
            "if it is Home Assistant's own, that makes a new one when it restarts."
        )
    return (
        f"{path} cannot be read ({reason}); check RECORDER_DB, the right to read it and its folder, "
        "and that its -wal and -shm files are beside it."
    )


def _decode(text: bytes) -> str:
    """Bytes that are no UTF-8 become U+FFFD: one broken text must not end the reading."""
    return text.decode(errors="replace")


def _is_copy_on_read_only_disk(path: Path) -> bool:
    """No write-ahead log beside it, so nobody has it open, and no room to make one, which SQLite would else want."""
    return not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
