"""The stored history for previews: loaded on demand, evicted when idle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from automations.history.store import DayStore, day_start
from reviewer_api.tasks.background import BackgroundTask
from schemas.events import Events

IDLE_LIMIT = timedelta(minutes=5)
"""After the last preview; a million events are 17 MB that the machine can use otherwise."""
IDLE_CHECK = timedelta(seconds=30)


class HistoryCache:
    """The last `days` days of the store, passed through `apply_filters`; None where nothing is stored."""

    def __init__(
        self, store: DayStore, days: int, now: Callable[[], datetime], apply_filters: Callable[[Events], Events]
    ) -> None:
        self._store, self._days, self._now, self._apply_filters = store, days, now, apply_filters
        self._events: Events | None = None
        self._loaded_days: list[date] = []
        self._last_used = now()
        self.task = BackgroundTask("history cache", self._evict_if_idle)

    def events(self) -> Events | None:
        self._last_used = self._now()
        stored_days = self._store.days()
        if not stored_days:
            return None
        # The newest day grows all night, so it is read again after it was evicted.
        if self._events is None or stored_days != self._loaded_days:
            end = day_start(stored_days[-1] + timedelta(days=1))
            stored = self._store.read(end - timedelta(days=self._days + 1), end)
            self._events, self._loaded_days = self._apply_filters(stored), stored_days
        return self._events

    async def _evict_if_idle(self) -> timedelta:
        if self._now() - self._last_used > IDLE_LIMIT:
            self._events = None
        return IDLE_CHECK
