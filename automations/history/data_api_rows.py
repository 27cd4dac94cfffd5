"""The rows of a Data API's response, in any of the shapes that such services use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from automations.history.usable_rows import UNREADABLE_TIME, LeftOut, Reason, time_from_seconds
from schemas.clock import SECOND_US, microseconds
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

    @property
    def is_readable(self) -> bool:
        return self.time != UNREADABLE_TIME and bool(self.entity_id)


def rows_from_document(document: Any, name: str) -> list[Row]:
    """All state changes in a response; InputError where it has no known shape, or most rows have not.

    A row among others without an entity_id or a time that can be read has an empty one or UNREADABLE_TIME.
    """
    changes = [
        entry for entry in _entries(document, name) if entry.get("event_type", "state_changed") == "state_changed"
    ]
    rows = [Row(_time_from_entry(entry), _entity_from_entry(entry), _state_from_entry(entry)) for entry in changes]
    unreadable = [entry for entry, row in zip(changes, rows, strict=True) if not row.is_readable]
    if 2 * len(unreadable) > len(rows):
        raise InputError(
            f"{name} told {len(unreadable)} of {len(rows)} rows without entity_id or time that can be read "
            f"({str(unreadable[0])[:120]}); set DATA_API_PATH to its list of events."
        )
    return rows


def filter_usable(rows: Sequence[Row], name: str, left_out: LeftOut) -> list[Row]:
    """The rows with a state; InputError where most have none, or where they are means of statistics."""
    rows_with_state = [row for row in rows if row.state is not None]
    if len(rows_with_state) * 2 < len(rows):
        raise InputError(
            f"{name} told {len(rows) - len(rows_with_state)} of {len(rows)} rows without their state, "
            "so nothing can be learned; "
            "take another source: HISTORY_SOURCE=home-assistant, recorder or file."
        )
    for row in rows:
        if row.state is None:
            left_out.add(Reason.NO_STATE, row.entity_id)
    aligned = sum(row.time % (STATISTICS_SECONDS * SECOND_US) == 0 for row in rows_with_state)
    if len(rows_with_state) >= MIN_ROWS_TO_JUDGE and aligned * 10 > len(rows_with_state) * 9:
        raise InputError(
            f"{name} answered five-minute means, not changes: it tells changes of the last days only. "
            "Set HISTORY_DAYS=10 (the stored history grows night by night), or take another source: "
            "HISTORY_SOURCE=home-assistant, recorder or file."
        )
    return rows_with_state


def _entries(document: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """A list of rows; `{"events": [...]}`, also below `data`; or rows by device. What is no object holds no row."""
    if isinstance(document, list):
        yield from (entry if isinstance(entry, Mapping) else {"row": entry} for entry in document)
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
    time = entry.get(name)
    if isinstance(time, int | float):
        return time_from_seconds(time)
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        return UNREADABLE_TIME
    return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _entity_from_entry(entry: Mapping[str, Any]) -> str:
    entity_id = entry.get("entity_id")
    return entity_id if isinstance(entity_id, str) else ""


def _state_from_entry(entry: Mapping[str, Any]) -> str | None:
    for name in STATE_NAMES:
        value = entry.get(name)
        if isinstance(value, Mapping):
            value = value.get("state")
        if value is not None:
            return str(value)
    return None
