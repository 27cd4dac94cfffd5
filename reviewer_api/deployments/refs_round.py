"""One round over the refs: what moved since the last one, whoever moved it, and what the ledgers say of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from automations.git.detect_pushes import detect_pushes
from automations.git.ledger import read_entries_since, read_latest_entries
from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF, LEDGER_PREFIX
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.diary.board import Board
from reviewer_api.notify.events import SuggestionChanged
from reviewer_api.review.presenters import row_from
from schemas.errors import Damaged
from schemas.home import Home


@dataclass(frozen=True)
class RefsChange:
    """What one round found; `main` is where main is now."""

    main: str
    moved: bool
    events: Sequence[SuggestionChanged] = ()


class RefsRound:
    """Compares the refs with those of the last round, and brings the board up to date with the ledgers."""

    def __init__(
        self, repository: Repository, board: Board, home: Callable[[], Home], now: Callable[[], datetime]
    ) -> None:
        self._repository, self._board, self._home, self._now = repository, board, home, now
        self._refs: Mapping[str, str] = {}

    async def run(self) -> RefsChange:
        refs = await self._list_refs()
        if refs == self._refs:
            return RefsChange(refs[MAIN_REF], moved=False)
        branches = {
            ref: sha for ref, sha in refs.items() if ref.startswith(BRANCH_PREFIX) and self._refs.get(ref) != sha
        }
        if branches:
            await asyncio.to_thread(detect_pushes, self._repository, branches, self._now())
            refs = await self._list_refs()
        events = await self._update_board()
        self._refs = refs
        return RefsChange(refs[MAIN_REF], moved=True, events=events)

    async def _list_refs(self) -> dict[str, str]:
        prefixes = (MAIN_REF, BRANCH_PREFIX, LEDGER_PREFIX, DEPLOYED_REF)
        return await asyncio.to_thread(list_refs, self._repository, *prefixes)

    async def _update_board(self) -> list[SuggestionChanged]:
        ledgers = await asyncio.to_thread(read_latest_entries, self._repository)
        tips, home = await self._board.tips(), self._home()
        for habit_id in tips.keys() - ledgers.keys():
            await self._board.delete(habit_id)
        events: list[SuggestionChanged] = []
        for habit_id, entry in ledgers.items():
            known = tips.get(habit_id)
            if known == entry.sha:
                continue
            await self._board.save(row_from(entry, home), entry.sha)
            with contextlib.suppress(Damaged):  # what happened before is lost; what it is now is on the board
                new_entries = await asyncio.to_thread(read_entries_since, self._repository, entry, known)
                events += [SuggestionChanged(one) for one in new_entries]
        return events
