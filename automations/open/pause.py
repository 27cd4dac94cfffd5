"""The pause: a file in DATA_DIR, so that every process sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAUSE_FILE = "paused"


@dataclass(frozen=True)
class Pause:
    data_folder: Path

    def reason(self) -> str:
        """Why nothing may be mined or deployed now; "" while not paused."""
        try:
            return (self.data_folder / PAUSE_FILE).read_text(encoding="utf-8").strip() or "Paused."
        except FileNotFoundError:
            return ""

    def set(self, reason: str) -> None:
        """Pause everything with a reason, or with "" go on."""
        path = self.data_folder / PAUSE_FILE
        if not reason:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(reason, encoding="utf-8")
