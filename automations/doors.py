"""Opens what the settings name: the repository and the home. Called once, in a `__main__.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from automations.git.refs import clear_stale_locks
from automations.git.repository import Person, Repository
from automations.home.client import HomeAssistant
from automations.home.door import HomeDoor
from automations.home.file_home import FileHome
from automations.home.plan import Limits
from schemas.errors import InputError
from schemas.settings import Settings

STARTER = Path(__file__).parent / "starter"
PAUSE_FILE = "paused"


def open_repository(settings: Settings) -> Repository:
    """The repository of AUTOMATIONS_REPO, made where there is none; locks of killed processes are cleared."""
    repository = Repository.open_or_create(settings.AUTOMATIONS_REPO, STARTER, datetime.now(UTC))
    clear_stale_locks(repository)
    return repository


@asynccontextmanager
async def open_home(settings: Settings) -> AsyncIterator[HomeDoor]:
    """Home Assistant where HA_URL is set, else the folder HOME_FOLDER (`DATA_DIR/home`)."""
    if not settings.HA_URL:
        yield FileHome(settings.HOME_FOLDER or settings.DATA_DIR / "home")
        return
    async with home_assistant(settings) as home:
        yield home


def home_assistant(settings: Settings) -> HomeAssistant:
    """The client of HA_URL, not yet connected; InputError where it or its token is missing."""
    if not settings.HA_URL:
        raise InputError("HA_URL is not set; write where your Home Assistant answers, and HA_TOKEN beside it.")
    if settings.HA_TOKEN is None:
        raise InputError("HA_URL is set but HA_TOKEN is not; make a long-lived token in your Home Assistant profile.")
    return HomeAssistant(settings.HA_URL, settings.HA_TOKEN.get_secret_value())


def limits(settings: Settings) -> Limits:
    return Limits(changes=settings.MAX_CHANGES, deletions=settings.MAX_DELETIONS)


def reviewer(settings: Settings) -> Person:
    return Person(settings.REVIEWER_NAME, "reviewer@localhost")


def pause_reason(settings: Settings) -> str:
    """Why nothing may be mined or deployed now; "" while not paused. A file, so that every process sees it."""
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
