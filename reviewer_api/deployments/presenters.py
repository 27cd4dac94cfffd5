"""From what git and the home hold of automations to what the page shows; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automations.config.diff import describe_diff
from automations.config.yaml import decode, encode
from automations.deploy.plan import AutomationFile, PlannedChange
from automations.deploy.reconcile import ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.ledger import LedgerEntry
from automations.git.merge import MainCommit as Commit
from automations.git.merge import was_rolled_back
from reviewer_api.diary.times import text
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


def rows_from(found: SyncState, ledgers: Mapping[str, LedgerEntry], home: Home) -> list[AutomationRow]:
    """What is ours, or would be: broken files first, the rest by title."""
    ours = {
        key: look for key, look in found.statuses.items() if look.sync_status is not SyncStatus.NOT_OURS or look.reason
    }
    rows = [row_from(found, key, ledgers.get(key.removeprefix("nightshift_")), home) for key in ours]
    broken = [_broken(path, problems[0].message) for path, problems in found.broken.items()]
    return [*broken, *sorted(rows, key=lambda row: row.title.casefold())]


def row_from(found: SyncState, key: str, ledger: LedgerEntry | None, home: Home) -> AutomationRow:
    look, live = found.statuses[key], found.live.get(key)
    version = version_of(found, key)
    return AutomationRow(
        automation_id=key,
        habit_id=ledger.habit_id if ledger else None,
        title=title_of(key, found),
        area=home.areas_by_id[ledger.area].name if ledger and ledger.area in home.areas_by_id else None,
        path=version.path if version else None,
        drift=look.sync_status,
        health=_health(ledger),
        enabled=live.enabled if live else None,
        deployed_at=text(ledger.at) if ledger and ledger.state in HEALTH else None,
        last_fired=text(live.last_triggered) if live and live.last_triggered else None,
        why=look.reason,
    )


def gone_row(key: str, path: str, ledger: LedgerEntry | None) -> AutomationRow:
    """One that was on main once and is in no tree now."""
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
    """On trial until the person was asked again; then as the suggestion stands."""
    if ledger is None:
        return "unknown"
    on_trial = ledger.trial_until is not None and ledger.state is State.WATCHING
    return "trial" if on_trial else HEALTH.get(ledger.state, "unknown")


def change_from(change: PlannedChange, home: Home) -> ChangeAnswer:
    old = yaml_of(change.automation_id, change.before.config) if change.before else ""
    new = yaml_of(change.automation_id, change.after.config) if change.after else ""
    return ChangeAnswer(
        action="update" if change.change_type.value == "settle" else change.change_type.value,
        automation_id=change.automation_id,
        title=alias_of(new or old, change.automation_id),
        path=change.path,
        diff=diff_from(old, new, home, against_home=True),
    )


def diff_from(old: str, new: str, home: Home, against_home: bool = False) -> DiffAnswer:
    """From `old` to `new` as texts and in words; "" where there is none."""
    words = describe_diff(decode(old).config if old else None, decode(new).config if new else None, home)
    return DiffAnswer(against="home" if against_home else "main", old=old, new=new, words=list(words))


def drift_from(found: SyncState, home: Home) -> list[DriftRow]:
    """What of ours is not in step, with what is different in sentences."""
    return [
        DriftRow(
            automation_id=key,
            title=title_of(key, found),
            drift=look.sync_status,
            words=_drift_words(found, key, home)
            if look.sync_status in DRIFTED_STATUSES
            else [look.reason] * bool(look.reason),
        )
        for key, look in found.statuses.items()
        if look.sync_status not in (SyncStatus.IN_STEP, SyncStatus.NOT_OURS)
    ]


def _drift_words(found: SyncState, key: str, home: Home) -> list[str]:
    """What the home changed, in sentences."""
    version, live = found.git.desired.by_id.get(key), found.live.get(key)
    if version is None or live is None or live.config is None:
        return ["It was removed in the home."] if live is None else []
    return list(describe_diff(version.config, live.config, home))


def result_from(result: ReconcileResult, commit: str | None) -> DeployResult:
    """The worst of a round is what the person is told."""
    if result.unreachable_reason:
        return DeployResult(outcome="pending", why=result.unreachable_reason, merge=commit)
    if result.hold_reason:
        # Only a plan that waits for a yes has a name; while all is paused nothing is planned.
        return DeployResult(outcome="held" if result.plan_hash else "paused", why=result.hold_reason, merge=commit)
    for outcome in ("refused", "pending", "removed", "deployed"):
        for done in result.results:
            if done.outcome == outcome:
                return DeployResult(outcome=done.outcome, why=done.why, merge=commit, revert=done.revert_commit or None)
    return DeployResult(outcome="nothing", merge=commit)


def actions_allowed(found: SyncState, key: str, version: AutomationFile | None, commits: Sequence[Commit]) -> list[str]:
    standing = found.statuses[key].sync_status if key in found.statuses else None
    actions = ["rollback"] if version and commits else []
    if was_rolled_back(commits):
        actions.append("restore")
    if standing in DRIFTED_STATUSES or standing is SyncStatus.NOT_OURS:
        actions.append("adopt")
    if standing in DRIFTED_STATUSES:
        actions.append("reapply")
    if version:
        actions += ["unmanage", "run"]
    return actions


def why_untouched(found: SyncState, path: str) -> str:
    """Why what main says of this path is not taken to the home; "" where it is in step."""
    key = found.git.desired.id_at(path) or found.git.deployed.id_at(path)
    look = found.statuses.get(key) if key else None
    if look is None or look.sync_status not in {*DRIFTED_STATUSES, SyncStatus.NOT_OURS, SyncStatus.UNKNOWN}:
        return ""
    return (
        look.reason or "Say under the automation what is to become of it: adopt it, put main's back, or let go of it."
    )


def title_of(key: str, found: SyncState) -> str:
    version, live = found.git.desired.by_id.get(key), found.live.get(key)
    alias = (version.config if version else live.config if live and live.config else {}).get("alias")
    return str(alias or (live.alias if live else "") or key)


def alias_of(yaml: str, otherwise: str) -> str:
    return str((decode(yaml).config or {}).get("alias") or otherwise)


def yaml_of(key: str, config: AutomationConfig) -> str:
    return encode({"id": key, **config})


def version_of(found: SyncState, key: str) -> AutomationFile | None:
    """The version that main wishes, else the one that we deployed."""
    return found.git.desired.by_id.get(key) or found.git.deployed.by_id.get(key)


def _broken(path: str, why: str) -> AutomationRow:
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
