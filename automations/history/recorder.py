"""Home Assistant's own database: `home-assistant_v2.db` (SQLite), read while Home Assistant writes to it.

Rows are streamed into columns, a chunk at a time. Origins come from the context of each change: what Home Assistant
fired or called in that context, else whose id it carries.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from automations.history.event_builder import EventBuilder, drop_repeats
from automations.history.origin import (
    ORIGIN_OF_EVENT,
    SWITCHABLE,
    origin_from_entity,
    origin_from_event,
    origin_from_user,
)
from automations.history.source import HistorySource, check_clock
from automations.history.source_result import SourceResult
from schemas.clock import SECOND_US
from schemas.errors import InputError
from schemas.events import Origin
from schemas.home import Home

OLDEST_SCHEMA: Final = 41
"""Home Assistant 2023.4: the first with binary contexts and one row per entity id."""
NEWEST_SCHEMA: Final = 53
"""Home Assistant 2026.11."""
CHUNK_ROWS: Final = 50_000
RUN_LOOKBACK: Final = timedelta(days=1)
"""A run that changes something today may have started, and have recorded its context, this long before."""

CHANGES_QUERY = """
SELECT last_updated_ts, metadata_id, state,
       CASE WHEN metadata_id IN ({switchable}) THEN context_id_bin END, context_user_id_bin, context_parent_id_bin
FROM states
WHERE last_updated_ts >= ? AND last_updated_ts < ? AND +metadata_id IN ({all})
  AND state IS NOT NULL AND (last_changed_ts IS NULL OR last_changed_ts = last_updated_ts)
"""
CALLS_QUERY = """
SELECT events.context_id_bin, event_types.event_type,
       CASE WHEN json_valid(event_data.shared_data) THEN json_extract(event_data.shared_data, '$.domain') END
FROM events JOIN event_types USING (event_type_id) LEFT JOIN event_data USING (data_id)
WHERE event_types.event_type IN ({types}) AND events.time_fired_ts >= ? AND events.time_fired_ts < ?
ORDER BY events.time_fired_ts
"""
ASSIST_QUERY = """
SELECT context_id_bin FROM states
WHERE metadata_id IN (SELECT metadata_id FROM states_meta
                      WHERE entity_id GLOB 'conversation.*' OR entity_id GLOB 'assist_satellite.*')
  AND last_updated_ts >= ? AND last_updated_ts < ? AND context_id_bin IS NOT NULL
"""
"""The contexts in which somebody spoke to Assist: its entity changes state then."""
COLUMN_COUNT: Final = 6
"""Of CHANGES_QUERY: time in seconds, metadata id of the entity, state, and the context's own id, user and parent."""


@dataclass(frozen=True)
class Recorder(HistorySource):
    """Over the database at `path`; `excluded_users` are ids of users that are no persons.

    A lock that another program holds on the database is waited for `wait_seconds`.
    """

    path: Path
    excluded_users: frozenset[str] = frozenset()
    wait_seconds: float = 10.0

    @property
    def name(self) -> str:
        return f"the recorder {self.path}"

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        return await asyncio.to_thread(self._read, start, end, home, entity_ids)

    def _read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        try:
            with closing(_open_database(self.path, self.wait_seconds)) as database:
                _check_schema(database, self.path)
                _check_newest(database, self.name)
                entity_by_metadata_id = _entity_by_metadata_id(database, entity_ids)
                origin_by_context = _read_context_origins(database, start - RUN_LOOKBACK, end)
                service_users = self.excluded_users | set(home.service_users)
                return _read_changes(
                    database, entity_by_metadata_id, OriginGrader(home, origin_by_context, service_users), start, end
                )
        except sqlite3.Error as error:
            raise InputError(_describe_error(self.path, error)) from error


class OriginGrader:
    """Origins of a database's rows; `origin_by_context` comes from what was fired or called in each context."""

    def __init__(self, home: Home, origin_by_context: Mapping[bytes, Origin], service_users: frozenset[str]) -> None:
        self.calls = origin_by_context
        self._home = home
        self._service_users = service_users

    def default_origin(self, entity_id: str) -> Origin:
        """Of a change whose context does not say who caused it."""
        return origin_from_entity(entity_id, self._home.entities_by_id.get(entity_id))

    def context_origin(self, entity_id: str, context: bytes, user: bytes | None, parent: bytes | None) -> Origin | None:
        """The origin by the context; None where it does not say who caused the change."""
        origin = self.calls.get(context)
        if origin is None and parent is not None:
            origin = self.calls.get(parent)
        if origin is not None:
            return origin
        entity = self._home.entities_by_id.get(entity_id)
        user_id = user.hex() if user is not None else None
        return origin_from_user(user_id, parent is not None, self._service_users, entity.platform if entity else None)


def _open_database(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """Read-only: we can never change the home's database."""
    if not os.path.isfile(path):  # noqa: PTH113 - a folder that may not be looked into is no fault of ours
        raise InputError(
            f"There is no recorder database to be seen at {path}; set RECORDER_DB to home-assistant_v2.db, "
            "and give us the right to look into its folder."
        )
    mode = "immutable=1" if _is_copy_on_read_only_disk(path) else "mode=ro"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=wait_seconds)
    database.execute("PRAGMA cache_size = -32768")
    return database


def _is_copy_on_read_only_disk(path: Path) -> bool:
    """No write-ahead log beside it, so nobody has it open, and no room to make one, which SQLite would else want."""
    return not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)


def _check_schema(database: sqlite3.Connection, path: Path) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"states", "states_meta", "events", "event_types", "event_data"} <= tables:
        older = "schema_changes" in tables
        raise InputError(
            f"{path} is {'of a Home Assistant before 2023.4' if older else 'no database of Home Assistant'}; "
            "set RECORDER_DB to the home-assistant_v2.db of a newer one, or HISTORY_SOURCE=home-assistant."
        )
    (schema,) = database.execute("SELECT max(schema_version) FROM schema_changes").fetchone()
    if schema is None or not OLDEST_SCHEMA <= schema <= NEWEST_SCHEMA:
        raise InputError(
            f"{path} has schema {schema}; known are {OLDEST_SCHEMA} (Home Assistant 2023.4) to {NEWEST_SCHEMA} "
            "(2026.11). Take a newer Nightshift, or set HISTORY_SOURCE=home-assistant."
        )
    if database.execute("SELECT 1 FROM states WHERE metadata_id IS NULL AND entity_id IS NOT NULL LIMIT 1").fetchone():
        raise InputError(f"Home Assistant is still moving {path} to its new form; run again when it has finished.")


def _check_newest(database: sqlite3.Connection, name: str) -> None:
    (newest,) = database.execute("SELECT max(last_updated_ts) FROM states").fetchone()
    if newest is not None:
        now = datetime.now(UTC)
        check_clock(name, max(now, datetime.fromtimestamp(newest, UTC)), now)


def _entity_by_metadata_id(database: sqlite3.Connection, entity_ids: frozenset[str]) -> dict[int, str]:
    """The metadata id of each entity; a renamed entity keeps its rows under its id of today."""
    rows = database.execute("SELECT metadata_id, entity_id FROM states_meta ORDER BY metadata_id")
    return {number: entity_id for number, entity_id in rows if entity_id in entity_ids}


def _read_context_origins(database: sqlite3.Connection, start: datetime, end: datetime) -> dict[bytes, Origin]:
    """The origin of each context by the first event in it; a call that does not say who caused it does not count."""
    types = ", ".join(f"'{name}'" for name in (*ORIGIN_OF_EVENT, "call_service"))
    window = (start.timestamp(), end.timestamp())
    origin_by_context: dict[bytes, Origin] = {}
    for context, event_type, domain in database.execute(CALLS_QUERY.format(types=types), window):
        origin = origin_from_event(event_type, domain)
        if origin is not None and context is not None:
            origin_by_context.setdefault(context, origin)
    for (context,) in database.execute(ASSIST_QUERY, window):
        origin_by_context.setdefault(context, Origin.VOICE)
    return origin_by_context


def _read_changes(
    database: sqlite3.Connection,
    entity_by_metadata_id: dict[int, str],
    grader: OriginGrader,
    start: datetime,
    end: datetime,
) -> SourceResult:
    builder = EventBuilder()
    if not entity_by_metadata_id:
        return SourceResult(builder.build())
    codes = np.zeros(max(entity_by_metadata_id) + 1, np.int32)
    default_origin = np.zeros(max(entity_by_metadata_id) + 1, np.int8)
    switchable = np.zeros(max(entity_by_metadata_id) + 1, bool)
    for number, entity_id in entity_by_metadata_id.items():
        codes[number] = builder.entity_code(entity_id)
        default_origin[number] = grader.default_origin(entity_id)
        switchable[number] = _is_switchable(entity_id)
    for rows in _read_chunks(database, entity_by_metadata_id, start, end):
        metadata_id = rows[:, 1].astype(np.int64)
        origin = default_origin[metadata_id]
        _regrade(rows, np.flatnonzero(switchable[metadata_id]), origin, entity_by_metadata_id, grader)
        time = np.round(rows[:, 0].astype(np.float64) * SECOND_US).astype(np.int64)
        builder.add(time, codes[metadata_id], rows[:, 2].tolist(), origin)
    return SourceResult(drop_repeats(builder.build()))


def _read_chunks(
    database: sqlite3.Connection, entity_by_metadata_id: dict[int, str], start: datetime, end: datetime
) -> Iterator[NDArray[np.object_]]:
    """Rows as they come, shape (n, COLUMN_COUNT), a chunk at a time."""
    switchable = (number for number, entity_id in entity_by_metadata_id.items() if _is_switchable(entity_id))
    query = CHANGES_QUERY.format(
        switchable=", ".join(map(str, switchable)), all=", ".join(map(str, entity_by_metadata_id))
    )
    cursor = database.execute(query, (start.timestamp(), end.timestamp()))
    while len(cells := np.fromiter(chain.from_iterable(islice(cursor, CHUNK_ROWS)), object)):
        yield cells.reshape(-1, COLUMN_COUNT)


def _is_switchable(entity_id: str) -> bool:
    return entity_id.split(".", 1)[0] in SWITCHABLE


def _regrade(
    rows: NDArray[np.object_],
    switchable: NDArray[np.intp],
    origin: NDArray[np.int8],
    entity_by_metadata_id: dict[int, str],
    grader: OriginGrader,
) -> None:
    """Replace the default origins of switchable entities by those of their contexts, in place."""
    columns = (rows[switchable, column].tolist() for column in (1, 3, 4, 5))
    for row, number, context, user, parent in zip(switchable.tolist(), *columns, strict=True):
        if user is None and parent is None and context not in grader.calls:
            continue
        context_origin = grader.context_origin(entity_by_metadata_id[number], context, user, parent)
        if context_origin is not None:
            origin[row] = context_origin


def _describe_error(path: Path, error: sqlite3.Error) -> str:
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
