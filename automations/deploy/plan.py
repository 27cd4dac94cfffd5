"""What to do so that the home holds what main wishes: three trees in, a list of changes out; pure.

Per automation there are three versions: what main wishes (`desired`), what the home held of ours when we last looked
after it (`deployed`), and what the home holds now (`actual`). We write only where the home still holds what we put.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from automations.config.yaml import equivalent
from automations.home_assistant.home_api import LiveAutomation
from schemas.home import AutomationConfig
from schemas.sync_status import SyncStatus


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    SETTLE = "settle"
    """The home is where main wishes it already; only our record of it lags (we were killed in between)."""


@dataclass(frozen=True, slots=True)
class Version:
    """One automation as a file of a commit holds it; `config` without its `id`."""

    path: str
    blob: str
    config: AutomationConfig


@dataclass(frozen=True, slots=True)
class Change:
    """One step; `after` is None for a deletion, `before` for a creation."""

    action: Action
    automation_id: str
    before: Version | None
    after: Version | None
    seen: AutomationConfig | None = None
    """What the home held when this was decided; where it holds anything else by then, nothing is written."""

    @property
    def path(self) -> str:
        version = self.after or self.before
        return version.path if version else ""


@dataclass(frozen=True, slots=True)
class Look:
    """Where one automation stands, and the change that follows from it, if any."""

    standing: SyncStatus
    change: Change | None = None
    why: str = ""


def compare(
    desired: Mapping[str, Version], actual: Mapping[str, LiveAutomation], deployed: Mapping[str, Version]
) -> dict[str, Look]:
    """Where every automation of the three stands, by id."""
    ids = {**desired, **deployed, **actual}
    return {key: _look(key, desired.get(key), actual.get(key), deployed.get(key)) for key in ids}


def plan(
    desired: Mapping[str, Version], actual: Mapping[str, LiveAutomation], deployed: Mapping[str, Version]
) -> list[Change]:
    """The changes that bring the home to main, without touching what a person changed there or what is not ours.

    Deletions come last, so that a moved file is never missing in between; but one whose file went over to another id
    comes first, so that the record never loses it. `plan(x, x, x) == []`.
    """
    changes = [look.change for look in compare(desired, actual, deployed).values() if look.change]
    taken = {change.after.path for change in changes if change.after}
    order = list(Action)

    def place(change: Change) -> tuple[int, int, str]:
        gone = change.action is Action.DELETE
        step = 1 if not gone else 0 if change.path in taken else 2
        return step, order.index(change.action), change.path

    return sorted(changes, key=place)


@dataclass(frozen=True)
class Limits:
    """More than this waits for a person."""

    changes: int = 5
    deletions: int = 1


def held(changes: Sequence[Change], limits: Limits) -> str:
    """Why this plan waits for a person's yes, in a sentence; "" where it may go ahead."""
    written = [change for change in changes if change.action is not Action.SETTLE]
    gone = [change for change in written if change.action is Action.DELETE]
    adopted = [change for change in gone if not change.automation_id.startswith("nightshift_")]
    if adopted:
        return f"It would delete {len(adopted)} automation(s) that you made yourself; say yes to go ahead."
    if len(gone) > limits.deletions:
        return f"It would delete {len(gone)} automations at once; say yes to go ahead."
    if len(written) > limits.changes:
        return f"It would change {len(written)} automations at once; say yes to go ahead."
    return ""


def plan_hash(changes: Sequence[Change]) -> str:
    """Names a plan, so that a yes holds for exactly what was shown; 16 hexadecimal digits."""
    rows = [[c.action, c.automation_id, c.before and c.before.blob, c.after and c.after.blob] for c in changes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _look(key: str, wish: Version | None, live: LiveAutomation | None, ours: Version | None) -> Look:
    if live is not None and live.config is None and (wish or ours):
        return Look(SyncStatus.UNKNOWN, why=live.why_unreadable or "The home cannot show its configuration.")
    if ours is None:
        return _look_at_new(key, wish, live)
    if live is None:
        return Look(SyncStatus.MISSING) if wish else Look(SyncStatus.GIT_AHEAD, Change(Action.SETTLE, key, ours, None))
    if wish and equivalent(live.config or {}, wish.config):
        if wish.blob == ours.blob and wish.path == ours.path:
            return Look(SyncStatus.SUSPENDED if _turned_off(live, wish) else SyncStatus.IN_STEP)
        return Look(SyncStatus.GIT_AHEAD, Change(Action.SETTLE, key, ours, wish))
    if not equivalent(live.config or {}, ours.config):
        edited = wish is not None and equivalent(wish.config, ours.config)
        return Look(SyncStatus.EDITED_IN_HOME if edited else SyncStatus.BOTH)
    return Look(SyncStatus.GIT_AHEAD, Change(Action.UPDATE if wish else Action.DELETE, key, ours, wish, live.config))


def _look_at_new(key: str, wish: Version | None, live: LiveAutomation | None) -> Look:
    if wish is None:
        return Look(SyncStatus.NOT_OURS)
    if live is None:
        return Look(SyncStatus.GIT_AHEAD, Change(Action.CREATE, key, None, wish))
    if equivalent(live.config or {}, wish.config):
        return Look(SyncStatus.GIT_AHEAD, Change(Action.SETTLE, key, None, wish))
    return Look(
        SyncStatus.NOT_OURS, why=f"The home has another automation with the id {key}; adopt it to manage it here."
    )


def _turned_off(live: LiveAutomation, wish: Version) -> bool:
    return live.enabled is False and wish.config.get("initial_state") is not False
