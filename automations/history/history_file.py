"""Reads a history file: CSV (plain or gzip, ours or Home Assistant's export) or Parquet, into typed columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from automations.history.correct_rows import (
    drop_repeated_rows,
    origins_from_causes,
    sort_by_time,
    unknown_cause_notes,
    unknown_causes,
    unknown_entity_notes,
)
from automations.history.event_builder import CodedTexts, EventBuilder
from automations.history.file_kinds import other_kind
from automations.history.source_result import SourceResult
from automations.history.usable_rows import TIME_WITHOUT_OFFSET, UNREADABLE_TIME, LeftOut, drop_unusable
from automations.history.whole_rows import DAMAGED, TornRows, WholeRows, open_text, read_head, separator_of
from schemas.clock import microseconds
from schemas.errors import InputError
from schemas.events import main_part
from schemas.home import Home

if TYPE_CHECKING:
    import pandas as pd

CHUNK_ROWS = 250_000
TIME_NAMES = ("time", "last_changed", "last_updated")
"""Ours first; the other two are those of the export of Home Assistant's history page."""
MAX_HEADER_CHARACTERS = 65_536
FORMAT_HINT = "write columns time (ISO 8601, UTC), entity_id, state and, if known, cause"


def read_history(path: Path, home: Home | None = None) -> SourceResult:
    """The state changes in `path`, sorted; InputError says what is wrong, where, and how to fix it.

    Single rows that cannot be used are left out with a note; where most are such, the file is refused. Times must
    carry their offset (`Z` or `+01:00`), because guessing their zone would move every habit. `home` is only compared
    with: entities that it lacks are named in the notes.
    """
    builder, strange_causes = EventBuilder(), set[str]()
    torn, bad_times = TornRows(), BadTimes()
    for part in _parts(path, torn):
        strange_causes |= _add_part(builder, part, bad_times)
    _require_rows(path, len(builder), torn, bad_times)
    left_out, rows = LeftOut(), builder.build()
    events, notes = sort_by_time(drop_unusable(rows, _latest_us(rows.time), left_out))
    if not len(events):
        raise InputError(f"History {path} holds no row that can be used: {' '.join(left_out.notes())}")
    notes += unknown_cause_notes(strange_causes)
    notes += unknown_entity_notes(events, home) if home is not None else []
    events, repeated = drop_repeated_rows(events)
    return SourceResult(events, (*notes, *repeated, *torn.notes(), *left_out.notes()))


@dataclass
class BadTimes:
    """How many rows have a time that cannot be used, and what is wrong with the first."""

    rows: int = 0
    count: int = 0
    first: str = ""

    def add(self, texts: Sequence[object], times: NDArray[np.int64]) -> None:
        bad = np.flatnonzero(times <= TIME_WITHOUT_OFFSET)
        if len(bad) and not self.first:
            text, row = str(texts[bad[0]])[:40], self.rows + int(bad[0]) + 1
            is_naive = times[bad[0]] == TIME_WITHOUT_OFFSET
            why = f"time '{text}' does not say its offset" if is_naive else f"'{text}' is no time"
            self.first = f"row {row}: {why}"
        self.rows, self.count = self.rows + len(times), self.count + len(bad)


def _require_rows(path: Path, rows: int, torn: TornRows, bad_times: BadTimes) -> None:
    """InputError where there are no rows to speak of."""
    if torn.count > rows:
        raise InputError(
            f"History {path}: {torn.count} of {rows + torn.count} rows have other columns than the header, "
            f"the first is line {torn.first_line}; {FORMAT_HINT}."
        )
    if torn.damage and not rows:
        _raise_damaged(path, torn.damage)
    if not rows:
        raise InputError(f"History {path} holds no rows; {FORMAT_HINT}.")
    if 2 * bad_times.count > rows:
        raise InputError(f"History {path} {bad_times.first}; write times like 2026-03-01T06:42:10Z.")


def _latest_us(time: NDArray[np.int64]) -> int:
    """Now or, since a file may be of any time, the end of its main part."""
    in_order = np.sort(time[time > 0])
    end = int(in_order[main_part(in_order)][-1]) if len(in_order) else 0
    return max(microseconds(datetime.now(UTC)), end)


def _parts(path: Path, torn: TornRows) -> Iterator[pd.DataFrame]:
    try:
        head = read_head(path)
    except FileNotFoundError:
        raise InputError(f"History {path} does not exist; check the path.") from None
    except DAMAGED as error:
        _raise_damaged(path, str(error))
    except OSError as error:
        raise InputError(f"History {path} cannot be read ({error.strerror}); check the path and its rights.") from None
    if head.startswith(b"PAR1"):
        return _parquet_parts(path)
    kind = other_kind(head)
    if kind == "empty":
        raise InputError(f"History {path} is empty; {FORMAT_HINT}.")
    if kind is not None:
        raise InputError(f"History {path} is no history, it seems to be {kind}. A history is a table: {FORMAT_HINT}.")
    return _csv_parts(path, torn)


def _raise_damaged(path: Path, damage: str) -> NoReturn:
    raise InputError(f"History {path} is damaged ({damage}); export it anew.")


def _csv_parts(path: Path, torn: TornRows) -> Iterator[pd.DataFrame]:
    import pandas as pd

    with open_text(path, torn) as text:
        line = text.readline(MAX_HEADER_CHARACTERS)
        if torn.damage and not line.endswith("\n"):
            _raise_damaged(path, torn.damage)
        separator = separator_of(line)
        header = [name.strip().strip('"') for name in line.split(separator)]
        places = {header.index(name): use for name, use in _map_columns(header, path).items()}
        place_of = {use: place for place, use in places.items()}
        needed = max(place_of["time"], place_of["entity_id"], place_of["state"]) + 1
        rows = WholeRows(text, separator, needed, len(header), place_of["state"], torn)
        try:
            with pd.read_csv(
                rows,
                sep=separator,
                header=None,
                names=list(range(len(header))),
                usecols=list(places),
                dtype={place: ("str" if use == "time" else "category") for place, use in places.items()},
                na_filter=False,
                index_col=False,
                chunksize=CHUNK_ROWS,
            ) as pieces:
                for piece in pieces:
                    yield piece.rename(columns=places)
        except pd.errors.EmptyDataError:
            return
        except pd.errors.ParserError as error:
            raise InputError(f"History {path} is not a CSV table ({str(error).strip()}); {FORMAT_HINT}.") from None


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


def _add_part(builder: EventBuilder, part: pd.DataFrame, bad_times: BadTimes) -> set[str]:
    """Adds the rows; returns words in their `cause` column that are not known."""
    time = _microseconds(part["time"])
    bad_times.add(part["time"].array, time)
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


def _microseconds(column: pd.Series[Any]) -> NDArray[np.int64]:
    """Microseconds since 1970 UTC; UNREADABLE_TIME or TIME_WITHOUT_OFFSET where a time cannot be used."""
    import pandas as pd

    if column.dtype.kind == "M":
        if getattr(column.dtype, "tz", None) is None:
            return np.full(len(column), TIME_WITHOUT_OFFSET)
        return _epoch_us(column)
    times = _epoch_us(pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce"))
    has_offset = np.fromiter(map(_has_utc_offset, column.tolist()), bool, len(column))
    return np.where(has_offset | (times == UNREADABLE_TIME), times, TIME_WITHOUT_OFFSET)


def _epoch_us(aware: pd.Series[Any]) -> NDArray[np.int64]:
    utc = aware.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(utc.to_numpy().astype("datetime64[us]").astype(np.int64))


def _has_utc_offset(text: object) -> bool:
    return isinstance(text, str) and (text.endswith("Z") or re.search(r"\d[+-]\d\d:?(\d\d)?$", text[10:]) is not None)
