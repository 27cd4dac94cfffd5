"""Suggestions whose time has come: snoozed ones wake, and those of habits that nobody has any more fade."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from automations.git.ledger import read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.proposals import close_suggestion
from automations.git.repository import Repository
from automations.git.review_actions import wake
from schemas.errors import StaleError
from schemas.suggestions import OPEN_STATES, LedgerEvent, State

FADES_AFTER = timedelta(days=14)
"""An open suggestion whose habit was not seen for this long closes itself."""
_MAY_FADE = frozenset({*OPEN_STATES, State.WAITING, State.HELD_BACK})


def wake_snoozed(repository: Repository, entries: Iterable[LedgerEntry], now: datetime) -> None:
    """Reopen snoozed suggestions whose time has come; `entries` as they were when the night began."""
    for entry in entries:
        if entry.state is State.SNOOZED and entry.snoozed_until and entry.snoozed_until <= now:
            latest_entry = read_latest_entry(repository, entry.habit_id)
            with suppress(StaleError):  # a person decided meanwhile
                wake(repository, latest_entry or entry, now)


def fade_unseen(repository: Repository, entries: Iterable[LedgerEntry], found_ids: set[str], now: datetime) -> None:
    """Close open suggestions whose habit is not found any more, FADES_AFTER their last entry."""
    for entry in entries:
        if entry.habit_id in found_ids or entry.state not in _MAY_FADE:
            continue
        if now - entry.at >= FADES_AFTER:
            with suppress(StaleError):
                close_suggestion(repository, entry, LedgerEvent.FADED, "The habit was not found any more.", now)
