"""Appends to every ledger the events that main and the deployed chain show and it lacks.

A person may merge or revert by hand, and a process may be killed between two steps: the refs are then ahead of the
ledger, and the ledger follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.author import BOT, GitAuthor
from automations.git.ledger import append_entry, read_latest_entries
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.merge import MainCommit, find_last_commit
from automations.git.naming import BRANCH_PREFIX
from automations.git.refs import list_refs, read_deployed_tip
from automations.git.repository import NULL_SHA, RefUpdate, Repository
from schemas.errors import Damaged, StaleError
from schemas.suggestions import OPEN_STATES, LedgerEvent, State

BRANCH_STATES = frozenset({*OPEN_STATES, State.SNOOZED, State.HELD_BACK, State.DEGRADED})
"""States in which a suggestion may have a branch."""
_CLOSED = frozenset({State.DECLINED, State.FADED, State.SUPERSEDED})
_OFF_MAIN = frozenset({State.ROLLED_BACK, State.REFUSED, State.UNMANAGED})
_ON_MAIN = frozenset({State.APPROVED, State.PENDING, State.WATCHING, State.HEALTHY, State.DEGRADED})


@dataclass(frozen=True)
class SuggestionBlobs:
    """One suggestion's file in three places; None where it is not there."""

    proposed: str | None
    """On its branch, or last drafted where that is gone."""
    main: str | None
    home: str | None
    """As the deployed chain records it."""


def missing_events(state: State, blobs: SuggestionBlobs, removal_event: LedgerEvent) -> list[LedgerEvent]:
    """The events that a ledger in `state` lacks; `removal_event` is how it left main if it did. Pure."""
    if state in BRANCH_STATES and blobs.main is not None and blobs.main == blobs.proposed:  # merged by hand
        merged = [LedgerEvent.RELEASED, LedgerEvent.APPROVED] if state is State.HELD_BACK else [LedgerEvent.APPROVED]
        return [*merged, *missing_events(State.APPROVED, blobs, removal_event)]
    if state in _CLOSED and blobs.main is not None:  # merged or restored by hand nevertheless: main decides
        return [LedgerEvent.REOPENED, LedgerEvent.APPROVED, *missing_events(State.APPROVED, blobs, removal_event)]
    in_step = blobs.main is not None and blobs.main == blobs.home
    is_removed = blobs.main is None and blobs.home is None
    if state in (State.APPROVED, State.PENDING) and in_step:
        return [LedgerEvent.DEPLOYED]
    if state in _ON_MAIN and is_removed:
        return [removal_event]
    if state in _OFF_MAIN and in_step:
        return [LedgerEvent.RESTORED, LedgerEvent.DEPLOYED]
    return []


def sync_ledgers(repository: Repository, home_name: str, now: datetime) -> list[str]:
    """Append to every ledger what it lacks and delete the branches of decided suggestions; the habits that changed."""
    latest_entries = read_latest_entries(repository)
    if not latest_entries:
        return []
    branches = list_refs(repository, BRANCH_PREFIX)
    blobs = _read_blobs(repository, latest_entries, branches, home_name)
    changed = []
    for habit_id, latest_entry in latest_entries.items():
        try:
            updated = _update_ledger(repository, latest_entry, blobs[habit_id], branches.get(latest_entry.branch), now)
        except (StaleError, Damaged):
            continue  # somebody decides on it just now; the next round appends the result. Damaged: readiness names it
        if updated:
            changed.append(habit_id)
    return changed


def _read_blobs(
    repository: Repository, latest_entries: Mapping[str, LedgerEntry], branches: Mapping[str, str], home_name: str
) -> dict[str, SuggestionBlobs]:
    main = repository.list_files(repository.main_commit())
    deployed_commit = read_deployed_tip(repository, home_name).of_this_home
    home = repository.list_files(deployed_commit) if deployed_commit else {}
    with_branch = {key: tip for key, tip in latest_entries.items() if tip.state in BRANCH_STATES}
    names = [
        f"{branches[tip.branch]}:{tip.path}" if tip.branch in branches else f"{tip.sha}:automation.yaml"
        for tip in with_branch.values()
    ]
    proposed = dict(zip(with_branch, repository.resolve_objects(*names, leave_out_damaged=True), strict=True))
    return {
        key: SuggestionBlobs(proposed.get(key), main.get(tip.path), home.get(tip.path))
        for key, tip in latest_entries.items()
    }


def _update_ledger(
    repository: Repository, latest_entry: LedgerEntry, blobs: SuggestionBlobs, branch: str | None, now: datetime
) -> bool:
    last_commit = (
        find_last_commit(repository, latest_entry.path)
        if missing_events(latest_entry.state, blobs, LedgerEvent.ROLLED_BACK)
        else None
    )
    events = missing_events(latest_entry.state, blobs, _removal_event(last_commit))
    who, why = (GitAuthor(last_commit.who, ""), last_commit.subject) if last_commit else (BOT, "")
    remove_branch = (
        branch is not None and latest_entry.state not in BRANCH_STATES and branch == latest_entry.branch_commit
    )
    for event in events:
        latest_entry = _append_event(repository, latest_entry, event, who, why, last_commit, now)
    if branch is not None and (remove_branch or (events and latest_entry.state not in BRANCH_STATES)):
        repository.update_refs([RefUpdate(latest_entry.branch, NULL_SHA, branch)])
        remove_branch = True
    return bool(events) or remove_branch


def _removal_event(last_commit: MainCommit | None) -> LedgerEvent:
    """How the last change of a file took it off main, if it did; a refusal of the home is reverted by the service."""
    if last_commit and "Unmanages" in last_commit.trailers:
        return LedgerEvent.UNMANAGED
    refused = last_commit is not None and last_commit.who == BOT.name and "Reverts" in last_commit.trailers
    return LedgerEvent.REFUSED if refused else LedgerEvent.ROLLED_BACK


def _append_event(
    repository: Repository,
    latest_entry: LedgerEntry,
    event: LedgerEvent,
    who: GitAuthor,
    why: str,
    last_commit: MainCommit | None,
    now: datetime,
) -> LedgerEntry:
    entry = next_entry(latest_entry, event, who, now, why)
    if event is LedgerEvent.APPROVED and last_commit:
        entry = replace(entry, merge_commit=last_commit.sha)
    return append_entry(repository, entry, who)
