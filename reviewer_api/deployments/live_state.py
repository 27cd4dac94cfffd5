"""The home's automations as the reconciler last saw them, and whether it could be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from automations.deploy.sync_state import SyncState
from automations.home_assistant.home_api import LiveAutomation


@dataclass
class LiveState:
    """Written by the reconciler alone."""

    last: SyncState | None = None
    """The last read of the home's state that succeeded."""
    read_at: datetime | None = None
    problem: str = ""
    """Why the home cannot be asked now; "" where it answers."""

    def live(self) -> Mapping[str, LiveAutomation]:
        return self.last.live if self.last else {}

    def keep(self, state: SyncState, read_at: datetime) -> None:
        self.last, self.read_at, self.problem = state, read_at, ""
