"""The board: one line for each suggestion, made from the ledgers, so that a list costs one query and no models.

Lines are kept as the JSON text that the API sends.
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
class Wanted:
    """Which lines: empty means all; `text` is looked for in the title, ignoring case."""

    states: tuple[str, ...] = ()
    area: str | None = None
    kind: str | None = None
    text: str = ""
    order: Order = "strength"
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class Page:
    """`lines` are JSON texts of `SuggestionRow`; `counts` is of all lines by state, whatever was wanted."""

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

    async def put(self, row: SuggestionRow, tip: str) -> None:
        """`tip` is the ledger commit that the row was made from."""
        await self._database.execute(*_put(row, tip))
        self.version += 1

    async def remake(self, rows: Iterable[tuple[SuggestionRow, str]]) -> None:
        """Exactly these, each with its ledger's tip."""
        await self._database.execute("DELETE FROM board")
        for row, tip in rows:
            await self._database.execute(*_put(row, tip))
        self.version += 1

    async def forget(self, habit_id: str) -> None:
        await self._database.execute("DELETE FROM board WHERE habit_id = ?", (habit_id,))
        self.version += 1

    async def tips(self) -> dict[str, str]:
        """The ledger tip that each line was made from, to see which ledgers moved on."""
        async with self._database.execute("SELECT habit_id, tip FROM board") as cursor:
            return {habit_id: tip async for habit_id, tip in cursor}

    async def row(self, habit_id: str) -> SuggestionRow | None:
        async with self._database.execute("SELECT line FROM board WHERE habit_id = ?", (habit_id,)) as cursor:
            found = await cursor.fetchone()
        return SuggestionRow.model_validate_json(found[0]) if found else None

    async def page(self, wanted: Wanted) -> Page:
        where, values = _where(wanted)
        query = f"SELECT line FROM board WHERE {where} ORDER BY {ORDERS[wanted.order]} LIMIT ? OFFSET ?"  # noqa: S608 - fixed texts
        async with self._database.execute(query, [*values, wanted.limit, wanted.offset]) as cursor:
            lines = tuple([line async for (line,) in cursor])
        async with self._database.execute(f"SELECT count(*) FROM board WHERE {where}", values) as cursor:  # noqa: S608 - fixed texts
            found = await cursor.fetchone()
        async with self._database.execute("SELECT state, count(*) FROM board GROUP BY state") as cursor:
            counts = {state: count async for state, count in cursor}
        async with self._database.execute("SELECT DISTINCT area, kind FROM board") as cursor:
            pairs = [(area, kind) async for area, kind in cursor]
        areas = tuple(sorted({area for area, _ in pairs if area}))
        return Page(lines, found[0] if found else 0, counts, areas, tuple(sorted({kind for _, kind in pairs})))


def _put(row: SuggestionRow, tip: str) -> tuple[str, tuple[str | float | None, ...]]:
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


def _where(wanted: Wanted) -> tuple[str, list[str]]:
    """The SQL condition and its values; the condition is made of fixed texts only."""
    conditions: list[str] = ["1"]
    values: list[str] = []
    if wanted.states:
        conditions.append(f"state IN ({','.join('?' * len(wanted.states))})")
        values += wanted.states
    for column, value in (("area", wanted.area), ("kind", wanted.kind)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.text:
        conditions.append("instr(lower(title), lower(?)) > 0")
        values.append(wanted.text)
    return " AND ".join(conditions), values
