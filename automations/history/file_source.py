"""A history file as a source: read whole each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from automations.history.event_builder import filter_entities
from automations.history.source import HistorySource
from automations.history.source_result import SourceResult
from schemas.clock import microseconds
from schemas.home import Home


@dataclass(frozen=True)
class FileSource(HistorySource):
    """Over the history file at `path`; entities that the home lacks stay, as context, with a note."""

    path: Path
    is_read_whole: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return f"the history file {self.path}"

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> SourceResult:
        # pandas reads the file; the service, which reads the store, does without it.
        from automations.history.history_file import read_history

        result = read_history(self.path, home)
        excluded = home.entities_by_id.keys() - entity_ids
        kept = filter_entities(result.events, set(result.events.entities) - excluded)
        return SourceResult(kept.between(microseconds(start), microseconds(end)), result.notes)
