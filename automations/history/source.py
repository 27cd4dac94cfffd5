"""What every history source offers, and what it may raise."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from automations.history.history import History
from schemas.home import Home


class HistorySource(Protocol):
    """A place that remembers what happened in the home.

    `read` raises Unreachable (nobody answered: what is stored stays usable), Unauthorized, or InputError where the
    source cannot be trusted to tell state changes. It never returns part of what was asked for without a note.
    """

    @property
    def name(self) -> str:
        """How a person calls it, without credentials."""
        ...

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> History:
        """The changes of these entities with start <= time < end, graded, sorted by time."""
        ...
