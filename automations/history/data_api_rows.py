"""The rows of a Data API's response, in any of the shapes that such services use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from schemas.clock import SECOND_US, datetime_from_us, microseconds
from schemas.errors import InputError

TIME_NAMES: Final = ("timestamp", "time_fired", "_time", "last_changed", "time")
STATE_NAMES: Final = ("state", "state_value", "new_state")
STATISTICS_SECONDS: Final = 300
MIN_ROWS_TO_JUDGE: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """`time` in microseconds since 1970 UTC; `state` is None where the response lacks it."""

    time: int
    entity_id: str
    state: str | None


def rows_from_document(document: Any, name: str) -> list[Row]:
    """All state changes in a response; InputError where it has no known shape."""
    rows = []
    for entry in _entries(document, name):
        if entry.get("event_type", "state_changed") != "state_changed":
            continue
        try:
            rows.append(Row(_time_from_entry(entry), str(entry["entity_id"]), _state_from_entry(entry)))
        except (KeyError, ValueError, TypeError, OverflowError):
            raise InputError(
                f"{name} told a row without entity_id or time that can be read ({str(entry)[:120]}); "
                "set DATA_API_PATH to its list of events."
            ) from None
    return rows


def filter_usable(rows: Sequence[Row], name: str) -> list[Row]:
    """The rows with a state; InputError where most have none, or where they are means of statistics."""
    rows_with_state = [row for row in rows if row.state is not None]
    if len(rows_with_state) * 2 < len(rows):
        raise InputError(
            f"{name} told {len(rows) - len(rows_with_state)} of {len(rows)} rows without their state, "
            "so nothing can be learned; "
            "take another source: HISTORY_SOURCE=home-assistant, recorder or file."
        )
    aligned = sum(row.time % (STATISTICS_SECONDS * SECOND_US) == 0 for row in rows_with_state)
    if len(rows_with_state) >= MIN_ROWS_TO_JUDGE and aligned * 10 > len(rows_with_state) * 9:
        day = datetime_from_us(rows_with_state[0].time).date()
        raise InputError(
            f"{name} answered five-minute means for {day}, not changes: it tells changes of the last days only. "
            "Set HISTORY_DAYS=10 (the stored history grows night by night), or take another source: "
            "HISTORY_SOURCE=home-assistant, recorder or file."
        )
    return rows_with_state


def _entries(document: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """A list of rows; `{"events": [...]}`, also below `data`; or rows by device."""
    if isinstance(document, list):
        for entry in document:
            if not isinstance(entry, Mapping):
                raise InputError(f"{name} told a row that is no object ({str(entry)[:80]}); set DATA_API_PATH.")
            yield entry
        return
    if isinstance(document, Mapping):
        inner = document.get("events", document.get("data"))
        if inner is not None:
            yield from _entries(inner, name)
            return
        if all(isinstance(rows, list) for rows in document.values()):
            for rows in document.values():
                yield from _entries(rows, name)
            return
    raise InputError(
        f"{name} answered in a form that is not known ({str(document)[:120]}); set DATA_API_PATH to its list of events."
    )


def _time_from_entry(entry: Mapping[str, Any]) -> int:
    name = [*(name for name in TIME_NAMES if entry.get(name) is not None), TIME_NAMES[0]][0]
    text = entry[name]
    if isinstance(text, int | float):
        return round(text * SECOND_US)
    moment = datetime.fromisoformat(text)
    return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _state_from_entry(entry: Mapping[str, Any]) -> str | None:
    for name in STATE_NAMES:
        value = entry.get(name)
        if isinstance(value, Mapping):
            value = value.get("state")
        if value is not None:
            return str(value)
    return None
