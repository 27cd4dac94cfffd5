"""The history source that the settings name, and what one run reads from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, assert_never

from automations.history.collect import collect, replace_days, select_stored
from automations.history.data_api import DataApi
from automations.history.file_source import FileSource
from automations.history.home_assistant import HomeAssistantHistory
from automations.history.recorder import Recorder
from automations.history.selection import included_entities, unknown_names
from automations.history.source import ALL_TIME, HistorySource
from automations.history.source_result import SourceResult
from automations.history.store import DayStore
from automations.http.client import HttpClient, TokenHints, without_credentials
from automations.open.home import HomeSettings, home_assistant_client
from schemas.errors import InputError
from schemas.events import Events
from schemas.home import Home
from schemas.settings import HistorySourceName, Settings

SQLITE_PREFIX = "sqlite:///"
STORE_FOLDER = "history"
DATA_API_KEY_HINTS = TokenHints(
    "set DATA_API_KEY to a key that it knows", "set DATA_API_KEY to a key that may read events"
)


@dataclass(frozen=True)
class DataApiSettings:
    url: str
    key: str | None
    path: str
    style: Literal["relative", "absolute"]


@dataclass(frozen=True)
class HistorySettings:
    """Where the changes come from, which of them count, and where they are kept."""

    source: HistorySourceName
    days: int
    keep_days: int
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    excluded_users: frozenset[str]
    store: Path
    file: Path | None
    recorder: str | None
    home: HomeSettings
    """Where the source is Home Assistant."""
    data_api: DataApiSettings

    @classmethod
    def from_settings(cls, settings: Settings) -> HistorySettings:
        return cls(
            source=settings.HISTORY_SOURCE,
            days=settings.HISTORY_DAYS,
            keep_days=settings.HISTORY_KEEP_DAYS,
            include=settings.INCLUDE,
            exclude=settings.EXCLUDE,
            excluded_users=frozenset(settings.EXCLUDE_USERS),
            store=settings.DATA_DIR / STORE_FOLDER,
            file=settings.HISTORY_FILE,
            recorder=settings.RECORDER_DB,
            home=HomeSettings.from_settings(settings),
            data_api=DataApiSettings(
                settings.DATA_API_URL,
                settings.DATA_API_KEY.get_secret_value() if settings.DATA_API_KEY else None,
                settings.DATA_API_PATH,
                settings.DATA_API_STYLE,
            ),
        )


@asynccontextmanager
async def open_source(settings: HistorySettings, now: datetime) -> AsyncIterator[HistorySource]:
    """The source of HISTORY_SOURCE, open until the block ends; InputError where a setting that it needs is missing."""
    if settings.source == "recorder":
        yield Recorder(_database_path(settings.recorder), settings.excluded_users)
    elif settings.source == "file":
        if settings.file is None:
            raise InputError("HISTORY_SOURCE is file but HISTORY_FILE is empty; set it, or give --history FILE.")
        yield FileSource(settings.file)
    elif settings.source == "home-assistant":
        async with home_assistant_client(settings.home) as client:
            yield HomeAssistantHistory(client, settings.excluded_users)
    elif settings.source == "data-api":
        data_api = settings.data_api
        async with HttpClient(
            "The Data API",
            "DATA_API_URL",
            data_api.url,
            data_api.key,
            token_hints=DATA_API_KEY_HINTS,
            secrets=settings.home.secrets,
        ) as site:
            yield DataApi(site, data_api.path, data_api.style, now)
    else:
        assert_never(settings.source)


@dataclass(frozen=True)
class NightHistory:
    """What one run reads: the changes, and the home, enriched by their source where it can."""

    home: Home
    result: SourceResult
    source: str


async def read_night_history(settings: HistorySettings, home: Home, now: datetime) -> NightHistory:
    """The last HISTORY_DAYS days from HISTORY_SOURCE, by way of the local store, where a history file is kept too.

    Unreachable only where the store holds nothing either; Unauthorized and InputError leave the store as it was.
    """
    async with open_source(settings, now) as source:
        home, notes = await source.enrich_home(home)
        entity_ids = included_entities(home, settings.include, settings.exclude)
        notes += _note_unknown_names("INCLUDE", settings.include, home) + _note_unknown_names(
            "EXCLUDE", settings.exclude, home
        )
        if source.is_read_whole:
            result = await source.read(*ALL_TIME, home, entity_ids)
            replace_days(history_store(settings), result.events, now, settings.days, entity_ids)
        else:
            _require_entities(entity_ids, home)
            result = await collect(
                source,
                history_store(settings),
                home,
                entity_ids,
                now,
                settings.days,
                settings.keep_days,
            )
        return NightHistory(home, SourceResult(result.events, (*notes, *result.notes)), source.name)


def _require_entities(entity_ids: frozenset[str], home: Home) -> None:
    if not home.entities:
        raise InputError(
            "Nothing is known of the home, so no entity is looked at; set HA_URL and HA_TOKEN, or HOME_FILE."
        )
    if not entity_ids:
        raise InputError("INCLUDE and EXCLUDE leave no entity of the home to look at; mend them.")


def _note_unknown_names(setting: str, names: tuple[str, ...], home: Home) -> tuple[str, ...]:
    """A note where a setting names what the home does not have: a misspelt EXCLUDE leaves its entity in."""
    unknown = unknown_names(home, names)
    return (f"{setting} names what is not in this home: {', '.join(unknown)}.",) if unknown else ()


def history_store(settings: HistorySettings) -> DayStore:
    return DayStore(settings.store)


def apply_filters(events: Events, home: Home, settings: HistorySettings) -> Events:
    """Stored changes as a run filters them."""
    return select_stored(events, home, settings.include, settings.exclude)


def _database_path(value: str | None) -> Path:
    """RECORDER_DB as a path; other databases than SQLite are refused by name."""
    if not value:
        raise InputError("HISTORY_SOURCE is recorder; set RECORDER_DB to the path of home-assistant_v2.db.")
    if value.startswith(SQLITE_PREFIX):
        return Path(value.removeprefix(SQLITE_PREFIX))
    if "://" in value:
        raise InputError(
            f"RECORDER_DB is {without_credentials(value)}; only SQLite files are read directly. "
            "Set HISTORY_SOURCE=home-assistant, which reads any database through Home Assistant."
        )
    return Path(value).expanduser()
