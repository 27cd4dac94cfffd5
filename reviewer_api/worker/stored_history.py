"""The stored history of the last days, loaded when it is first asked for and again when another day is stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from automations.history.collect import select_stored
from automations.history.store import DayStore, day_start
from reviewer_api.worker.protocol import Setup
from schemas.events import Events
from schemas.home import Home


class StoredHistory:
    """None where nothing is stored. The newest day grows all night; the worker ends when it is idle, long before."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._store = setup, DayStore(setup.history)
        self._events: Events | None = None
        self._loaded: tuple[list[date], Home] | None = None

    def events(self, home: Home) -> Events | None:
        """Under the entities' ids of today, without those that are left out."""
        stored_days = self._store.days()
        if not stored_days:
            return None
        if self._loaded != (stored_days, home):
            self._events = None  # given back before as much is read again
            self._events = self._read(day_start(stored_days[-1] + timedelta(days=1)), home)
            self._loaded = stored_days, home
        return self._events

    def _read(self, end: datetime, home: Home) -> Events:
        """Half the days, and half of those, where all are more than the worker's memory holds."""
        days = self._setup.days
        while True:
            try:
                stored = self._store.read(end - timedelta(days=days + 1), end)
                return select_stored(stored, home, self._setup.include, self._setup.exclude)
            except MemoryError:
                if days == 1:
                    raise
                days = max(1, days // 2)
