"""What the refs do not show and a ledger must say: why a suggestion waits for the home, or was refused by it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from automations.git.ledger import append_event, read_latest_entries, read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.lifecycle import legal_events
from automations.git.repository import Repository
from schemas.errors import Damaged, StaleError
from schemas.suggestions import LedgerEvent, State


def append_outcome(repository: Repository, automation_id: str, event: LedgerEvent, why: str, now: datetime) -> None:
    """To the ledger of the suggestion that the automation came from, if it came from one."""
    with suppress(Damaged):  # the outcome is in the deployed chain too; readiness names what is damaged
        latest_entry = read_latest_entry(repository, automation_id.removeprefix("nightshift_"))
        if latest_entry:
            _append_once(repository, latest_entry, event, why, now)


def mark_pending(repository: Repository, why: str, now: datetime) -> None:
    """Every approved suggestion waits, for this reason."""
    for latest_entry in read_latest_entries(repository).values():
        if latest_entry.state is State.APPROVED:
            _append_once(repository, latest_entry, LedgerEvent.PENDING, why, now)


def _append_once(
    repository: Repository, latest_entry: LedgerEntry, event: LedgerEvent, why: str, now: datetime
) -> None:
    """For a suggestion that is pending already nothing is appended again."""
    if event not in legal_events(latest_entry.state):
        return
    if event is LedgerEvent.PENDING and latest_entry.state is State.PENDING:
        return
    with suppress(StaleError, Damaged):  # somebody else wrote into it just now; the next round looks again
        append_event(repository, latest_entry, event, why, now)
