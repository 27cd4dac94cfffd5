"""A home whose door can be told to fail."""

from __future__ import annotations

from pathlib import Path

from automations.home_assistant.folder_home import FolderHome
from schemas.home import AutomationConfig


class StubbornHome(FolderHome):
    """A folder whose door can be told to fail; it remembers what was written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.trouble: Exception | None = None
        self.lost: Exception | None = None
        """Raised after a write: nobody learns what became of it."""
        self.written: list[str] = []

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        if self.trouble:
            raise self.trouble
        self.written.append(automation_id)
        await super().write(automation_id, config)
        if self.lost:
            raise self.lost
