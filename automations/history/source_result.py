"""What a history source returns: the changes, and notes about them for a person."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.events import Events


@dataclass(frozen=True)
class SourceResult:
    """`notes` are sentences: what was corrected or left out while reading."""

    events: Events
    notes: tuple[str, ...] = ()
