"""A recorder database as Home Assistant makes it, as far as histories need it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

TABLES = """
CREATE TABLE states (state_id INTEGER PRIMARY KEY, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0),
    event_id SMALLINT, last_changed CHAR(0), last_changed_ts FLOAT, last_reported_ts FLOAT, last_updated CHAR(0),
    last_updated_ts FLOAT, old_state_id INTEGER, attributes_id INTEGER, context_id CHAR(0), context_user_id CHAR(0),
    context_parent_id CHAR(0), origin_idx SMALLINT, context_id_bin BLOB, context_user_id_bin BLOB,
    context_parent_id_bin BLOB, metadata_id INTEGER);
CREATE TABLE states_meta (metadata_id INTEGER PRIMARY KEY, entity_id VARCHAR(255));
CREATE TABLE events (event_id INTEGER PRIMARY KEY, event_type CHAR(0), time_fired_ts FLOAT, data_id INTEGER,
    context_id_bin BLOB, context_user_id_bin BLOB, context_parent_id_bin BLOB, event_type_id INTEGER);
CREATE TABLE event_types (event_type_id INTEGER PRIMARY KEY, event_type VARCHAR(64));
CREATE TABLE event_data (data_id INTEGER PRIMARY KEY, hash BIGINT, shared_data TEXT);
CREATE TABLE schema_changes (change_id INTEGER PRIMARY KEY, schema_version INTEGER, changed DATETIME);
CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts);
CREATE INDEX ix_states_last_updated_ts ON states (last_updated_ts);
CREATE INDEX ix_events_event_type_id_time_fired_ts ON events (event_type_id, time_fired_ts);
"""


@dataclass
class RecorderDb:
    """Writes as Home Assistant does: WAL, one row a change, contexts of 16 bytes."""

    path: Path
    schema: int = 53
    database: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.executescript(TABLES)
        self.database.execute("INSERT INTO schema_changes (schema_version) VALUES (?)", (self.schema,))

    def state(
        self,
        when: datetime,
        entity_id: str,
        state: str | None,
        context: bytes | None = b"c" * 16,
        user: str | None = None,
        parent: bytes | None = None,
        changed: datetime | None = None,
    ) -> None:
        self.database.execute(
            "INSERT INTO states (state, last_updated_ts, last_changed_ts, context_id_bin, context_user_id_bin,"
            " context_parent_id_bin, metadata_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                state,
                when.timestamp(),
                changed.timestamp() if changed else None,
                context,
                bytes.fromhex(user) if user else None,
                parent,
                self._number("states_meta", "entity_id", entity_id),
            ),
        )

    def event(self, when: datetime, event_type: str, context: bytes, **data: str) -> None:
        cursor = self.database.execute("INSERT INTO event_data (shared_data) VALUES (?)", (json.dumps(data),))
        self.database.execute(
            "INSERT INTO events (time_fired_ts, data_id, context_id_bin, event_type_id) VALUES (?, ?, ?, ?)",
            (when.timestamp(), cursor.lastrowid, context, self._number("event_types", "event_type", event_type)),
        )

    def close(self) -> None:
        self.database.close()

    def _number(self, table: str, column: str, text: str) -> int:
        row = self.database.execute(f"SELECT rowid FROM {table} WHERE {column} = ?", (text,)).fetchone()  # noqa: S608 - names of the test
        if row:
            return int(row[0])
        number = self.database.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (text,)).lastrowid  # noqa: S608 - names of the test
        assert number is not None
        return number
