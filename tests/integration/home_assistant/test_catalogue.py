"""The catalogue's cache and its choice of source."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automations.home_assistant.catalogue import CACHE_FILE, read_cached_home
from automations.open.home import HomeSettings, load_known_home
from automations.open.settings import load_settings
from schemas.errors import Unreachable
from schemas.home import Entity, Home, document_from_home
from tests.builders.loopback import free_port

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOME = Home("Europe/Amsterdam", entities=(Entity("light.lamp"),))


def settings_for(folder: Path, **more: str) -> HomeSettings:
    return HomeSettings.from_settings(load_settings({"DATA_DIR": str(folder), "HA_TOKEN": "token", **more}, None))


def remember(folder: Path, age: timedelta) -> None:
    document = {"read_at": (NOW - age).isoformat(), "home": document_from_home(HOME)}
    (folder / CACHE_FILE).write_text(json.dumps(document))


async def test_a_home_that_is_away_is_taken_as_it_was_known_with_its_age(tmp_path: Path) -> None:
    remember(tmp_path, timedelta(hours=24))

    known = await load_known_home(settings_for(tmp_path, HA_URL=f"http://127.0.0.1:{free_port()}"), NOW)

    assert known.home == HOME
    assert "cannot be reached" in known.notes[0]
    assert known.describe_age(NOW) == "The home was taken as it was known on 2026-11-22 04:00 CET, 24 hours ago."


async def test_a_home_that_is_away_and_was_never_known_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="HA_URL"):
        await load_known_home(settings_for(tmp_path, HA_URL=f"http://127.0.0.1:{free_port()}"), NOW)


async def test_a_home_file_comes_before_all_else(tmp_path: Path) -> None:
    file = tmp_path / "my-home.json"
    file.write_text(json.dumps(document_from_home(HOME)))

    written = (NOW - timedelta(days=3)).timestamp()
    os.utime(file, (written, written))

    known = await load_known_home(settings_for(tmp_path, HOME_FILE=str(file), HA_URL="http://127.0.0.1:1"), NOW)

    assert known.home == HOME
    assert "3 days ago" in known.describe_age(NOW)


async def test_a_folder_without_a_home_file_is_a_home_of_which_nothing_is_known(tmp_path: Path) -> None:
    known = await load_known_home(settings_for(tmp_path), NOW)

    assert known.home == Home("UTC")
    assert "HOME_FILE" in known.describe_age(NOW)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"read_at": "x", "home": {}}', '{"read_at": "2026-11-23"}'])
def test_a_damaged_cache_is_no_cache(tmp_path: Path, text: str) -> None:
    (tmp_path / CACHE_FILE).write_text(text)

    assert read_cached_home(tmp_path / CACHE_FILE) is None
