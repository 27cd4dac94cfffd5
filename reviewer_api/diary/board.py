"""The board: an index of the ledgers with one row for each suggestion, so that a list costs one query and no models.

Each row is stored as the JSON text that the API sends, its `line`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import aiosqlite

from reviewer_api.models.suggestions import SuggestionRow

Order = Literal["strength", "newest", "title"]
ORDERS: dict[str, str] = {
    "strength": "strength DESC, habit_id",
    "newest": "updated_at DESC, habit_id",
    "title": "title COLLATE NOCASE, habit_id",
}


@dataclass(frozen=True)
class SuggestionFilter:
    """Which rows: an empty field means all; `title_contains` ignores case."""

    states: tuple[str, ...] = ()
    area: str | None = None
    kind: str | None = None
    title_contains: str = ""
    order: Order = "strength"
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class BoardPage:
    """`lines` are JSON texts of `SuggestionRow`; `counts` is of all rows by state, whatever the filter."""

    lines: tuple[str, ...]
    total: int
    counts: dict[str, int]
    areas: tuple[str, ...]
    kinds: tuple[str, ...]


class Board:
    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self.version = 0
        """Grows with every change."""

    async def save(self, row: SuggestionRow, tip: str) -> None:
        """`tip` is the ledger commit that the row was made from."""
        await self._database.execute(*_insert_statement(row, tip))
        self.version += 1

    async def rebuild(self, rows: Iterable[tuple[SuggestionRow, str]]) -> None:
        """Replace all rows with these, each with its ledger's tip."""
        await self._database.execute("DELETE FROM board")
        for row, tip in rows:
            await self._database.execute(*_insert_statement(row, tip))
        self.version += 1

    async def delete(self, habit_id: str) -> None:
        await self._database.execute("DELETE FROM board WHERE habit_id = ?", (habit_id,))
        self.version += 1

    async def tips(self) -> dict[str, str]:
        """The ledger tip that each row was made from, by habit id, to see which ledgers are newer."""
        async with self._database.execute("SELECT habit_id, tip FROM board") as cursor:
            return {habit_id: tip async for habit_id, tip in cursor}

    async def row(self, habit_id: str) -> SuggestionRow | None:
        async with self._database.execute("SELECT line FROM board WHERE habit_id = ?", (habit_id,)) as cursor:
            record = await cursor.fetchone()
        return SuggestionRow.model_validate_json(record[0]) if record else None

    async def page(self, suggestion_filter: SuggestionFilter) -> BoardPage:
        where, values = _where_clause(suggestion_filter)
        query = f"SELECT line FROM board WHERE {where} ORDER BY {ORDERS[suggestion_filter.order]} LIMIT ? OFFSET ?"  # noqa: S608 - fixed texts
        async with self._database.execute(
            query, [*values, suggestion_filter.limit, suggestion_filter.offset]
        ) as cursor:
            lines = tuple([line async for (line,) in cursor])
        async with self._database.execute(f"SELECT count(*) FROM board WHERE {where}", values) as cursor:  # noqa: S608 - fixed texts
            total_record = await cursor.fetchone()
        async with self._database.execute("SELECT state, count(*) FROM board GROUP BY state") as cursor:
            counts = {state: count async for state, count in cursor}
        async with self._database.execute("SELECT DISTINCT area, kind FROM board") as cursor:
            pairs = [(area, kind) async for area, kind in cursor]
        areas = tuple(sorted({area for area, _ in pairs if area}))
        return BoardPage(
            lines, total_record[0] if total_record else 0, counts, areas, tuple(sorted({kind for _, kind in pairs}))
        )


def _insert_statement(row: SuggestionRow, tip: str) -> tuple[str, tuple[str | float | None, ...]]:
    return "INSERT OR REPLACE INTO board VALUES (?,?,?,?,?,?,?,?,?)", (
        row.habit_id,
        row.state,
        row.kind,
        row.area,
        row.title,
        row.strength,
        row.updated_at,
        tip,
        row.model_dump_json(),
    )


def _where_clause(suggestion_filter: SuggestionFilter) -> tuple[str, list[str]]:
    """The SQL condition and its values; the condition is made of fixed texts only."""
    conditions: list[str] = ["1"]
    values: list[str] = []
    if suggestion_filter.states:
        conditions.append(f"state IN ({','.join('?' * len(suggestion_filter.states))})")
        values += suggestion_filter.states
    for column, value in (("area", suggestion_filter.area), ("kind", suggestion_filter.kind)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    if suggestion_filter.title_contains:
        conditions.append("instr(lower(title), lower(?)) > 0")
        values.append(suggestion_filter.title_contains)
    return " AND ".join(conditions), values
