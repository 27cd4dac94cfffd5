"""What every history source offers, and what it may raise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from automations.history.source_result import SourceResult
from schemas.errors import InputError
from schemas.home import Home

CLOCK_TOLERANCE: Final = timedelta(minutes=55)
"""How far the home's clock may be from ours. In the store a day is complete an hour after its end."""


class HistorySource(Protocol):
    """A place that keeps the state changes of the home.

    `read` raises Unreachable (no answer: what is stored stays usable), Unauthorized, or InputError where the
    source cannot be trusted to return state changes. It never returns part of what was requested without a note.
    """

    @property
    def name(self) -> str:
        """Its name in messages, without credentials."""
        ...

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        """The changes of these entities with start <= time < end, with their origins, sorted by time."""
        ...


def check_clock(name: str, theirs: datetime, ours: datetime) -> None:
    """InputError where the clocks differ so much that days would be cut in the wrong place."""
    apart = abs(theirs - ours)
    if apart > CLOCK_TOLERANCE:
        side = "ahead of" if theirs > ours else "behind"
        raise InputError(
            f"The clock of {name} is {apart // timedelta(minutes=1)} minutes {side} ours; "
            "set both clocks right, then run again."
        )
