"""The pause: a file in DATA_DIR, so that every process sees it."""

from __future__ import annotations

from schemas.settings import Settings

PAUSE_FILE = "paused"


def pause_reason(settings: Settings) -> str:
    """Why nothing may be mined or deployed now; "" while not paused."""
    try:
        return (settings.DATA_DIR / PAUSE_FILE).read_text(encoding="utf-8").strip() or "Paused."
    except FileNotFoundError:
        return ""


def set_pause(settings: Settings, reason: str) -> None:
    """Pause everything with a reason, or with "" go on."""
    path = settings.DATA_DIR / PAUSE_FILE
    if not reason:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reason, encoding="utf-8")
