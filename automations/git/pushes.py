"""What people push to the branches of suggestions: their commits make it theirs, other files hold it back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime

from automations.git.ledger import entries
from automations.git.proposals import look_at_branch
from automations.git.repository import BOT, Person, Repository
from automations.git.review_actions import notice_push
from automations.git.sync_ledgers import ASKED
from schemas.errors import StaleError
from schemas.suggestions import LedgerEvent, State


def notice_pushes(repository: Repository, branches: Mapping[str, str], now: datetime) -> None:
    """Tell the ledgers of the branches (ref to sha) that stand elsewhere than they were left."""
    for entry in entries(repository).values():
        if entry.state not in ASKED or branches.get(entry.branch, entry.branch_commit) == entry.branch_commit:
            continue
        look = look_at_branch(repository, entry.branch, entry.path)
        if look is None or look.commit == entry.branch_commit:
            continue
        event, why = event_of(entry.state, look.strays)
        with contextlib.suppress(StaleError):  # decided meanwhile, or questioned and not for editing
            notice_push(repository, entry, event, _author(repository, look.commit), now, why)


def event_of(state: State, strays: tuple[str, ...]) -> tuple[LedgerEvent, str]:
    """What a push means for a suggestion in `state`, and why; pure."""
    if strays:
        return LedgerEvent.HELD_BACK, f"Its branch also changes {', '.join(strays)}; only its own file can be merged."
    if state is State.HELD_BACK:
        return LedgerEvent.EDITED, "Only its own file is changed now."
    return LedgerEvent.EDITED, "Pushed."


def _author(repository: Repository, commit: str) -> Person:
    name, email = repository.git("log", "-1", "--format=%an%x00%ae", commit).decode("utf-8", "replace").split("\0")
    return Person(name, email.strip()) if email.strip() != BOT.email else BOT
