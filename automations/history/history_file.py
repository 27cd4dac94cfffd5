"""Reads a history file: CSV (plain or gzip, ours or Home Assistant's export) or Parquet, into typed columns."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automations.history.correct_rows import (
    drop_invalid_entities,
    drop_repeated_rows,
    origins_from_causes,
    sort_by_time,
    unknown_cause_notes,
    unknown_causes,
    unknown_entity_notes,
)
from automations.history.event_builder import CodedTexts, EventBuilder
from automations.history.source_result import SourceResult
from schemas.errors import InputError
from schemas.home import Home

if TYPE_CHECKING:
    import pandas as pd

CHUNK_ROWS = 250_000
TIME_NAMES = ("time", "last_changed", "last_updated")
"""Ours first; the other two are those of the export of Home Assistant's history page."""
FORMAT_HINT = "write columns time (ISO 8601, UTC), entity_id, state and, if known, cause"


def read_history(path: Path, home: Home | None = None) -> SourceResult:
    """The state changes in `path`, sorted; InputError says what is wrong, where, and how to fix it.

    Times must carry their offset (`Z` or `+01:00`); a naive time is refused, because guessing its zone would move
    every habit. `home` is only compared with: entities that it lacks are named in the notes.
    """
    builder, strange_causes = EventBuilder(), set[str]()
    try:
        for part, first_row in _parts(path):
            strange_causes |= _add_part(builder, part, path, first_row)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"History {path} is damaged or not UTF-8 text ({error}); export it anew.") from None
    if not len(builder):
        raise InputError(f"History {path} holds no rows; {FORMAT_HINT}.")
    events, notes = sort_by_time(builder.build())
    notes += unknown_cause_notes(strange_causes)
    notes += unknown_entity_notes(events, home) if home is not None else []
    events, repeated = drop_repeated_rows(events)
    events, invalid = drop_invalid_entities(events)
    return SourceResult(events, (*notes, *repeated, *invalid))


def _parts(path: Path) -> Iterator[tuple[pd.DataFrame, int]]:
    """The file in pieces, each with the number of its first row (1 is the first after the header)."""
    first = 1
    pieces = _parquet_parts(path) if _magic_bytes(path) == b"PAR1" else _csv_parts(path)
    for part in pieces:
        yield part, first
        first += len(part)


def _magic_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except FileNotFoundError:
        raise InputError(f"History {path} does not exist; check the path.") from None
    except OSError as error:
        raise InputError(f"History {path} cannot be read ({error.strerror}); check the path and its rights.") from None


def _csv_parts(path: Path) -> Iterator[pd.DataFrame]:
    import pandas as pd

    header = _header(path)
    columns = _map_columns(header, path)
    try:
        with pd.read_csv(
            path,
            compression="gzip" if _magic_bytes(path)[:2] == b"\x1f\x8b" else None,
            encoding="utf-8-sig",
            usecols=list(columns),
            dtype={name: ("str" if use == "time" else "category") for name, use in columns.items()},
            na_filter=False,
            index_col=False,
            chunksize=CHUNK_ROWS,
        ) as pieces:
            for piece in pieces:
                yield piece.rename(columns=columns)
    except pd.errors.ParserError as error:
        raise InputError(f"History {path} is not a CSV table ({str(error).strip()}); {FORMAT_HINT}.") from None


def _header(path: Path) -> list[str]:
    opener: Any = gzip.open if _magic_bytes(path)[:2] == b"\x1f\x8b" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        line = file.readline(65_536).strip("\r\n")
    if not line:
        raise InputError(f"History {path} is empty; {FORMAT_HINT}.")
    return [name.strip('"') for name in line.split(",")]


def _map_columns(header: list[str], path: Path) -> dict[str, str]:
    """Column of the file -> our name for it; InputError names the missing ones."""
    time = next((name for name in TIME_NAMES if name in header), None)
    missing = [name for name in ("entity_id", "state") if name not in header]
    if time is None:
        missing.insert(0, "time")
    if missing:
        header_start = ", ".join(name[:30] for name in header[:6])
        raise InputError(
            f"History {path} has no column {' and no '.join(missing)} (found: {header_start}); {FORMAT_HINT}."
        )
    columns = {str(time): "time", "entity_id": "entity_id", "state": "state"}
    return columns | ({"cause": "cause"} if "cause" in header else {})


def _parquet_parts(path: Path) -> Iterator[pd.DataFrame]:
    from fastparquet import ParquetFile

    try:
        with path.open("rb") as file:
            table = ParquetFile(file)
            columns = _map_columns(list(table.columns), path)
            for piece in table.iter_row_groups(columns=list(columns)):
                yield piece.rename(columns=columns)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise InputError(f"History {path} is not a Parquet file that can be read ({error}); write it anew.") from None


def _add_part(builder: EventBuilder, part: pd.DataFrame, path: Path, first_row: int) -> set[str]:
    """Adds the rows; returns words in their `cause` column that are not known."""
    time = _microseconds(part["time"], path, first_row)
    entity, state = _encode(part["entity_id"]), _encode(part["state"])
    if "cause" not in part:
        builder.add_coded(time, entity, state, np.zeros(len(time), np.int8))
        return set()
    causes = _encode(part["cause"])
    builder.add_coded(time, entity, state, origins_from_causes(causes))
    return unknown_causes(causes[1])


def _encode(column: pd.Series[Any]) -> CodedTexts:
    """Codes and the texts they stand for; an empty cell is the empty text."""
    texts = column.astype("category") if column.dtype.name != "category" else column
    codes = texts.cat.codes.to_numpy()
    names = [str(name) for name in texts.cat.categories]
    if (codes < 0).any():
        codes = np.where(codes < 0, len(names), codes)
        names.append("")
    return codes, names


def _microseconds(column: pd.Series[Any], path: Path, first_row: int) -> NDArray[np.int64]:
    """Microseconds since 1970 UTC; InputError names the first row whose time cannot be used."""
    import pandas as pd

    if column.dtype.kind == "M":
        if getattr(column.dtype, "tz", None) is None:
            _raise_time_error(path, first_row, "its time column has no time zone")
        return _epoch_us(column)
    texts = column.tolist()
    naive = next((row for row, text in enumerate(texts) if not _has_utc_offset(text)), None)
    if naive is not None:
        text = str(texts[naive])[:40]
        why = f"time '{text}' does not say its offset" if re.match(r"\d{4}-\d\d-\d\d", text) else f"'{text}' is no time"
        _raise_time_error(path, first_row + naive, why)
    parsed = pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce")
    if parsed.isna().any():
        row = int(np.argmax(parsed.isna().to_numpy()))
        _raise_time_error(path, first_row + row, f"'{str(texts[row])[:40]}' is no time")
    return _epoch_us(parsed)


def _epoch_us(aware: pd.Series[Any]) -> NDArray[np.int64]:
    utc = aware.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(utc.to_numpy().astype("datetime64[us]").astype(np.int64))


def _has_utc_offset(text: object) -> bool:
    return isinstance(text, str) and (text.endswith("Z") or re.search(r"\d[+-]\d\d:?(\d\d)?$", text[10:]) is not None)


def _raise_time_error(path: Path, row: int, why: str) -> None:
    raise InputError(f"History {path} row {row}: {why}; write times like 2026-03-01T06:42:10Z.")
