"""What a history source hands over: the changes, and what a person should know about them."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.events import Events


@dataclass(frozen=True)
class SourceResult:
    """`notes` are sentences: what was mended or left out while reading."""

    events: Events
    notes: tuple[str, ...] = ()
