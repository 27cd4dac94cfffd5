"""The local store of history: one compressed, checksummed file a day, written whole or not at all.

A day's file is a numpy archive (zip): `time` as differences in microseconds, codes of entity, state and origin in the
smallest type that holds them, and the texts once. Every column carries the archive's CRC-32, and the archive's
directory is at its end: a half-written or corrupted file is noticed when it is read.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from automations.files.atomic_write import PART_PATTERN, atomic_write
from automations.history.event_builder import combine_events, grade_returns_as_device
from schemas.clock import microseconds
from schemas.errors import InputError
from schemas.events import Events
from schemas.states import UNAVAILABLE_STATES

FORMAT = 1
UNREADABLE = (
    OSError, ValueError, KeyError, EOFError, IndexError, TypeError, RuntimeError, struct.error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a broken archive raises, depending on where it is broken."""
COMPLETE_AFTER = timedelta(hours=1)
"""A day is complete once it was read this long after its end: late writes and small clock differences are in."""


@dataclass(frozen=True)
class StoredDay:
    """One day of UTC; `read_at` says when its source was last read, `asked_entity_ids` for which entities."""

    day: date
    read_at: datetime
    asked_entity_ids: frozenset[str]
    events: Events

    @property
    def is_complete(self) -> bool:
        return self.read_at >= day_start(self.day + timedelta(days=1)) + COMPLETE_AFTER


class DamagedDay(Exception):
    """The file of a day cannot be read; the day is to be read anew from its source."""


class DayStore:
    """Days of history under `folder`, which is created at the first write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def days(self) -> list[date]:
        """The days that have a file, oldest first."""
        return sorted(day for path in self._folder.glob("*.npz") if (day := _day_from_path(path)))

    def load(self, day: date) -> StoredDay | None:
        """One day; None where there is none, DamagedDay where its file is not whole."""
        try:
            with np.load(BytesIO(self._path(day).read_bytes()), allow_pickle=False) as archive:
                return _unpack(day, archive)
        except FileNotFoundError:
            return None
        except UNREADABLE as error:
            raise DamagedDay(f"The stored history of {day} is damaged ({error}).") from error

    def read(self, start: datetime, end: datetime) -> Events:
        """The stored changes with start <= time < end; damaged days are left out."""
        events = combine_events(part.events for part in self.load_days(start.date(), end.date()))
        return grade_returns_as_device(events, UNAVAILABLE_STATES).between(microseconds(start), microseconds(end))

    def load_days(self, first: date, last: date) -> list[StoredDay]:
        """The whole days from `first` to `last`, both included."""
        days = []
        for day in self.days():
            if first <= day <= last:
                try:
                    stored = self.load(day)
                except DamagedDay:
                    continue
                days += [stored] if stored else []
        return days

    def save(self, stored: StoredDay) -> None:
        """Replace the day's file at once; InputError where the folder cannot be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._path(stored.day)) as file:
                np.savez_compressed(file, **_pack(stored))
        except OSError as error:
            raise InputError(
                f"The history of {stored.day} cannot be kept in {self._folder} ({error.strerror}); "
                "free some space there or set DATA_DIR."
            ) from error

    def delete_before(self, day: date) -> None:
        """Remove older days, and files that a killed process left half written."""
        for old in self.days():
            if old < day:
                self._path(old).unlink(missing_ok=True)
        for part in self._folder.glob(PART_PATTERN):
            part.unlink(missing_ok=True)

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.npz"


def day_start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def combine_days(stored: StoredDay | None, read: StoredDay) -> StoredDay:
    """A day after it was read again: sources forget, so nothing that was stored is lost."""
    if stored is None:
        return read
    return StoredDay(
        read.day,
        read.read_at,
        stored.asked_entity_ids | read.asked_entity_ids,
        combine_events([stored.events, read.events]),
    )


def events_of_day(events: Events, day: date) -> Events:
    return events.between(microseconds(day_start(day)), microseconds(day_start(day + timedelta(days=1))))


def _pack(stored: StoredDay) -> dict[str, Any]:
    events = _prune_vocabulary(stored.events)
    steps = np.diff(events.time, prepend=events.time[:1])
    texts = {
        "format": FORMAT,
        "read_at": stored.read_at.isoformat(),
        "asked": sorted(stored.asked_entity_ids),
        "first": int(events.time[0]) if len(events) else 0,
        "entities": events.entities,
        "states": events.states,
    }
    return {
        "texts": np.frombuffer(json.dumps(texts).encode(), np.uint8),
        "time": steps.astype(np.uint32 if len(steps) == 0 or steps.max() < 2**32 else np.uint64),
        "entity": events.entity.astype(_smallest_dtype(events.entities)),
        "state": events.state.astype(_smallest_dtype(events.states)),
        "origin": events.origin,
    }


def _unpack(day: date, archive: np.lib.npyio.NpzFile) -> StoredDay:
    texts = json.loads(archive["texts"].tobytes())
    if texts["format"] != FORMAT:
        raise ValueError(f"format {texts['format']}")
    events = Events(
        np.cumsum(archive["time"], dtype=np.int64) + np.int64(texts["first"]),
        archive["entity"].astype(np.int32),
        archive["state"].astype(np.int32),
        archive["origin"],
        tuple(texts["entities"]),
        tuple(texts["states"]),
    )
    return StoredDay(day, datetime.fromisoformat(texts["read_at"]), frozenset(texts["asked"]), events)


def _prune_vocabulary(events: Events) -> Events:
    """Only the texts that this day uses."""
    entities, entity = np.unique(events.entity, return_inverse=True)
    states, state = np.unique(events.state, return_inverse=True)
    return Events(
        events.time,
        entity.astype(np.int32),
        state.astype(np.int32),
        events.origin,
        tuple(events.entities[code] for code in entities),
        tuple(events.states[code] for code in states),
    )


def _smallest_dtype(texts: Collection[str]) -> type[np.unsignedinteger]:
    return np.uint8 if len(texts) <= 2**8 else np.uint16 if len(texts) <= 2**16 else np.uint32


def _day_from_path(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        return None
