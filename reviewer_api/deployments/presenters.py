"""Builds what the page shows of automations from what git and the home have; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automations.config.words.diff import describe_diff
from automations.config.yaml import decode, encode
from automations.deploy.plan import AutomationFile, PlannedChange
from automations.deploy.reconcile import ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import MainCommit, was_rolled_back
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.models.automations import AutomationRow, ChangeAnswer, DeployResult, DriftRow
from reviewer_api.models.common import DiffAnswer
from schemas.home import AutomationConfig, Home
from schemas.suggestions import State
from schemas.sync_status import DRIFTED_STATUSES, SyncStatus

HEALTH = {
    State.WATCHING: "watching",
    State.HEALTHY: "healthy",
    State.DEGRADED: "degraded",
}


def rows_from(sync_state: SyncState, ledgers: Mapping[str, LedgerEntry], home: Home) -> list[AutomationRow]:
    """The automations that are managed, or would be: broken files first, the rest by title."""
    own_statuses = {
        key: status
        for key, status in sync_state.statuses.items()
        if status.sync_status is not SyncStatus.NOT_OURS or status.reason
    }
    rows = [row_from(sync_state, key, ledgers.get(key.removeprefix("nightshift_")), home) for key in own_statuses]
    broken = [_broken_row(path, problems[0].message) for path, problems in sync_state.broken.items()]
    return [*broken, *sorted(rows, key=lambda row: row.title.casefold())]


def row_from(sync_state: SyncState, key: str, ledger: LedgerEntry | None, home: Home) -> AutomationRow:
    status, live = sync_state.statuses[key], sync_state.live.get(key)
    version = version_from(sync_state, key)
    return AutomationRow(
        automation_id=key,
        habit_id=ledger.habit_id if ledger else None,
        title=title_from(key, sync_state),
        area=home.areas_by_id[ledger.area].name if ledger and ledger.area in home.areas_by_id else None,
        path=version.path if version else None,
        drift=status.sync_status,
        health=_health(ledger),
        enabled=live.enabled if live else None,
        deployed_at=iso_from_datetime(ledger.at) if ledger and ledger.state in HEALTH else None,
        last_fired=iso_from_datetime(live.last_triggered) if live and live.last_triggered else None,
        why=status.reason,
    )


def removed_row_from(key: str, path: str, ledger: LedgerEntry | None) -> AutomationRow:
    """An automation that was on main once and is neither on main nor deployed now."""
    return AutomationRow(
        automation_id=key,
        habit_id=ledger.habit_id if ledger else None,
        title=ledger.title if ledger else key,
        area=ledger.area or None if ledger else None,
        path=path,
        drift=SyncStatus.IN_STEP,
        health="unknown",
        enabled=None,
        deployed_at=None,
        last_fired=None,
        why="It was rolled back and is not in the home.",
    )


def _health(ledger: LedgerEntry | None) -> str:
    """ "trial" while a suggestion on trial is watched, else by the state of the suggestion."""
    if ledger is None:
        return "unknown"
    on_trial = ledger.trial_until is not None and ledger.state is State.WATCHING
    return "trial" if on_trial else HEALTH.get(ledger.state, "unknown")


def change_from(change: PlannedChange, home: Home) -> ChangeAnswer:
    old = yaml_from(change.automation_id, change.before.config) if change.before else ""
    new = yaml_from(change.automation_id, change.after.config) if change.after else ""
    return ChangeAnswer(
        action="update" if change.change_type.value == "settle" else change.change_type.value,
        automation_id=change.automation_id,
        title=alias_from(new or old, change.automation_id),
        path=change.path,
        diff=diff_from(old, new, home, against_home=True),
    )


def diff_from(old: str, new: str, home: Home, against_home: bool = False) -> DiffAnswer:
    """From `old` to `new` as texts and in words; "" where there is none."""
    words = describe_diff(decode(old).config if old else None, decode(new).config if new else None, home)
    return DiffAnswer(against="home" if against_home else "main", old=old, new=new, words=list(words))


def drift_from(sync_state: SyncState, home: Home) -> list[DriftRow]:
    """The managed automations that are not in step, with the differences in sentences."""
    return [
        DriftRow(
            automation_id=key,
            title=title_from(key, sync_state),
            drift=status.sync_status,
            words=_drift_words(sync_state, key, home)
            if status.sync_status in DRIFTED_STATUSES
            else [status.reason] * bool(status.reason),
        )
        for key, status in sync_state.statuses.items()
        if status.sync_status not in (SyncStatus.IN_STEP, SyncStatus.NOT_OURS)
    ]


def _drift_words(sync_state: SyncState, key: str, home: Home) -> list[str]:
    """What the home changed, in sentences."""
    version, live = sync_state.git.desired.by_id.get(key), sync_state.live.get(key)
    if version is None or live is None or live.config is None:
        return ["It was removed in the home."] if live is None else []
    return list(describe_diff(version.config, live.config, home))


def result_from(result: ReconcileResult, commit: str | None) -> DeployResult:
    """The worst result of a round is what is reported."""
    if result.unreachable_reason:
        return DeployResult(outcome="pending", why=result.unreachable_reason, merge=commit)
    if result.hold_reason:
        # Only a plan that waits for confirmation has a hash; while all is paused nothing is planned.
        return DeployResult(outcome="held" if result.plan_hash else "paused", why=result.hold_reason, merge=commit)
    for outcome in ("refused", "pending", "removed", "deployed"):
        for done in result.results:
            if done.outcome == outcome:
                return DeployResult(outcome=done.outcome, why=done.why, merge=commit, revert=done.revert_commit or None)
    return DeployResult(outcome="nothing", merge=commit)


def allowed_actions(
    sync_state: SyncState, key: str, version: AutomationFile | None, commits: Sequence[MainCommit]
) -> list[str]:
    sync_status = sync_state.statuses[key].sync_status if key in sync_state.statuses else None
    actions = ["rollback"] if version and commits else []
    if was_rolled_back(commits):
        actions.append("restore")
    if sync_status in DRIFTED_STATUSES or sync_status is SyncStatus.NOT_OURS:
        actions.append("adopt")
    if sync_status in DRIFTED_STATUSES:
        actions.append("reapply")
    if version:
        actions += ["unmanage", "run"]
    return actions


def undeployed_reason(sync_state: SyncState, path: str) -> str:
    """Why main's version of this path is not deployed; "" where it is in step."""
    key = sync_state.git.desired.id_at(path) or sync_state.git.deployed.id_at(path)
    status = sync_state.statuses.get(key) if key else None
    if status is None or status.sync_status not in {*DRIFTED_STATUSES, SyncStatus.NOT_OURS, SyncStatus.UNKNOWN}:
        return ""
    return (
        status.reason or "Say under the automation what is to become of it: adopt it, put main's back, or let go of it."
    )


def title_from(key: str, sync_state: SyncState) -> str:
    version, live = sync_state.git.desired.by_id.get(key), sync_state.live.get(key)
    alias = (version.config if version else live.config if live and live.config else {}).get("alias")
    return str(alias or (live.alias if live else "") or key)


def alias_from(yaml: str, default: str) -> str:
    return str((decode(yaml).config or {}).get("alias") or default)


def yaml_from(key: str, config: AutomationConfig) -> str:
    return encode({"id": key, **config})


def version_from(sync_state: SyncState, key: str) -> AutomationFile | None:
    """The version on main, else the one that was last deployed."""
    return sync_state.git.desired.by_id.get(key) or sync_state.git.deployed.by_id.get(key)


def _broken_row(path: str, why: str) -> AutomationRow:
    return AutomationRow(
        automation_id=path,
        habit_id=None,
        title=path,
        area=None,
        path=path,
        drift=SyncStatus.BROKEN,
        health="unknown",
        enabled=None,
        deployed_at=None,
        last_fired=None,
        why=why,
    )
