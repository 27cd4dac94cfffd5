"""What every history source offers, and what it may raise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from automations.history.source_result import SourceResult
from automations.history.usable_rows import CLOCK_TOLERANCE
from schemas.home import Home

ALL_TIME: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""The span of a source that is read whole."""


class HistorySource(ABC):
    """A place that keeps the state changes of the home.

    `read` raises Unreachable (no answer: what is stored stays usable), Unauthorized, or InputError where the
    source cannot be trusted to return state changes. It never returns part of what was requested without a note.
    """

    is_read_whole: ClassVar[bool] = False
    """Whether ALL_TIME is requested from it each time, in place of the days that are not stored yet."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name in messages, without credentials."""

    @abstractmethod
    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        """The changes of these entities with start <= time < end, with their origins, sorted by time."""

    async def enrich_home(self, home: Home) -> tuple[Home, tuple[str, ...]]:
        """`home` with what this source knows besides, and notes where it could not be asked."""
        return home, ()


def clock_notes(name: str, theirs: datetime, ours: datetime) -> tuple[str, ...]:
    """A note where the clocks differ so much that habits stand at another time of day than they are done."""
    apart = abs(theirs - ours)
    if apart <= CLOCK_TOLERANCE:
        return ()
    side = "ahead of" if theirs > ours else "behind"
    return (f"The clock of {name} is {apart // timedelta(minutes=1)} minutes {side} ours; set both clocks right.",)
