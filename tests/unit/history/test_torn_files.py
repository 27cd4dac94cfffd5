"""History files as they come: torn, half written, from a spreadsheet, or something else altogether."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from automations.history.history_file import read_history
from automations.history.whole_rows import BLOCK_CHARACTERS
from schemas.errors import InputError
from schemas.events import Origin
from tests.builders.event_rows import Row, rows_of

HEADER = "time,entity_id,state,cause"
FIRST, SECOND = "2026-03-01T06:00:00Z,light.a,on,person", "2026-03-01T07:00:00Z,light.b,off,"
RIGHT = [(1772344800000000, "light.a", "on", Origin.APP), (1772348400000000, "light.b", "off", Origin.UNKNOWN)]


def read(folder: Path, content: str | bytes) -> tuple[list[Row], tuple[str, ...]]:
    path = folder / "history.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    history = read_history(path)
    return rows_of(history.events), history.notes


def lines(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.mark.parametrize(
    "torn",
    [
        "2026-03-01T06:30:00Z,light.a",
        "2026-03-01T06:3",
        "7:00Z,light.b",
        "2026-03-01T06:30:00Z,light.a,o2026-03-01T06:31:00Z,light.b,on,person",
        '2026-03-01T06:30:00Z,light.a,"on,person',
        '2026-03-01T06:30:00Z,light.a,"on"x,person',
        "\0" * 300,
        "\0" * 300 + "2026-03-01T06:30:00Z,light.a,on,person",
    ],
)
def test_one_torn_row_in_the_middle_is_left_out_and_its_line_told(tmp_path: Path, torn: str) -> None:
    assert read(tmp_path, lines(FIRST, torn, SECOND)) == (RIGHT, ("1 torn row was left out (line 3).",))


def test_several_torn_rows_are_counted(tmp_path: Path) -> None:
    rows, notes = read(tmp_path, lines(FIRST, "x", "", "y,z", SECOND, "2026-03-01T09:00:00Z,light.b,on,person"))

    assert rows[:2] == RIGHT
    assert notes == ("2 torn rows were left out (the first is line 3).",)


def test_a_row_that_only_ends_in_more_empty_cells_is_whole(tmp_path: Path) -> None:
    assert read(tmp_path, lines(FIRST + ",,", SECOND)) == (RIGHT, ())


@pytest.mark.parametrize("end", range(1, len("2026-03-01T08:00:00Z,light.b,on")))
def test_the_half_last_line_of_a_growing_file_is_left_out(tmp_path: Path, end: int) -> None:
    rows, notes = read(tmp_path, lines(FIRST, SECOND) + "2026-03-01T08:00:00Z,light.b,on,person"[:end])

    assert rows == RIGHT
    assert notes == ("1 torn row was left out (line 4).",)


def test_a_last_line_that_is_whole_needs_no_line_break(tmp_path: Path) -> None:
    assert read(tmp_path, lines(FIRST, SECOND).rstrip("\n")) == (RIGHT, ())


def test_a_state_of_several_lines_is_one_row(tmp_path: Path) -> None:
    rows, notes = read(tmp_path, lines(FIRST, '2026-03-01T06:30:00Z,sensor.text,"one\ntwo, ""three""",', SECOND))

    assert [row[2] for row in rows] == ["on", 'one\ntwo, "three"', "off"]
    assert notes == ()


def test_rows_across_the_blocks_of_reading_are_whole_and_torn_ones_have_their_line(tmp_path: Path) -> None:
    count = 3 * BLOCK_CHARACTERS // 40
    rows = [
        f'2026-03-0{1 + n // 86_400}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z,light.a,"{n}\n{n}",'
        for n in range(count)
    ]
    torn_at = count - 3

    read_rows, notes = read(tmp_path, lines(*rows[:torn_at], "torn", *rows[torn_at:]))

    assert [row[2] for row in read_rows] == [f"{n}\n{n}" for n in range(count)]
    assert notes == (f"1 torn row was left out (line {2 * torn_at + 2}).",)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_of_a_spreadsheet_is_read(tmp_path: Path, separator: str) -> None:
    text = lines(FIRST, SECOND).replace(",", separator).replace("\n", "\r\n")

    assert read(tmp_path, "\ufeff" + text) == (RIGHT, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_encoding_is_read(tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    text = lines(FIRST, SECOND, "2026-03-01T08:00:00Z,media_player.c,Señal,")

    rows, notes = read(tmp_path, pack(text.encode(encoding)))

    assert rows[:2] == RIGHT
    assert rows[2][2] == "Señal"
    assert notes == ()


def test_utf_16_with_its_mark_is_read_also_where_it_is_the_other_way_round(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xfe\xff" + lines(FIRST, SECOND).encode("utf-16-be")) == (RIGHT, ())


def test_a_gzipped_file_that_ends_too_early_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(
        lines(
            *(
                f"2026-03-01T06:{n // 60 % 60:02}:{n % 60:02}Z,sensor.a,{random.Random(n).random()},"
                for n in range(3000)
            )
        ).encode()
    )

    rows, notes = read(tmp_path, whole[: len(whole) // 2])

    assert 1000 < len(rows) < 2000
    assert any("The file is damaged" in note and "what comes before was read" in note for note in notes)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2120-01-01T00:00:00Z,light.a,on,", "time in the future"),
        ("1969-12-31T23:00:00Z,light.a,on,", "time before the year 2000"),
        ("1764300000000,light.a,on,", "no time that can be read"),
        ("NaN,light.a,on,", "no time that can be read"),
        (",light.a,on,", "no time that can be read"),
        ("2026-13-01T00:00:00Z,light.a,on,", "no time that can be read"),
        ("9999-12-31T23:59:59+99:59,light.a,on,", "no time that can be read"),
        ("2026-03-01T06:30:00,light.a,on,", "time without its offset"),
        ("2026-03-01T06:30:00Z,light.a,nan,", "state that is no value (NaN)"),
        (f"2026-03-01T06:30:00Z,light.a,{'x' * 256},", "state of more than 255 characters"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_counted_by_name(tmp_path: Path, row: str, words: str) -> None:
    assert read(tmp_path, lines(FIRST, row, SECOND)) == (RIGHT, (f"1 row was left out ({words}): light.a.",))


def test_a_cell_in_another_encoding_costs_its_row_only(tmp_path: Path) -> None:
    latin = "2026-03-01T06:30:00Z,media_player.c,Señal,\n".encode("latin-1")
    content = lines(FIRST).encode() + latin + SECOND.encode()

    note = "1 row was left out (state with characters that cannot be read): media_player.c."
    assert read(tmp_path, content) == (RIGHT, (note,))


def test_a_file_of_another_time_is_taken_as_it_is(tmp_path: Path) -> None:
    rows, notes = read(tmp_path, lines(FIRST, SECOND).replace("2026-", "2126-"))

    assert (len(rows), notes) == (2, ())


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("history.csv", lines(FIRST))


def database(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE states (state)").connection.close()


def tarred(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("history.csv"))


def content(data: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data if isinstance(data, bytes) else data.encode())


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (zipped, "seems to be a zip archive or an Excel workbook: unpack it, or save its sheet as CSV"),
        (database, "seems to be an SQLite database: Home Assistant's is read with HISTORY_SOURCE=recorder"),
        (tarred, "seems to be a tar archive"),
        (content(json.dumps({"timezone": "UTC"})), "seems to be JSON"),
        (content("\ufeff [1]"), "seems to be JSON"),
        (content(gzip.compress(b'{"a": 1}')), "seems to be JSON"),
        (content("\n<!DOCTYPE html><html></html>"), "seems to be a web page"),
        (content("<?xml version='1.0'?>"), "seems to be XML"),
        (content("- id: hall\n  alias: Hall\n"), "seems to be YAML"),
        (content(bz2.compress(b"a")), "packed with bzip2"),
        (content(lzma.compress(b"a")), "packed with xz"),
        (content("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
        (content(b"%PDF-1.7"), "a PDF"),
        (content(b"\0\0\0\0" * 100), "binary, not UTF-8 text"),
        (content(b""), "is empty"),
        (content(" \n\n"), "is empty"),
        (content("\ufeff"), "is empty"),
        (content(gzip.compress(b"")), "is empty"),
        (content("dear diary\n"), "no column time and no entity_id and no state"),
        (
            content(HEADER + "\n1;2;3;4\n5;6;7;8\n"),
            "2 of 2 rows have other columns than the header, the first is line 2",
        ),
        (content(lines("2026-03-01T06:00:00Z,light.a,nan,")), "holds no row that can be used: 1 row was left out"),
    ],
)
def test_a_file_that_is_something_else_is_called_what_it_seems_to_be(
    tmp_path: Path, write: Callable[[Path], object], kind: str
) -> None:
    path = tmp_path / "history.csv"
    write(path)

    with pytest.raises(InputError) as refused:
        read_history(path)

    assert kind in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_history(tmp_path)
