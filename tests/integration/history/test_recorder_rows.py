"""Single rows of a recorder database that cannot be used: they are left out and counted, the others are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from automations.history.recorder import Recorder
from schemas.errors import Unreachable
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import rows_of
from tests.builders.recorder_db import RecorderDb

ANNA, NODE_RED = "ab" * 16, "cd" * 16
NOW = datetime.now(UTC)
START = NOW - timedelta(days=1)
LAMPS = [f"light.lamp_{number}" for number in range(8)]
HOME = Home("UTC", entities=tuple(Entity(name) for name in [*LAMPS, "sensor.outside"]), service_users=(NODE_RED,))
IDS = frozenset(HOME.entities_by_id)
GOOD = [("light.lamp_0", "on"), ("light.lamp_1", "on"), ("light.lamp_0", "off")]


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[RecorderDb]:
    database = RecorderDb(tmp_path / "home-assistant_v2.db")
    for hour, (entity_id, state) in enumerate(GOOD):
        database.state(START + timedelta(hours=hour), entity_id, state)
    yield database
    database.close()


async def read(recorded: RecorderDb) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    history = await Recorder(recorded.path, wait_seconds=0.2).read(START, NOW, HOME, IDS)
    return [row[1:3] for row in rows_of(history.events)], history.notes


def insert(recorded: RecorderDb, **cells: Any) -> None:
    """One row of sensor.outside an hour ago, with these cells in place of right ones."""
    recorded.state(START, "sensor.outside", None)
    (number,) = recorded.database.execute("SELECT metadata_id FROM states_meta ORDER BY metadata_id DESC").fetchone()
    row = {"metadata_id": number, "state": "20.1", "last_updated_ts": NOW.timestamp() - 3600} | cells
    names, gaps = ", ".join(row), ", ".join("?" * len(row))
    recorded.database.execute(f"INSERT INTO states ({names}) VALUES ({gaps})", tuple(row.values()))  # noqa: S608 - names of the test


async def test_a_right_database_has_no_notes(recorded: RecorderDb) -> None:
    insert(recorded)

    assert await read(recorded) == ([*GOOD, ("sensor.outside", "20.1")], ())


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"last_updated_ts": 4_735_000_000.0}, "time in the future"),
        ({"last_updated_ts": NOW.timestamp() + 3 * 3600}, "time in the future"),
        ({"last_updated_ts": float("inf")}, "no time that can be read"),
        ({"last_updated_ts": NOW.timestamp() * 1e3}, "time in milliseconds"),
        ({"last_updated_ts": NOW.timestamp() * 1e9}, "no time that can be read"),
        ({"last_updated_ts": -86_400.0}, "time before the year 2000"),
        ({"last_updated_ts": 12.5}, "time before the year 2000"),
        ({"last_updated_ts": -1e300}, "no time that can be read"),
        ({"last_updated_ts": float("nan")}, "no time that can be read"),
        ({"last_updated_ts": "2026-11-20 07:00:00"}, "no time that can be read"),
        ({"last_updated_ts": b"\x00\xff"}, "no time that can be read"),
        ({"state": "NaN"}, "state that is no value (NaN)"),
        ({"state": "x" * 256}, "state of more than 255 characters"),
        ({"state": b"20.1\xff\xfe"}, "state with characters that cannot be read"),
        ({"metadata_id": None, "entity_id": "sensor.outside"}, "no metadata_id"),
    ],
)
async def test_a_row_that_cannot_be_used_is_left_out_and_counted_by_name(
    recorded: RecorderDb, cells: dict[str, Any], words: str
) -> None:
    insert(recorded, **cells)

    assert await read(recorded) == (GOOD, (f"1 row was left out ({words}): sensor.outside.",))


async def test_rows_of_several_entities_are_counted_together_and_each_named(recorded: RecorderDb) -> None:
    for number in range(7):
        for _ in range(number + 1):
            recorded.state(START + timedelta(hours=9), LAMPS[number], "x" * 300)
    insert(recorded, metadata_id=None)

    rows, notes = await read(recorded)

    assert rows == GOOD
    assert notes == (
        "28 rows were left out (state of more than 255 characters): light.lamp_6 7, light.lamp_5 6, light.lamp_4 5, "
        "light.lamp_3 4, light.lamp_2 3 and 2 more.",
        "1 row was left out (no metadata_id): without a name.",
    )


async def test_what_is_not_looked_at_is_not_counted(recorded: RecorderDb) -> None:
    recorded.state(NOW + timedelta(hours=3), "sensor.somebody_elses", "1")
    insert(recorded, metadata_id=None, entity_id="sensor.somebody_elses")

    assert await read(recorded) == (GOOD, ())


async def test_a_clock_that_is_wrong_for_many_entities_is_said_and_the_rest_is_read(recorded: RecorderDb) -> None:
    for name in LAMPS[:5]:
        recorded.state(NOW + timedelta(hours=3), name, "on")

    rows, notes = await read(recorded)

    assert rows == GOOD
    assert "5 rows were left out (time in the future)" in notes[0]
    assert notes[1].startswith("5 entities have changes in the future: the clock of the home or ours is wrong.")


async def test_a_clock_that_is_a_little_ahead_is_not_spoken_of(recorded: RecorderDb) -> None:
    for name in LAMPS:
        recorded.state(NOW + timedelta(minutes=50), name, "on")

    assert await read(recorded) == (GOOD, ())


@pytest.mark.parametrize(
    ("user", "origin"),
    [
        (ANNA, Origin.APP),
        ("ABABABAB-ABAB-ABAB-ABAB-ABABABABABAB", Origin.APP),
        (NODE_RED, Origin.AUTOMATION),
        (12, Origin.APP),
        ("", Origin.UNKNOWN),
    ],
)
async def test_a_user_id_that_is_a_text_is_that_user(recorded: RecorderDb, user: object, origin: Origin) -> None:
    recorded.state(START + timedelta(hours=5), "light.lamp_2", "on")
    recorded.database.execute("UPDATE states SET context_user_id_bin = ? WHERE metadata_id = 3", (user,))

    history = await Recorder(recorded.path).read(START, NOW, HOME, frozenset({"light.lamp_2"}))

    assert [(row[3], history.notes) for row in rows_of(history.events)] == [(origin, ())]


async def test_a_database_of_which_most_is_in_the_old_form_is_left_to_home_assistant(recorded: RecorderDb) -> None:
    for _ in range(4):
        insert(recorded, metadata_id=None, entity_id="sensor.outside")

    with pytest.raises(Unreachable, match=r"have no metadata_id.*HISTORY_SOURCE=home-assistant"):
        await read(recorded)


async def test_an_entity_of_an_impossible_number_is_read_all_the_same(recorded: RecorderDb) -> None:
    recorded.database.execute("UPDATE states_meta SET metadata_id = ? WHERE metadata_id = 2", (2**62,))
    recorded.database.execute("UPDATE states SET metadata_id = ? WHERE metadata_id = 2", (2**62,))

    assert await read(recorded) == (GOOD, ())
