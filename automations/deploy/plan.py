"""What to do so that the home holds what main holds (desired): three trees in, a list of changes out; pure.

Per automation there are three versions: what main holds (`desired`), what the home held of ours at the last deploy or
read back (`deployed`), and what the home holds now (`actual`). We write only where the home still holds what we wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from automations.config.nodes import is_deployed_off
from automations.config.normalize import equivalent
from automations.home_assistant.home_api import LiveAutomation
from schemas.home import AutomationConfig
from schemas.sync_status import SyncStatus


class ChangeType(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RECORD_ONLY = "settle"
    """The home is as on main already; only the deployed chain lags (the process was killed in between)."""


@dataclass(frozen=True, slots=True)
class AutomationFile:
    """One automation as a file of a commit holds it; `config` without its `id`."""

    path: str
    blob: str
    config: AutomationConfig


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One step; `after` is None for a deletion, `before` for a creation."""

    change_type: ChangeType
    automation_id: str
    before: AutomationFile | None
    after: AutomationFile | None
    expected_live: AutomationConfig | None = None
    """What the home held when this was decided; where it holds anything else by then, nothing is written."""

    @property
    def path(self) -> str:
        version = self.after or self.before
        return version.path if version else ""


@dataclass(frozen=True, slots=True)
class AutomationStatus:
    """How one automation differs between git and home, and the change that follows from it, if any."""

    sync_status: SyncStatus
    change: PlannedChange | None = None
    reason: str = ""


def compare(
    desired: Mapping[str, AutomationFile], actual: Mapping[str, LiveAutomation], deployed: Mapping[str, AutomationFile]
) -> dict[str, AutomationStatus]:
    """How every automation of the three differs between git and home, by id."""
    ids = {**desired, **deployed, **actual}
    return {key: _status_of(key, desired.get(key), actual.get(key), deployed.get(key)) for key in ids}


def plan(
    desired: Mapping[str, AutomationFile], actual: Mapping[str, LiveAutomation], deployed: Mapping[str, AutomationFile]
) -> list[PlannedChange]:
    """The changes that bring the home to main, without touching what a person changed there or what is not ours.

    Deletions come last, so that a moved file is never missing in between; but one whose file now holds another id
    comes first, so that the deployed chain never loses it. `plan(x, x, x) == []`.
    """
    changes = [status.change for status in compare(desired, actual, deployed).values() if status.change]
    written_paths = {change.after.path for change in changes if change.after}
    order = list(ChangeType)

    def sort_key(change: PlannedChange) -> tuple[int, int, str]:
        is_deletion = change.change_type is ChangeType.DELETE
        step = 1 if not is_deletion else 0 if change.path in written_paths else 2
        return step, order.index(change.change_type), change.path

    return sorted(changes, key=sort_key)


@dataclass(frozen=True)
class Limits:
    """A plan with more than this waits for a person."""

    changes: int = 5
    deletions: int = 1


def hold_reason(changes: Sequence[PlannedChange], limits: Limits) -> str:
    """Why this plan waits for a person's confirmation, in a sentence; "" where it may go ahead."""
    writes = [change for change in changes if change.change_type is not ChangeType.RECORD_ONLY]
    deletions = [change for change in writes if change.change_type is ChangeType.DELETE]
    adopted = [change for change in deletions if not change.automation_id.startswith("nightshift_")]
    if adopted:
        return f"It would delete {len(adopted)} automation(s) that you made yourself; say yes to go ahead."
    if len(deletions) > limits.deletions:
        return f"It would delete {len(deletions)} automations at once; say yes to go ahead."
    if len(writes) > limits.changes:
        return f"It would change {len(writes)} automations at once; say yes to go ahead."
    return ""


def plan_hash(changes: Sequence[PlannedChange]) -> str:
    """Identifies a plan, so that a confirmation holds for exactly the plan that was shown; 16 hexadecimal digits."""
    rows = [[c.change_type, c.automation_id, c.before and c.before.blob, c.after and c.after.blob] for c in changes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _status_of(
    key: str, desired: AutomationFile | None, live: LiveAutomation | None, deployed: AutomationFile | None
) -> AutomationStatus:
    if live is not None and live.config is None and (desired or deployed):
        return AutomationStatus(
            SyncStatus.UNKNOWN, reason=live.why_unreadable or "The home cannot show its configuration."
        )
    if deployed is None:
        return _status_of_undeployed(key, desired, live)
    if live is None:
        return (
            AutomationStatus(SyncStatus.MISSING)
            if desired
            else AutomationStatus(SyncStatus.GIT_AHEAD, PlannedChange(ChangeType.RECORD_ONLY, key, deployed, None))
        )
    if desired and equivalent(live.config or {}, desired.config):
        if desired.blob == deployed.blob and desired.path == deployed.path:
            return AutomationStatus(SyncStatus.SUSPENDED if _is_turned_off(live, desired) else SyncStatus.IN_STEP)
        return AutomationStatus(SyncStatus.GIT_AHEAD, PlannedChange(ChangeType.RECORD_ONLY, key, deployed, desired))
    if not equivalent(live.config or {}, deployed.config):
        edited = desired is not None and equivalent(desired.config, deployed.config)
        return AutomationStatus(SyncStatus.EDITED_IN_HOME if edited else SyncStatus.BOTH)
    return AutomationStatus(
        SyncStatus.GIT_AHEAD,
        PlannedChange(ChangeType.UPDATE if desired else ChangeType.DELETE, key, deployed, desired, live.config),
    )


def _status_of_undeployed(key: str, desired: AutomationFile | None, live: LiveAutomation | None) -> AutomationStatus:
    if desired is None:
        return AutomationStatus(SyncStatus.NOT_OURS)
    if live is None:
        return AutomationStatus(SyncStatus.GIT_AHEAD, PlannedChange(ChangeType.CREATE, key, None, desired))
    if equivalent(live.config or {}, desired.config):
        return AutomationStatus(SyncStatus.GIT_AHEAD, PlannedChange(ChangeType.RECORD_ONLY, key, None, desired))
    return AutomationStatus(
        SyncStatus.NOT_OURS, reason=f"The home has another automation with the id {key}; adopt it to manage it here."
    )


def _is_turned_off(live: LiveAutomation, desired: AutomationFile) -> bool:
    return live.enabled is False and not is_deployed_off(desired.config)
