"""The source that the settings name, read through the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automations.open.history import HistorySettings, apply_filters, history_store, open_source, read_night_history
from automations.open.settings import load_settings
from schemas.errors import InputError
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import events_of, rows_of
from tests.builders.recorder_db import RecorderDb

NOW = datetime.now(UTC)
HOME = Home("UTC", entities=(Entity("light.lamp"), Entity("light.secret", labels=("private",))))


def history_settings(environ: dict[str, str]) -> HistorySettings:
    return HistorySettings.from_settings(load_settings(environ, None))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"HISTORY_SOURCE": "recorder"}, "RECORDER_DB"),
        ({"HISTORY_SOURCE": "recorder", "RECORDER_DB": "mysql://ha:secret@db/ha"}, "only SQLite"),
        ({"HISTORY_SOURCE": "recorder", "RECORDER_DB": "postgresql://ha:secret@db/ha"}, "HISTORY_SOURCE"),
        ({"HISTORY_SOURCE": "file"}, "HISTORY_FILE"),
        ({"HISTORY_SOURCE": "home-assistant"}, "HA_URL"),
        ({"HISTORY_SOURCE": "home-assistant", "HA_URL": "http://home:8123"}, "HA_TOKEN"),
        ({"HISTORY_SOURCE": "data-api", "DATA_API_URL": "data-api:8006"}, "DATA_API_URL"),
    ],
)
async def test_a_source_without_what_it_needs_is_named(settings: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words) as raised:
        async with open_source(history_settings(settings), NOW):
            pass

    assert "secret" not in str(raised.value)


async def test_a_night_from_the_recorder_is_kept_in_the_store(tmp_path: Path) -> None:
    recorded = RecorderDb(tmp_path / "ha.db")
    for hour in range(1, 48):
        recorded.state(NOW - timedelta(hours=hour), "light.lamp", ("on", "off")[hour % 2])
        recorded.state(NOW - timedelta(hours=hour), "light.secret", ("on", "off")[hour % 2])
    recorded.close()
    environ = {
        "HISTORY_SOURCE": "recorder",
        "RECORDER_DB": f"sqlite:///{tmp_path / 'ha.db'}",
        "DATA_DIR": str(tmp_path / "data"),
        "EXCLUDE": "private",
    }
    settings = history_settings(environ)

    night = await read_night_history(settings, HOME, NOW)
    (tmp_path / "ha.db").unlink()

    assert {row[1] for row in rows_of(night.result.events)} == {"light.lamp"}
    assert len(night.result.events) == 47
    assert len(history_store(settings).read(NOW - timedelta(days=3), NOW)) == 47


async def test_a_night_from_a_file_reads_it_whole_and_keeps_its_last_days_in_the_store(tmp_path: Path) -> None:
    hours = [*range(1, 24), 24 * 90]
    rows = [f"{NOW - timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ},light.lamp,{hour % 2}" for hour in hours]
    secret = f"{NOW:%Y-%m-%dT%H:%M:%SZ},light.secret,on"
    (tmp_path / "history.csv").write_text("\n".join(["time,entity_id,state", *rows, secret]), encoding="utf-8")
    environ = {
        "HISTORY_SOURCE": "file",
        "HISTORY_FILE": str(tmp_path / "history.csv"),
        "DATA_DIR": str(tmp_path / "data"),
        "EXCLUDE": "private",
    }
    settings = history_settings(environ)

    night = await read_night_history(settings, HOME, NOW)

    assert {row[1] for row in rows_of(night.result.events)} == {"light.lamp"}
    assert len(night.result.events) == 24
    assert len(history_store(settings).read(NOW - timedelta(days=100), NOW)) == 23


def test_what_is_stored_is_seen_under_todays_names_without_what_is_excluded() -> None:
    home = Home("UTC", entities=(Entity("light.lamp", former_ids=("light.old",)), *HOME.entities[1:]))
    names = ("light.old", "light.lamp", "light.secret", "light.stranger")
    stored = events_of([(minute, name, "on", Origin.APP) for minute, name in enumerate(names)])

    seen = apply_filters(stored, home, history_settings({"EXCLUDE": "private"}))

    assert [row[:2] for row in rows_of(seen)] == [(0, "light.lamp"), (3, "light.stranger")]


@pytest.mark.parametrize(("home", "word"), [(Home("UTC"), "HOME_FILE"), (HOME, "EXCLUDE")])
async def test_a_night_with_nothing_to_look_at_says_why(tmp_path: Path, home: Home, word: str) -> None:
    environ = {"HISTORY_SOURCE": "recorder", "RECORDER_DB": "ha.db", "DATA_DIR": str(tmp_path), "EXCLUDE": "light"}

    with pytest.raises(InputError, match=word):
        await read_night_history(history_settings(environ), home, NOW)


async def test_a_history_file_is_read_whole_without_what_is_excluded(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    lines = [f"2020-01-01T0{hour}:00:00Z,light.{name},on,person" for hour in range(3) for name in ("lamp", "secret")]
    file.write_text("\n".join(["time,entity_id,state,cause", *lines, "2020-01-02T00:00:00Z,light.stranger,on,"]))
    settings = history_settings({"HISTORY_SOURCE": "file", "HISTORY_FILE": str(file), "EXCLUDE": "private"})

    night = await read_night_history(settings, HOME, NOW)

    assert {row[1] for row in rows_of(night.result.events)} == {"light.lamp", "light.stranger"}
