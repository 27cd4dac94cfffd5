"""Home Assistant's own database: `home-assistant_v2.db` (SQLite), read while Home Assistant writes to it.

Rows are streamed into columns, a chunk at a time. Origins come from the context of each change: what Home Assistant
fired or called in that context, else whose id it carries.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
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
from automations.history.recorder_database import check_schema, describe_error, open_database
from automations.history.source import HistorySource
from automations.history.source_result import SourceResult
from automations.history.usable_rows import LeftOut, Reason, drop_unusable, possible_seconds, times_from_seconds
from schemas.clock import microseconds
from schemas.errors import InputError, Unreachable
from schemas.events import Events, Origin
from schemas.home import Home

CHUNK_ROWS: Final = 50_000
RUN_LOOKBACK: Final = timedelta(days=1)
"""A run that changes something today may have started, and have recorded its context, this long before."""

CHANGES_QUERY = """
SELECT {time}, metadata_id, CAST(state AS TEXT),
       CASE WHEN metadata_id IN ({switchable}) THEN context_id_bin END, context_user_id_bin, context_parent_id_bin
FROM states
WHERE {span} AND +metadata_id IN ({all})
  AND state IS NOT NULL AND (last_changed_ts IS NULL OR last_changed_ts = last_updated_ts)
"""
WINDOW: Final = {"time": "last_updated_ts", "span": "last_updated_ts >= ? AND last_updated_ts < ?"}
IMPOSSIBLE_TIMES: Final = {
    "time": "CASE WHEN typeof(last_updated_ts) IN ('real', 'integer') THEN last_updated_ts END",
    "span": "(last_updated_ts < ? OR last_updated_ts > ? OR last_updated_ts IS NULL)",
}
"""Outside of every window; a text is above any number, and SQLite keeps NaN as NULL."""
WITHOUT_METADATA_QUERY = """
SELECT CAST(entity_id AS TEXT), count(*) FROM states
WHERE metadata_id IS NULL AND state IS NOT NULL
  AND (last_updated_ts IS NULL OR last_updated_ts >= ? AND last_updated_ts < ?)
GROUP BY entity_id
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
        left_out, latest_us = LeftOut(entity_ids), microseconds(max(datetime.now(UTC), end))
        try:
            with closing(open_database(self.path, self.wait_seconds)) as database:
                check_schema(database, self.path)
                _count_without_metadata(database, start, end, left_out)
                entity_by_metadata_id = _entity_by_metadata_id(database, entity_ids)
                origin_by_context = _read_context_origins(database, start - RUN_LOOKBACK, end)
                grader = OriginGrader(home, origin_by_context, self.excluded_users | set(home.service_users))
                chunks = _read_chunks(database, entity_by_metadata_id, start, end, latest_us)
                rows = _read_changes(chunks, entity_by_metadata_id, grader)
        except sqlite3.Error as error:
            raise InputError(describe_error(self.path, error)) from error
        events = drop_repeats(drop_unusable(rows, latest_us, left_out))
        if left_out.total(Reason.NO_METADATA) > len(events):
            raise Unreachable(
                f"Most rows of {self.path} since {start:%Y-%m-%d} have no metadata_id: Home Assistant has not moved "
                "them to its new form. It does so while it runs; where that never ends, "
                "set HISTORY_SOURCE=home-assistant."
            )
        return SourceResult(events, left_out.notes())


class OriginGrader:
    """Origins of a database's rows; `origin_by_context` comes from what was fired or called in each context."""

    def __init__(self, home: Home, origin_by_context: Mapping[bytes, Origin], service_users: frozenset[str]) -> None:
        self.calls = origin_by_context
        self._home = home
        self._service_users = service_users

    def default_origin(self, entity_id: str) -> Origin:
        """Of a change whose context does not say who caused it."""
        return origin_from_entity(entity_id, self._home.entities_by_id.get(entity_id))

    def context_origin(self, entity_id: str, context: bytes, user: object, parent: bytes | None) -> Origin | None:
        """The origin by the context; None where it does not say who caused the change."""
        origin = self.calls.get(context)
        if origin is None and parent is not None:
            origin = self.calls.get(parent)
        if origin is not None:
            return origin
        entity = self._home.entities_by_id.get(entity_id)
        platform = entity.platform if entity else None
        return origin_from_user(_user_id(user), parent is not None, self._service_users, platform)


def _user_id(user: object) -> str | None:
    """As Home Assistant writes it, 32 hexadecimal digits; other programs write these as a text."""
    if isinstance(user, bytes):
        return user.hex()
    return str(user).replace("-", "").lower() if user else None


def _count_without_metadata(database: sqlite3.Connection, start: datetime, end: datetime, left_out: LeftOut) -> None:
    """Rows that still name their entity as before 2023.4, or not at all."""
    for entity_id, rows in database.execute(WITHOUT_METADATA_QUERY, (start.timestamp(), end.timestamp())):
        left_out.add(Reason.NO_METADATA, entity_id or "", rows)


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
    chunks: Iterable[NDArray[np.object_]], entity_by_metadata_id: Mapping[int, str], grader: OriginGrader
) -> Events:
    builder = EventBuilder()
    known_ids = np.array(sorted(entity_by_metadata_id), np.int64)
    names = [entity_by_metadata_id[number] for number in known_ids.tolist()]
    codes = np.array([builder.entity_code(name) for name in names], np.int32)
    default_origin = np.array([grader.default_origin(name) for name in names], np.int8)
    switchable = np.array([_is_switchable(name) for name in names], bool)
    for rows in chunks:
        place = np.searchsorted(known_ids, rows[:, 1].astype(np.int64))
        origin = default_origin[place]
        _regrade(rows, np.flatnonzero(switchable[place]), origin, entity_by_metadata_id, grader)
        times = times_from_seconds(rows[:, 0].astype(np.float64))
        builder.add(times, codes[place], rows[:, 2].tolist(), origin)
    return builder.build()


def _read_chunks(
    database: sqlite3.Connection,
    entity_by_metadata_id: Mapping[int, str],
    start: datetime,
    end: datetime,
    latest_us: int,
) -> Iterator[NDArray[np.object_]]:
    """Rows as they come, shape (n, COLUMN_COUNT), a chunk at a time; then those whose time cannot be."""
    switchable = (number for number, entity_id in entity_by_metadata_id.items() if _is_switchable(entity_id))
    numbers = {"switchable": ", ".join(map(str, switchable)), "all": ", ".join(map(str, entity_by_metadata_id))}
    for span, bounds in (
        (WINDOW, (start.timestamp(), end.timestamp())),
        (IMPOSSIBLE_TIMES, possible_seconds(latest_us)),
    ):
        cursor = database.execute(CHANGES_QUERY.format(**span, **numbers), bounds)
        while len(cells := np.fromiter(chain.from_iterable(islice(cursor, CHUNK_ROWS)), object)):
            yield cells.reshape(-1, COLUMN_COUNT)


def _is_switchable(entity_id: str) -> bool:
    return entity_id.split(".", 1)[0] in SWITCHABLE


def _regrade(
    rows: NDArray[np.object_],
    switchable: NDArray[np.intp],
    origin: NDArray[np.int8],
    entity_by_metadata_id: Mapping[int, str],
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
