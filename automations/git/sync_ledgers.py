"""Brings every ledger to what main and the home's record say, whoever moved those.

A person may merge or revert by hand, and a process may be killed between two steps: the refs then know more than the
ledger, and the ledger follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.ledger import Entry, entries, next_entry, record
from automations.git.merge import Change, last_change
from automations.git.naming import BRANCHES, DEPLOYED
from automations.git.refs import snapshot
from automations.git.repository import ABSENT, BOT, Person, RefUpdate, Repository
from schemas.errors import StaleError
from schemas.suggestions import OPEN_STATES, LedgerEvent, State

ASKED = frozenset({*OPEN_STATES, State.SNOOZED, State.HELD_BACK, State.DEGRADED})
"""States in which a suggestion may have a branch."""
_CLOSED = frozenset({State.DECLINED, State.FADED, State.SUPERSEDED})
_OFF_MAIN = frozenset({State.ROLLED_BACK, State.REFUSED, State.UNMANAGED})
_ON_MAIN = frozenset({State.APPROVED, State.PENDING, State.WATCHING, State.HEALTHY, State.DEGRADED})


@dataclass(frozen=True)
class Blobs:
    """One suggestion's file in three places; None where it is not there."""

    proposed: str | None
    """On its branch, or last drafted where that is gone."""
    main: str | None
    home: str | None
    """As the deployed chain records it."""


def missing(state: State, blobs: Blobs, taken_off: LedgerEvent) -> list[LedgerEvent]:
    """The events that a ledger in `state` has not been told yet; `taken_off` is how it left main if it did. Pure."""
    if state in ASKED and blobs.main is not None and blobs.main == blobs.proposed:  # merged by hand
        merged = [LedgerEvent.RELEASED, LedgerEvent.APPROVED] if state is State.HELD_BACK else [LedgerEvent.APPROVED]
        return [*merged, *missing(State.APPROVED, blobs, taken_off)]
    if state in _CLOSED and blobs.main is not None:  # merged or restored by hand all the same: main is the truth
        return [LedgerEvent.REOPENED, LedgerEvent.APPROVED, *missing(State.APPROVED, blobs, taken_off)]
    in_step = blobs.main is not None and blobs.main == blobs.home
    gone = blobs.main is None and blobs.home is None
    if state in (State.APPROVED, State.PENDING) and in_step:
        return [LedgerEvent.DEPLOYED]
    if state in _ON_MAIN and gone:
        return [taken_off]
    if state in _OFF_MAIN and in_step:
        return [LedgerEvent.RESTORED, LedgerEvent.DEPLOYED]
    return []


def agree(repository: Repository, home_name: str, now: datetime) -> list[str]:
    """Tell every ledger what it has missed and take away branches of what was decided; the habits that changed."""
    tips = entries(repository)
    if not tips:
        return []
    branches = snapshot(repository, BRANCHES)
    here = _blobs(repository, tips, branches, home_name)
    changed = []
    for habit_id, tip in tips.items():
        try:
            told = _tell(repository, tip, here[habit_id], branches.get(tip.branch), now)
        except StaleError:
            continue  # somebody decides on it just now; the next round sees what came of it
        if told:
            changed.append(habit_id)
    return changed


def _blobs(
    repository: Repository, tips: Mapping[str, Entry], branches: Mapping[str, str], home_name: str
) -> dict[str, Blobs]:
    main = repository.files(repository.main())
    record = repository.resolve(DEPLOYED)
    here = record is not None and repository.trailers(record).get("Home") == home_name
    home = repository.files(record) if record and here else {}
    asked = {key: tip for key, tip in tips.items() if tip.state in ASKED}
    names = [
        f"{branches[tip.branch]}:{tip.path}" if tip.branch in branches else f"{tip.sha}:automation.yaml"
        for tip in asked.values()
    ]
    proposed = dict(zip(asked, repository.shas(*names), strict=True))
    return {key: Blobs(proposed.get(key), main.get(tip.path), home.get(tip.path)) for key, tip in tips.items()}


def _tell(repository: Repository, tip: Entry, blobs: Blobs, branch: str | None, now: datetime) -> bool:
    last = last_change(repository, tip.path) if missing(tip.state, blobs, LedgerEvent.ROLLED_BACK) else None
    events = missing(tip.state, blobs, _taken_off(last))
    who, why = (Person(last.who, ""), last.subject) if last else (BOT, "")
    left_over = branch is not None and tip.state not in ASKED and branch == tip.branch_commit
    for event in events:
        tip = _one(repository, tip, event, who, why, last, now)
    if branch is not None and (left_over or (events and tip.state not in ASKED)):
        repository.move([RefUpdate(tip.branch, ABSENT, branch)])
        left_over = True
    return bool(events) or left_over


def _taken_off(last: Change | None) -> LedgerEvent:
    """How the last change of a file took it off main, if it did; a refusal of the home is reverted by the service."""
    if last and "Unmanages" in last.trailers:
        return LedgerEvent.UNMANAGED
    refused = last is not None and last.who == BOT.name and "Reverts" in last.trailers
    return LedgerEvent.REFUSED if refused else LedgerEvent.ROLLED_BACK


def _one(
    repository: Repository, tip: Entry, event: LedgerEvent, who: Person, why: str, last: Change | None, now: datetime
) -> Entry:
    entry = next_entry(tip, event, who, now, why)
    if event is LedgerEvent.APPROVED and last:
        entry = replace(entry, merge=last.sha)
    update = record(repository, entry, who)
    repository.move([update])
    return replace(entry, sha=update.new)
