"""State of git and home at one moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from automations.deploy.automation_files import AutomationFiles, read_automation_files
from automations.deploy.home_backup import is_backed_up
from automations.deploy.plan import (
    AutomationFile,
    AutomationStatus,
    ChangeType,
    Limits,
    PlannedChange,
    compare,
    hold_reason,
    plan,
    plan_hash,
)
from automations.deploy.unrecorded_writes import find_unrecorded_write, was_written_from_main
from automations.git.refs import read_deployed_tip
from automations.git.repository import Repository
from automations.home_assistant.home_api import AutomationStore, LiveAutomation
from schemas.errors import Damaged
from schemas.problems import Problem
from schemas.sync_status import SyncStatus


@dataclass(frozen=True)
class GitState:
    """State of git: main, and what the home held of ours at the last deploy or read back."""

    desired: AutomationFiles
    deployed: AutomationFiles
    deployed_commit: str | None
    main_replaced: bool
    """Main does not descend from what was deployed last."""
    backed_up: bool
    """There is a backup of this home, so it was written to before."""


@dataclass(frozen=True)
class SyncState:
    git: GitState
    live: Mapping[str, LiveAutomation]
    statuses: Mapping[str, AutomationStatus]
    changes: Sequence[PlannedChange]
    hold_reason: str
    """Why the changes wait for a person; "" where they may go ahead."""
    first_write_warning: str = ""
    """What the first change does to a home that was never written to from here; "" where one was."""

    @property
    def plan_hash(self) -> str:
        return plan_hash(self.changes)

    @property
    def broken(self) -> Mapping[str, tuple[Problem, ...]]:
        return self.git.desired.broken


def read_git_state(repository: Repository, home_name: str) -> GitState:
    main = repository.main_commit()
    tip = read_deployed_tip(repository, home_name)
    deployed = read_automation_files(repository, tip.of_this_home) if tip.of_this_home else AutomationFiles("")
    desired = read_automation_files(repository, main)
    if desired.unreadable:  # its id is not known, so that it might be deleted from the home
        raise Damaged(f"{', '.join(desired.unreadable)} on main cannot be read; nothing is deployed until it can.")
    return GitState(
        desired=_keep_deployed_where_broken(desired, deployed),
        deployed=deployed,
        deployed_commit=tip.commit,
        main_replaced=tip.main is not None and not repository.is_ancestor(tip.main, main),
        backed_up=is_backed_up(repository, home_name),
    )


async def read_state(repository: Repository, home_api: AutomationStore, limits: Limits) -> SyncState:
    """The state now; Unreachable where the home does not answer, which proves nothing about what it holds.

    Writes that the deployed chain does not record count as deployed, so that the plan brings them to main.
    """
    live = await home_api.list_automations()
    git = await asyncio.to_thread(_read_git_state_with_unrecorded, repository, home_api.name, live.keys())
    state = state_from_git_and_home(git, live, limits, warning := await home_api.first_write_warning())
    unrecorded = await asyncio.to_thread(_find_unrecorded_writes, repository, state)
    return state_from_git_and_home(_count_as_deployed(git, unrecorded), live, limits, warning) if unrecorded else state


def state_from_git_and_home(
    git: GitState, live: Mapping[str, LiveAutomation], limits: Limits, warning: str
) -> SyncState:
    """The statuses and changes that follow from git and the home; pure."""
    statuses = compare(git.desired.by_id, live, git.deployed.by_id)
    changes = plan(git.desired.by_id, live, git.deployed.by_id)
    first_write_warning = "" if git.backed_up else f"This is the first change to this home. {warning}"
    return SyncState(
        git, live, statuses, changes, _hold_reason(git, changes, limits, first_write_warning), first_write_warning
    )


def _read_git_state_with_unrecorded(repository: Repository, home_name: str, in_home: Iterable[str]) -> GitState:
    git = read_git_state(repository, home_name)
    unmanaged_ids = [key for key in in_home if key not in git.desired.by_id and key not in git.deployed.by_id]
    return _count_as_deployed(
        git, {key: version for key in unmanaged_ids if (version := find_unrecorded_write(repository, key))}
    )


def _find_unrecorded_writes(repository: Repository, state: SyncState) -> dict[str, AutomationFile]:
    """Automations that look edited in the home and are what we wrote: the deployed file with the live config."""
    edited = [
        key
        for key, status in state.statuses.items()
        if status.sync_status in (SyncStatus.EDITED_IN_HOME, SyncStatus.BOTH)
    ]
    edited_files = {key: (state.git.deployed.by_id[key], state.live[key].config or {}) for key in edited}
    return {
        key: replace(ours, config=config)
        for key, (ours, config) in edited_files.items()
        if was_written_from_main(repository, key, ours.path, config)
    }


def _count_as_deployed(git: GitState, deployed: Mapping[str, AutomationFile]) -> GitState:
    """The same state, with these counted as deployed."""
    return replace(git, deployed=replace(git.deployed, by_id={**git.deployed.by_id, **deployed}))


def _hold_reason(git: GitState, changes: Sequence[PlannedChange], limits: Limits, first_write_warning: str) -> str:
    if not changes:
        return ""
    if git.main_replaced:
        return "main does not follow from what was deployed last; was it replaced? Bring the old main back to go on."
    if all(change.change_type is ChangeType.RECORD_ONLY for change in changes):
        return ""  # only the deployed chain changes; the home is not written to
    why = hold_reason(changes, limits)
    return " ".join(part for part in (first_write_warning, why) if part)


def _keep_deployed_where_broken(desired: AutomationFiles, deployed: AutomationFiles) -> AutomationFiles:
    """A broken file on main leaves the home as it is: what is deployed of its path or its id stays desired."""
    kept = {
        key: version
        for key, version in deployed.by_id.items()
        if version.path in desired.broken or key in desired.broken_ids
    }
    return replace(desired, by_id={**kept, **desired.by_id})
