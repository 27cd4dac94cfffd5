"""The home that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from automations.deploy.plan import Limits
from automations.home_assistant.catalogue import CACHE_FILE, KnownHome, cached_home, read_or_cached, written_at
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.folder_home import FileHome
from automations.home_assistant.home_api import HomeDoor
from automations.home_assistant.home_file import load_home_file
from schemas.errors import InputError
from schemas.home import Home
from schemas.settings import Settings


@asynccontextmanager
async def open_home(settings: Settings) -> AsyncIterator[HomeDoor]:
    """Home Assistant where HA_URL is set, else the folder HOME_FOLDER (`DATA_DIR/home`)."""
    if not settings.HA_URL:
        yield FileHome(settings.HOME_FOLDER or settings.DATA_DIR / "home")
        return
    async with home_assistant_client(settings) as home:
        yield home


def home_assistant_client(settings: Settings) -> HomeAssistant:
    """The client of HA_URL, not yet connected; InputError where it or its token is missing."""
    if not settings.HA_URL:
        raise InputError("HA_URL is not set; write where your Home Assistant answers, and HA_TOKEN beside it.")
    if settings.HA_TOKEN is None:
        raise InputError("HA_URL is set but HA_TOKEN is not; make a long-lived token in your Home Assistant profile.")
    return HomeAssistant(settings.HA_URL, settings.HA_TOKEN.get_secret_value())


async def load_home(settings: Settings) -> Home:
    """The catalogue that the settings name, see `known_home`."""
    return (await load_known_home(settings, datetime.now(UTC))).home


async def load_known_home(settings: Settings, now: datetime) -> KnownHome:
    """HOME_FILE where it is set; else Home Assistant's own words; else the last ones it said, with their age.

    A folder without a home file is a home of which nothing is known but UTC.
    """
    if settings.HOME_FILE:
        return KnownHome(load_home_file(settings.HOME_FILE), written_at(settings.HOME_FILE))
    cache = settings.DATA_DIR / CACHE_FILE
    if not settings.HA_URL:
        return cached_home(cache) or KnownHome(Home(timezone="UTC"), None)
    async with home_assistant_client(settings) as client:
        return await read_or_cached(client, cache, now)


def limits_from_settings(settings: Settings) -> Limits:
    return Limits(changes=settings.MAX_CHANGES, deletions=settings.MAX_DELETIONS)
