"""Rebuilds the board from git."""

from __future__ import annotations

import asyncio

from automations.git.ledger import read_latest_entries
from automations.git.repository import Repository
from reviewer_api.diary.board import Board
from reviewer_api.review.presenters import row_from
from schemas.home import Home


async def reindex(repository: Repository, board: Board, home: Home) -> int:
    """Rebuild the board from the ledgers and return the number of suggestions. Git and home are not changed."""
    ledgers = await asyncio.to_thread(read_latest_entries, repository)
    await board.rebuild((row_from(entry, home), entry.sha) for entry in ledgers.values())
    return len(ledgers)
