"""A person's answer to drift: adopt what the home has, reapply main's version, or unmanage it; and the import."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from automations.config.yaml import encode
from automations.deploy.plan import ChangeType, PlannedChange
from automations.deploy.sync_state import SyncState
from automations.git.author import GitAuthor
from automations.git.merge import commit_files, find_habit_path
from automations.git.naming import DEPLOYED_REF, commit_message, slugify
from automations.git.repository import MAIN_REF, RefUpdate, Repository
from automations.home_assistant.home_api import LiveAutomation, Obstacle
from schemas.errors import InputError
from schemas.home import Home
from schemas.sync_status import SyncStatus

MAX_NAME_LENGTH = 200
_SAFE_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "_-")


class ImportOutcome(StrEnum):
    IMPORTED = "imported"
    MANAGED = "managed"
    """It is on main already."""
    NO_ID = "no_id"
    DUPLICATE_ID = "duplicate_id"
    OUTSIDE = "outside"
    BLUEPRINT = "blueprint"


@dataclass(frozen=True)
class ImportResult:
    """The outcome for one automation of the home: its path on main, or why it was left alone."""

    automation_id: str
    alias: str
    outcome: ImportOutcome
    path: str = ""
    left_alone: str = ""


def adopt(
    repository: Repository, state: SyncState, automation_id: str, home: Home, who: GitAuthor, now: datetime
) -> str:
    """Commit the home's version of one automation to main, in the person's name; the commit.

    The next round finds the home in step and only records it. Raises InputError where its config cannot be read.
    """
    live = _require_readable(state, automation_id)
    managed_file = state.git.desired.by_id.get(automation_id) or state.git.deployed.by_id.get(automation_id)
    path = managed_file.path if managed_file else _new_path(repository, automation_id, _area(live, home))
    files: dict[str, bytes | None] = {path: _yaml_from_live(automation_id, live)}
    subject = f"Adopt {live.alias or automation_id} as it is in the home"
    return commit_files(repository, files, subject, who, now, Automation_Id=automation_id, Adopts=path)


def reapply(state: SyncState, automation_id: str) -> PlannedChange:
    """The change that rewrites the home's version with main's, or deletes it where main has none any more.

    InputError where it is neither on main nor was deployed from here.
    """
    desired, live = state.git.desired.by_id.get(automation_id), state.live.get(automation_id)
    deployed = state.git.deployed.by_id.get(automation_id)
    if desired is None and deployed is None:
        raise InputError(f"main has no automation {automation_id}; nothing can be put back.")
    if desired is None:
        return PlannedChange(ChangeType.DELETE, automation_id, deployed, None, live.config if live else None)
    action, expected_live = (ChangeType.UPDATE, live.config) if live else (ChangeType.CREATE, None)
    return PlannedChange(action, automation_id, deployed, desired, expected_live)


def unmanage(repository: Repository, state: SyncState, automation_id: str, who: GitAuthor, now: datetime) -> str:
    """Unmanage one automation: it leaves main and the deployed chain in one step and stays in the home as it is."""
    managed_file = state.git.desired.by_id.get(automation_id) or state.git.deployed.by_id.get(automation_id)
    if managed_file is None:
        raise InputError(f"{automation_id} is not managed here; there is nothing to let go of.")
    main, deployed_commit = repository.main_commit(), state.git.deployed_commit
    trailers = {"Automation-Id": automation_id, "Unmanages": managed_file.path}
    tree = repository.write_tree_from_blobs(main, {managed_file.path: None})
    commit = repository.commit(tree, [main], commit_message(f"Let go of {managed_file.path}", "", trailers), who, now)
    updates = [RefUpdate(MAIN_REF, commit, main)]
    deployed_file = state.git.deployed.by_id.get(automation_id)
    if deployed_commit and deployed_file:
        # Main and the deployed chain move together: were main first, the next round would delete it from the home.
        deployed_trailers = repository.read_trailers(deployed_commit)
        text = commit_message(
            f"Let go of {deployed_file.path}", "", {**deployed_trailers, "Main": commit, "Automation-Id": automation_id}
        )
        tree_without_file = repository.write_tree_from_blobs(deployed_commit, {deployed_file.path: None})
        updates.append(
            RefUpdate(
                DEPLOYED_REF, repository.commit(tree_without_file, [deployed_commit], text, who, now), deployed_commit
            )
        )
    repository.update_refs(updates)
    return commit


def import_all(
    repository: Repository, state: SyncState, home: Home, who: GitAuthor, now: datetime
) -> list[ImportResult]:
    """Bring every automation of the home that can be read into main as it is, in one commit."""
    report = [_import_one(repository, key, live, state, home) for key, live in sorted(state.live.items())]
    files: dict[str, bytes | None] = {
        row.path: _yaml_from_live(row.automation_id, state.live[row.automation_id]) for row in report if row.path
    }
    if files:
        commit_files(
            repository, files, f"Import {len(files)} automations of the home", who, now, Imports=str(len(files))
        )
    return report


def adopted_path(automation_id: str, area_id: str | None) -> str:
    """Where an automation made in the home lives on main; its id stays verbatim inside the file.

    All but `a-z0-9_-` is percent-encoded, so that two ids never meet on a file system that ignores case.
    """
    name = "".join(chr(b) if chr(b) in _SAFE_CHARACTERS else f"%{b:02X}" for b in automation_id.encode())
    if len(name) > MAX_NAME_LENGTH:
        name = f"{name[:MAX_NAME_LENGTH]}-{hashlib.sha256(automation_id.encode()).hexdigest()[:8]}"
    return f"{slugify(area_id) if area_id else 'no_area'}/{name}.yaml"


def _new_path(repository: Repository, automation_id: str, area_id: str | None) -> str:
    """The path of its habit's file, if it came from one: then its history continues there."""
    path = find_habit_path(repository, automation_id)
    free = path and repository.blob_sha(MAIN_REF, path) is None
    return path if free else adopted_path(automation_id, area_id)


def _import_one(repository: Repository, key: str, live: LiveAutomation, state: SyncState, home: Home) -> ImportResult:
    def left_alone(outcome: ImportOutcome, why: str) -> ImportResult:
        return ImportResult(key, live.alias, outcome, left_alone=why)

    if live.config is None:
        return left_alone(ImportOutcome(live.obstacle or Obstacle.OUTSIDE), live.why_unreadable)
    if state.statuses[key].sync_status is not SyncStatus.NOT_OURS:
        return left_alone(ImportOutcome.MANAGED, "It is managed here already.")
    if "use_blueprint" in live.config:
        return left_alone(ImportOutcome.BLUEPRINT, "It is made from a blueprint; change it there.")
    return ImportResult(key, live.alias, ImportOutcome.IMPORTED, path=_new_path(repository, key, _area(live, home)))


def _require_readable(state: SyncState, automation_id: str) -> LiveAutomation:
    live = state.live.get(automation_id)
    if live is None:
        raise InputError(f"The home has no automation {automation_id}; it may have been removed there.")
    if live.config is None:
        raise InputError(f"The home cannot show {automation_id}, so it cannot be adopted: {live.why_unreadable}")
    return live


def _area(live: LiveAutomation, home: Home) -> str | None:
    area = home.area_of(live.entity_id) if live.entity_id else None
    return area.area_id if area else None


def _yaml_from_live(automation_id: str, live: LiveAutomation) -> bytes:
    return encode({"id": automation_id, **(live.config or {})}).encode()
