"""The version that the home ran before: what a suggestion to change a degraded automation can go back to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from automations.deploy.automation_files import read_automation_file
from automations.git.ledger import read_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import MainCommit, list_main_commits, was_rolled_back
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import Repository
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent, State

_NOTE_EVENTS = frozenset({LedgerEvent.COMMENTED, LedgerEvent.EVIDENCE})


def find_previous_version(
    repository: Repository, latest_entry: LedgerEntry, is_acceptable: Callable[[AutomationConfig], bool]
) -> MainCommit | None:
    """The commit of main with the newest acceptable version that the home held before today's; None: there is none.

    Left out are versions that a person rolled back, and those that were degraded and not kept. For an automation that
    was removed and added again, versions before the removal do not count.
    """
    commits = list_main_commits(repository, latest_entry.path)
    blobs = repository.resolve_objects(*(f"{change.sha}:{latest_entry.path}" for change in commits))
    deployed_blobs = _deployed_blobs(repository, latest_entry.path) - _rejected_blobs(repository, latest_entry)
    for number, (commit, blob) in enumerate(zip(commits, blobs, strict=True)):
        if blob is None:
            return None
        if blob not in deployed_blobs or blob == blobs[0] or was_rolled_back(commits[number - 1 :]):
            continue
        version = read_automation_file(repository, commit.sha, latest_entry.path)
        if version and is_acceptable(version.config):
            return commit
    return None


def _deployed_blobs(repository: Repository, path: str) -> set[str | None]:
    """The blobs of this path that the home held, as the deployed chain records them."""
    if repository.resolve(DEPLOYED_REF) is None:
        return set()
    commits = repository.git("log", "--format=%H", DEPLOYED_REF, "--", path).decode().split()
    return set(repository.resolve_objects(*(f"{commit}:{path}" for commit in commits)))


def _rejected_blobs(repository: Repository, latest_entry: LedgerEntry) -> set[str | None]:
    """The blobs that were degraded before, and then changed or removed."""
    entries = [past for past in read_entries(repository, latest_entry.habit_id) if past.event not in _NOTE_EVENTS]
    questioned = [
        one
        for one, answer in pairwise(entries)
        if one.event is LedgerEvent.DEGRADED and answer.state is not State.HEALTHY
    ]
    return set(repository.resolve_objects(*(f"{one.branch_commit}^:{latest_entry.path}" for one in questioned)))
