"""The stored history for previews: loaded when it is asked for, let go of when nobody does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from automations.history.store import DayStore, day_start
from schemas.events import Events

KEPT_FOR = timedelta(minutes=5)
"""After the last preview; a million events are 17 MB that the box can use otherwise."""


class Past:
    """The last `days` days of the store, made `as_looked_at`; None where nothing is stored."""

    def __init__(
        self, store: DayStore, days: int, now: Callable[[], datetime], as_looked_at: Callable[[Events], Events]
    ) -> None:
        self._store, self._days, self._now, self._as_looked_at = store, days, now, as_looked_at
        self._events: Events | None = None
        self._of: list[date] = []
        self._asked = now()

    def events(self) -> Events | None:
        self._asked = self._now()
        there = self._store.days()
        if not there:
            return None
        # The newest day grows all night, so it is read anew once the service let go of it.
        if self._events is None or there != self._of:
            end = day_start(there[-1] + timedelta(days=1))
            stored = self._store.read(end - timedelta(days=self._days + 1), end)
            self._events, self._of = self._as_looked_at(stored), there
        return self._events

    def let_go(self) -> None:
        """Forget what was not asked for lately."""
        if self._now() - self._asked > KEPT_FOR:
            self._events = None
