"""The home that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from automations.deploy.plan import Limits
from automations.home_assistant.catalogue import (
    CACHE_FILE,
    HomeSnapshot,
    modified_at,
    read_cached_home,
    read_home_or_cache,
)
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.folder_home import FolderHome
from automations.home_assistant.home_file import load_home_file
from schemas.errors import InputError
from schemas.home import Home
from schemas.secrets import Secrets
from schemas.settings import Settings

OpenHome = HomeAssistant | FolderHome
"""Both are an AutomationStore and an AutomationInsight."""


@dataclass(frozen=True)
class HomeSettings:
    """Which home, and where what is known of it stands."""

    url: str | None
    """Of Home Assistant; None: the home is `folder`."""
    token: str | None
    folder: Path
    file: Path | None
    """The home file; None: what the home has is asked of it."""
    cache: Path
    """What it had when it was asked last."""
    secrets: Secrets
    """Struck out of what it answers."""

    @classmethod
    def from_settings(cls, settings: Settings) -> HomeSettings:
        return cls(
            url=settings.HA_URL,
            token=settings.HA_TOKEN.get_secret_value() if settings.HA_TOKEN else None,
            folder=settings.HOME_FOLDER or settings.DATA_DIR / "home",
            file=settings.HOME_FILE,
            cache=settings.DATA_DIR / CACHE_FILE,
            secrets=Secrets.of(settings),
        )


@asynccontextmanager
async def open_home(settings: HomeSettings) -> AsyncIterator[OpenHome]:
    """Home Assistant where HA_URL is set, else the folder HOME_FOLDER (`DATA_DIR/home`)."""
    if not settings.url:
        yield FolderHome(settings.folder)
        return
    async with home_assistant_client(settings) as home:
        yield home


def home_assistant_client(settings: HomeSettings) -> HomeAssistant:
    """The client of HA_URL, not yet connected; InputError where it or its token is missing."""
    if not settings.url:
        raise InputError("HA_URL is not set; write where your Home Assistant answers, and HA_TOKEN beside it.")
    if settings.token is None:
        raise InputError("HA_URL is set but HA_TOKEN is not; make a long-lived token in your Home Assistant profile.")
    return HomeAssistant(settings.url, settings.token, secrets=settings.secrets)


async def load_home(settings: HomeSettings) -> Home:
    """The catalogue that the settings name, see `load_known_home`."""
    return (await load_known_home(settings, datetime.now(UTC))).home


async def load_known_home(settings: HomeSettings, now: datetime) -> HomeSnapshot:
    """HOME_FILE where it is set; else Home Assistant's registries; else the cached ones, with their age.

    A folder without a home file is a home of which nothing is known but UTC.
    """
    if settings.file:
        return HomeSnapshot(load_home_file(settings.file), modified_at(settings.file))
    if not settings.url:
        return read_cached_home(settings.cache) or HomeSnapshot(Home(timezone="UTC"), None)
    async with home_assistant_client(settings) as client:
        return await read_home_or_cache(client, settings.cache, now)


def limits_from_settings(settings: Settings) -> Limits:
    return Limits(changes=settings.MAX_CHANGES, deletions=settings.MAX_DELETIONS)
