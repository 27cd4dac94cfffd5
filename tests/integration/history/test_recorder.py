"""Home Assistant's database, as real SQLite files."""

from __future__ import annotations

import gzip
import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automations.history.recorder import Recorder
from schemas.errors import InputError
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import Row, rows_of
from tests.builders.recorder_db import RecorderDb

ANNA, NODE_RED = "a" * 32, "b" * 32
START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=1)
HOME = Home(
    "UTC",
    entities=(Entity("light.lamp", platform="hue"), Entity("sensor.power"), Entity("light.other")),
    service_users=(NODE_RED,),
)
IDS = frozenset(HOME.entities_by_id)
WRITTEN_BY_2023_4 = Path(__file__).with_name("home-assistant-2023.4.6.db.gz")
"""A lamp switched by a person, a script, an automation and a scene in Home Assistant 2023.4.6, moved into 2023."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home-assistant_v2.db"


@pytest.fixture
def recorded(file: Path) -> Iterator[RecorderDb]:
    database = RecorderDb(file)
    yield database
    database.close()


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


async def read(file: Path) -> list[Row]:
    return rows_of((await Recorder(file, wait_seconds=0.2).read(START, END, HOME, IDS)).events)


@pytest.mark.parametrize("schema", [41, 43, 50, 53])
async def test_states_are_read_while_home_assistant_has_the_database_open(file: Path, schema: int) -> None:
    database = RecorderDb(file, schema)
    database.state(at(1.000001), "light.lamp", "on", user=ANNA)
    database.state(at(2), "sensor.power", "20.5", context=None)

    rows = await read(file)

    database.close()
    assert [row[1:] for row in rows] == [("light.lamp", "on", Origin.APP), ("sensor.power", "20.5", Origin.DEVICE)]
    assert rows[0][0] == int(START.timestamp()) * 1_000_000 + 60_000_060


async def test_a_database_that_home_assistant_2023_4_wrote_is_read_with_its_causes(file: Path) -> None:
    file.write_bytes(gzip.decompress(WRITTEN_BY_2023_4.read_bytes()))
    lamp = frozenset({"light.lamp"})

    history = await Recorder(file).read(datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), HOME, lamp)

    assert [(row[2], row[3]) for row in rows_of(history.events)] == [
        ("off", Origin.UNKNOWN),
        ("on", Origin.APP),
        ("off", Origin.SCRIPT),
        ("on", Origin.AUTOMATION),
        ("off", Origin.APP),
        ("on", Origin.SCENE),
        ("off", Origin.APP),
    ]


async def test_each_context_tells_who_it_was(file: Path, recorded: RecorderDb) -> None:
    contexts = {name: name.encode().ljust(16, b".") for name in ("run", "script", "scene", "voice", "own", "child")}
    recorded.event(at(1), "automation_triggered", contexts["run"], name="Evening")
    recorded.event(at(3), "script_started", contexts["script"], name="Bedtime")
    recorded.event(at(5), "call_service", contexts["scene"], domain="scene", service="turn_on")
    recorded.event(at(9), "call_service", contexts["own"], domain="light", service="turn_on")
    recorded.state(at(7), "conversation.home_assistant", "2026-11-01T00:07:00", contexts["voice"], ANNA)
    told = [
        (1, contexts["run"], None, b"p" * 16, Origin.AUTOMATION),
        (2, contexts["child"], ANNA, contexts["run"], Origin.AUTOMATION),
        (3, contexts["script"], ANNA, None, Origin.SCRIPT),
        (5, contexts["scene"], ANNA, None, Origin.SCENE),
        (7, contexts["voice"], ANNA, None, Origin.VOICE),
        (9, contexts["own"], ANNA, None, Origin.APP),
        (11, b"n" * 16, NODE_RED, None, Origin.AUTOMATION),
        (13, b"o" * 16, None, b"p" * 16, Origin.AUTOMATION),
        (15, b"w" * 16, None, None, Origin.UNKNOWN),
        (17, None, None, None, Origin.UNKNOWN),
    ]
    for number, (minute, context, user, parent, _) in enumerate(told):
        recorded.state(at(minute), "light.lamp", ("on", "off")[number % 2], context, user, parent)

    rows = await read(file)

    assert [row[3] for row in rows] == [origin for *_, origin in told]


async def test_a_run_that_started_the_day_before_is_known(file: Path, recorded: RecorderDb) -> None:
    recorded.event(at(-120), "automation_triggered", b"r" * 16)
    recorded.state(at(5), "light.lamp", "off", b"r" * 16)

    assert [row[3] for row in await read(file)] == [Origin.AUTOMATION]


async def test_excluded_users_are_no_people(file: Path, recorded: RecorderDb) -> None:
    recorded.state(at(1), "light.lamp", "on", user=ANNA)

    history = await Recorder(file, frozenset({ANNA})).read(START, END, HOME, IDS)

    assert rows_of(history.events)[0][3] == Origin.AUTOMATION


async def test_what_is_no_change_of_state_is_left_out(file: Path, recorded: RecorderDb) -> None:
    recorded.state(at(1), "light.lamp", "on")
    recorded.state(at(2), "light.lamp", "on", changed=at(1))
    recorded.state(at(3), "light.lamp", "on")
    recorded.state(at(4), "light.lamp", None)
    recorded.state(at(5), "light.unwanted", "on")
    recorded.state(START - timedelta(minutes=1), "light.other", "on")
    recorded.state(END, "light.other", "off")

    assert [row[:3] for row in await read(file)] == [(int(at(1).timestamp()) * 1_000_000, "light.lamp", "on")]


async def test_rows_out_of_order_are_sorted(file: Path, recorded: RecorderDb) -> None:
    recorded.state(at(9), "light.lamp", "off")
    recorded.state(at(3), "light.lamp", "on")

    assert [row[2] for row in await read(file)] == ["on", "off"]


async def test_reading_does_not_hinder_home_assistant_from_writing(file: Path, recorded: RecorderDb) -> None:
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            recorded.state(at(written * 0.01), "sensor.power", str(written), context=None)
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    sizes = [0]
    try:
        while len(set(sizes)) < 4:  # a busy disk writes slowly
            sizes.append(len(await read(file)))
    finally:
        stop.set()
        writer.join()

    assert sizes == sorted(sizes)
    assert written >= sizes[-1]


async def test_a_copy_on_a_disk_that_cannot_be_written_is_read(
    file: Path, recorded: RecorderDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded.state(at(1), "light.lamp", "on")
    recorded.close()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)

    rows = await read(file)

    assert [row[2] for row in rows] == ["on"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


async def test_nothing_of_ours_changes_the_database(file: Path, recorded: RecorderDb) -> None:
    recorded.state(at(1), "light.lamp", "on")
    recorded.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.read_bytes()

    await read(file)

    assert file.read_bytes() == before


async def test_a_home_without_these_entities_has_no_events(file: Path, recorded: RecorderDb) -> None:
    recorded.state(at(1), "light.unwanted", "on")

    assert await read(file) == []


async def test_a_missing_database_is_named(file: Path) -> None:
    with pytest.raises(InputError, match="RECORDER_DB"):
        await read(file)


async def test_a_locked_database_is_named(file: Path, recorded: RecorderDb) -> None:
    recorded.database.execute("PRAGMA journal_mode = DELETE")
    recorded.database.execute("BEGIN EXCLUSIVE")

    with pytest.raises(InputError, match="locked by another program"):
        await read(file)

    recorded.database.execute("ROLLBACK")


async def test_a_corrupt_database_is_named(file: Path, recorded: RecorderDb) -> None:
    for minute in range(2000):
        recorded.state(at(minute / 10), "sensor.power", str(minute), context=os.urandom(16))
    recorded.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))

    with pytest.raises(InputError, match="damaged"):
        await read(file)


@pytest.mark.parametrize("content", [b"encrypted" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
async def test_an_encrypted_database_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(InputError, match="encrypted"):
        await read(file)


async def test_another_programs_database_is_named(file: Path) -> None:
    sqlite3.connect(file).execute("CREATE TABLE notes (text)").connection.close()

    with pytest.raises(InputError, match="no database of Home Assistant"):
        await read(file)


async def test_a_database_from_before_2023_4_is_named(file: Path, recorded: RecorderDb) -> None:
    recorded.database.execute("DROP TABLE states_meta")

    with pytest.raises(InputError, match=r"before 2023\.4"):
        await read(file)


@pytest.mark.parametrize("schema", [40, 54])
async def test_a_database_of_an_unknown_schema_is_named(file: Path, schema: int) -> None:
    RecorderDb(file, schema).close()

    with pytest.raises(InputError, match=f"schema {schema}"):
        await read(file)
