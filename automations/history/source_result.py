"""What a history source returns: the changes, and notes about them for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.events import Events


@dataclass(frozen=True)
class SourceResult:
    """`notes` are sentences: what was corrected or left out while reading.

    `clock` is what the source's clock said, where it has one: by that one a day is over.
    """

    events: Events
    notes: tuple[str, ...] = ()
    clock: datetime | None = None
