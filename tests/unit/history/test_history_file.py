from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from automations.history.history_file import read_history
from schemas.errors import InputError
from schemas.events import Origin
from schemas.home import Entity, Home
from tests.builders.event_rows import rows_of

HEADER = "time,entity_id,state,cause\n"
GOOD = HEADER + "2026-03-01T06:00:00Z,light.a,on,person\n2026-03-01T07:00:00.5+01:00,light.b,off,\n"


def written(folder: Path, text: str | bytes, name: str = "h.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_plain_gzip_and_parquet_tell_the_same(tmp_path: Path) -> None:
    import pandas as pd
    from fastparquet import write

    plain = written(tmp_path, GOOD)
    zipped = written(tmp_path, gzip.compress(GOOD.encode()), "h.csv.gz")
    table = pd.read_csv(plain, dtype="object", na_filter=False)
    write(str(tmp_path / "h.parquet"), table)

    events = [read_history(path).events for path in (plain, zipped, tmp_path / "h.parquet")]

    assert [each.time.tolist() for each in events] == [[1772344800000000, 1772344800500000]] * 3
    assert [each.origin.tolist() for each in events] == [[Origin.APP, Origin.UNKNOWN]] * 3
    assert [[each.states[code] for code in each.state] for each in events] == [["on", "off"]] * 3


def test_the_export_of_home_assistants_history_page_is_read(tmp_path: Path) -> None:
    """As 2026.11 writes it: entity by entity, climate's columns behind, short rows, texts quoted where they must be."""
    lines = (
        "entity_id,state,last_changed,current_temperature,hvac_action,target_temp_high,target_temp_low,temperature",
        "climate.living,heat,2026-03-01T06:00:00.123Z,19.5,heating,,,21",
        "climate.living,off,2026-03-01T07:00:00.000Z,20.5,idle",
        "sensor.power,20.5,2026-03-01T05:00:00.000Z",
        'media_player.tv,"Say ""hi"", twice",2026-03-01T05:30:00.000Z',
    )
    events = read_history(written(tmp_path, "\n".join(lines))).events

    told = [
        (events.entities[entity], events.states[state])
        for entity, state in zip(events.entity, events.state, strict=True)
    ]
    assert told == [
        ("sensor.power", "20.5"),
        ("media_player.tv", 'Say "hi", twice'),
        ("climate.living", "heat"),
        ("climate.living", "off"),
    ]
    assert events.time[2] == 1772344800123000


def test_rows_out_of_order_or_said_twice_are_mended_and_told(tmp_path: Path) -> None:
    rows = ["2026-03-01T07:00:00Z,light.a,off,", "2026-03-01T06:00:00Z,light.a,on,", "2026-03-01T06:00:00Z,light.a,on,"]

    history = read_history(written(tmp_path, HEADER + "\n".join(rows)))

    assert [history.events.states[code] for code in history.events.state] == ["on", "off"]
    assert len(history.notes) == 2


def test_of_two_equal_rows_the_one_that_tells_its_cause_is_counted(tmp_path: Path) -> None:
    rows = ["2026-03-01T06:00:00Z,light.a,on,", "2026-03-01T06:00:00Z,light.a,on,person"]

    history = read_history(written(tmp_path, HEADER + "\n".join(rows)))

    assert rows_of(history.events) == [(1772344800000000, "light.a", "on", Origin.APP)]


def test_rows_that_repeat_a_state_later_stay_and_strange_rows_and_causes_are_told(tmp_path: Path) -> None:
    rows = [
        "2026-03-01T06:00:00Z,light.a,on,ghost",
        "2026-03-01T07:00:00Z,light.a,on,person",
        "2026-03-01T08:00:00Z,Lamp!,on,",
    ]

    history = read_history(written(tmp_path, HEADER + "\n".join(rows)))

    assert [origin for *_, origin in rows_of(history.events)] == [Origin.UNKNOWN, Origin.APP]
    assert [word for word, note in zip(("'ghost'", "'Lamp!'"), history.notes, strict=True) if word in note] == [
        "'ghost'",
        "'Lamp!'",
    ]


def test_entities_that_the_home_lacks_are_told(tmp_path: Path) -> None:
    history = read_history(written(tmp_path, GOOD), Home("UTC", entities=(Entity("light.a"),)))

    assert any("light.b" in note for note in history.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is empty"),
        (HEADER.encode(), "no rows"),
        (b"time,entity_id\n", "no column state"),
        (b"a;b\n1;2\n", "no column time"),
        (HEADER.encode() + b"2026-03-01T06:00:00,light.a,on,\n", "row 1: time '2026-03-01T06:00:00' does not say"),
        (HEADER.encode() + b"yesterday,light.a,on,\n", "'yesterday' is no time"),
        (bytes(range(256)), "not UTF-8"),
        (gzip.compress(GOOD.encode() * 50, mtime=0)[:60], "damaged"),
        (b"PAR1 and nothing else", "not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, text: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_history(written(tmp_path, text))

    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_history(tmp_path / "nowhere.csv")
