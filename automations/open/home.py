"""The home that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

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


@asynccontextmanager
async def open_home(settings: Settings) -> AsyncIterator[OpenHome]:
    """Home Assistant where HA_URL is set, else the folder HOME_FOLDER (`DATA_DIR/home`)."""
    if not settings.HA_URL:
        yield FolderHome(settings.HOME_FOLDER or settings.DATA_DIR / "home")
        return
    async with home_assistant_client(settings) as home:
        yield home


def home_assistant_client(settings: Settings) -> HomeAssistant:
    """The client of HA_URL, not yet connected; InputError where it or its token is missing."""
    if not settings.HA_URL:
        raise InputError("HA_URL is not set; write where your Home Assistant answers, and HA_TOKEN beside it.")
    if settings.HA_TOKEN is None:
        raise InputError("HA_URL is set but HA_TOKEN is not; make a long-lived token in your Home Assistant profile.")
    return HomeAssistant(settings.HA_URL, settings.HA_TOKEN.get_secret_value(), secrets=Secrets.of(settings))


async def load_home(settings: Settings) -> Home:
    """The catalogue that the settings name, see `load_known_home`."""
    return (await load_known_home(settings, datetime.now(UTC))).home


async def load_known_home(settings: Settings, now: datetime) -> HomeSnapshot:
    """HOME_FILE where it is set; else Home Assistant's registries; else the cached ones, with their age.

    A folder without a home file is a home of which nothing is known but UTC.
    """
    if settings.HOME_FILE:
        return HomeSnapshot(load_home_file(settings.HOME_FILE), modified_at(settings.HOME_FILE))
    cache = settings.DATA_DIR / CACHE_FILE
    if not settings.HA_URL:
        return read_cached_home(cache) or HomeSnapshot(Home(timezone="UTC"), None)
    async with home_assistant_client(settings) as client:
        return await read_home_or_cache(client, cache, now)


def limits_from_settings(settings: Settings) -> Limits:
    return Limits(changes=settings.MAX_CHANGES, deletions=settings.MAX_DELETIONS)
