"""The history source that the settings name, and what a night reads from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from automations.history.changes import only, renamed
from automations.history.collect import collect, former_ids, keep_whole
from automations.history.data_api import DataApi
from automations.history.data_api_home import enriched
from automations.history.home_assistant import HomeAssistantHistory
from automations.history.recorder import Recorder
from automations.history.selection import selected, strangers
from automations.history.source import HistorySource
from automations.history.source_result import History
from automations.history.store import DayStore, microseconds
from automations.http.client import Site, TokenWords, without_credentials
from automations.open.home import home_assistant
from schemas.errors import InputError
from schemas.events import Events
from schemas.home import Home
from schemas.settings import Settings

SQLITE = "sqlite:///"
STORE_FOLDER = "history"
KEY_WORDS = TokenWords("set DATA_API_KEY to a key that it knows", "set DATA_API_KEY to a key that may read events")


@asynccontextmanager
async def open_source(settings: Settings, now: datetime) -> AsyncIterator[HistorySource]:
    """The source of HISTORY_SOURCE, open until the block ends; InputError where a setting that it needs is missing."""
    people = frozenset(settings.EXCLUDE_USERS)
    if settings.HISTORY_SOURCE == "recorder":
        yield Recorder(_database(settings), people)
    elif settings.HISTORY_SOURCE == "file":
        if settings.HISTORY_FILE is None:
            raise InputError("HISTORY_SOURCE is file but HISTORY_FILE is empty; set it, or give --history FILE.")
        yield FileSource(settings.HISTORY_FILE)
    elif settings.HISTORY_SOURCE == "home-assistant":
        async with home_assistant(settings) as door:
            yield HomeAssistantHistory(door, people)
    else:
        key = settings.DATA_API_KEY.get_secret_value() if settings.DATA_API_KEY else None
        async with Site("The Data API", "DATA_API_URL", settings.DATA_API_URL, key, mend=KEY_WORDS) as site:
            yield DataApi(site, settings.DATA_API_PATH, settings.DATA_API_STYLE, now)


@dataclass(frozen=True)
class NightHistory:
    """What a night looks at: the changes, and the home as their source knows it too."""

    home: Home
    history: History
    source: str


async def night_history(settings: Settings, home: Home, now: datetime) -> NightHistory:
    """The last HISTORY_DAYS days from HISTORY_SOURCE, by way of the local store, where a history file is kept too.

    Unreachable only where the store holds nothing either; Unauthorized and InputError leave the store as it was.
    """
    async with open_source(settings, now) as source:
        notes: tuple[str, ...] = ()
        if isinstance(source, DataApi):
            home, notes = await enriched(home, source.site)
        entity_ids = selected(home, settings.INCLUDE, settings.EXCLUDE)
        notes += _misspelt("INCLUDE", settings.INCLUDE, home) + _misspelt("EXCLUDE", settings.EXCLUDE, home)
        if isinstance(source, FileSource):
            history = source.whole(home, entity_ids)
            keep_whole(history_store(settings), history.events, now, settings.HISTORY_DAYS, entity_ids)
        else:
            _check_any(entity_ids, home)
            history = await collect(
                source,
                history_store(settings),
                home,
                entity_ids,
                now,
                settings.HISTORY_DAYS,
                settings.HISTORY_KEEP_DAYS,
            )
        return NightHistory(home, History(history.events, (*notes, *history.notes)), source.name)


def _check_any(entity_ids: frozenset[str], home: Home) -> None:
    if not home.entities:
        raise InputError(
            "Nothing is known of the home, so no entity is looked at; set HA_URL and HA_TOKEN, or HOME_FILE."
        )
    if not entity_ids:
        raise InputError("INCLUDE and EXCLUDE leave no entity of the home to look at; mend them.")


def _misspelt(setting: str, names: tuple[str, ...], home: Home) -> tuple[str, ...]:
    """A note where a setting names what the home does not have: who wished something away should know that it stays."""
    unknown = strangers(home, names)
    return (f"{setting} names what is not in this home: {', '.join(unknown)}.",) if unknown else ()


def history_store(settings: Settings) -> DayStore:
    return DayStore(settings.DATA_DIR / STORE_FOLDER)


def as_looked_at(events: Events, home: Home, settings: Settings) -> Events:
    """Stored changes as a night sees them: under their entities' names of today, without what is not looked at."""
    events = renamed(events, former_ids(home))
    left_out = home.entities_by_id.keys() - selected(home, settings.INCLUDE, settings.EXCLUDE)
    return only(events, set(events.entities) - left_out)


@dataclass(frozen=True)
class FileSource:
    """HistorySource over a history file; it is read whole each time and needs no store."""

    path: Path

    @property
    def name(self) -> str:
        return f"the history file {self.path}"

    async def read(self, start: datetime, end: datetime, home: Home, entity_ids: frozenset[str]) -> History:
        read = self.whole(home, entity_ids)
        return History(read.events.between(microseconds(start), microseconds(end)), read.notes)

    def whole(self, home: Home, entity_ids: frozenset[str]) -> History:
        """All of the file but what was excluded; entities that the home lacks stay, as context, with a note."""
        # pandas reads the file; the service, which reads the store, does without it.
        from automations.history.files import read_history

        read = read_history(self.path, home)
        excluded = home.entities_by_id.keys() - entity_ids
        return History(only(read.events, set(read.events.entities) - excluded), read.notes)


def _database(settings: Settings) -> Path:
    """RECORDER_DB as a path; other databases than SQLite are refused by name."""
    told = settings.RECORDER_DB
    if not told:
        raise InputError("HISTORY_SOURCE is recorder; set RECORDER_DB to the path of home-assistant_v2.db.")
    if told.startswith(SQLITE):
        return Path(told.removeprefix(SQLITE))
    if "://" in told:
        raise InputError(
            f"RECORDER_DB is {without_credentials(told)}; only SQLite files are read directly. "
            "Set HISTORY_SOURCE=home-assistant, which reads any database through Home Assistant."
        )
    return Path(told).expanduser()
