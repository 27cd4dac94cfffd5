"""Appends to the ledgers what people pushed to the branches: an edit, or other files, which hold it back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime

from automations.git.author import BOT, GitAuthor
from automations.git.branch_state import inspect_branch
from automations.git.ledger import read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.repository import Repository
from automations.git.review_actions import append_push
from automations.git.sync_ledgers import BRANCH_STATES
from schemas.errors import Damaged, StaleError
from schemas.suggestions import LedgerEvent, State


def detect_pushes(repository: Repository, branches: Mapping[str, str], now: datetime) -> None:
    """Append to the ledgers what people pushed to the branches (ref to sha)."""
    for entry in read_latest_entries(repository).values():
        if entry.state not in BRANCH_STATES or branches.get(entry.branch, entry.branch_commit) == entry.branch_commit:
            continue
        # Decided meanwhile, or questioned and not for editing; what is damaged is left out, and readiness names it.
        with contextlib.suppress(StaleError, Damaged):
            _append_if_pushed(repository, entry, now)


def _append_if_pushed(repository: Repository, entry: LedgerEntry, now: datetime) -> None:
    branch_state = inspect_branch(repository, entry.branch, entry.path)
    if branch_state is None or branch_state.commit == entry.branch_commit:
        return
    event, why = event_from_push(entry.state, branch_state.other_paths)
    append_push(repository, entry, event, _author(repository, branch_state.commit), now, why)


def event_from_push(state: State, other_paths: tuple[str, ...]) -> tuple[LedgerEvent, str]:
    """What a push means for a suggestion in `state`, and why; pure."""
    if other_paths:
        return (
            LedgerEvent.HELD_BACK,
            f"Its branch also changes {', '.join(other_paths)}; only its own file can be merged.",
        )
    if state is State.HELD_BACK:
        return LedgerEvent.EDITED, "Only its own file is changed now."
    return LedgerEvent.EDITED, "Pushed."


def _author(repository: Repository, commit: str) -> GitAuthor:
    name, email = repository.git("log", "-1", "--format=%an%x00%ae", commit).decode("utf-8", "replace").split("\0")
    return GitAuthor(name, email.strip()) if email.strip() != BOT.email else BOT
