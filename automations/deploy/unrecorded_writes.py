"""Writes to the home that the deployed chain does not record: we were killed while writing, and main moved on."""

from __future__ import annotations

from automations.config.normalize import equivalent
from automations.deploy.automation_files import read_automation_file
from automations.deploy.plan import AutomationFile
from automations.git.ledger import read_entries, read_latest_entry
from automations.git.merge import find_last_commit
from automations.git.naming import DEPLOYED_REF, trailers_from_message
from automations.git.repository import MAIN_REF, Repository
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent

_WRITE_EVENTS = frozenset({LedgerEvent.APPROVED, LedgerEvent.RESTORED})


def find_unrecorded_write(repository: Repository, automation_id: str) -> AutomationFile | None:
    """The version that was being written to the home when it was last removed from main; None where none was.

    Only for an automation that is neither on main nor in the deployed chain. One that was recorded and is in the home
    again was added there by a person, and is not ours.
    """
    habit = automation_id.removeprefix("nightshift_")
    latest_entry = read_latest_entry(repository, habit) if habit != automation_id and habit.isalnum() else None
    if latest_entry is None:
        return None
    events = [
        past.event for past in read_entries(repository, habit) if past.event in {*_WRITE_EVENTS, LedgerEvent.DEPLOYED}
    ]
    last_commit = find_last_commit(repository, latest_entry.path)
    if not events or events[-1] not in _WRITE_EVENTS or last_commit is None or "Unmanages" in last_commit.trailers:
        return None
    return read_automation_file(repository, last_commit.parent or "", latest_entry.path)


def was_written_from_main(repository: Repository, automation_id: str, path: str, live_config: AutomationConfig) -> bool:
    """Whether what the home holds is a version of main newer than the last one that the deployed chain records.

    Then we wrote it, and main's history still holds it; anything else is a person's edit.
    """
    recorded = _last_recorded_main(repository, automation_id)
    if recorded is None:
        return False
    later = repository.git("rev-list", "--first-parent", f"{recorded}..{MAIN_REF}", "--", path).decode().split()
    versions = (read_automation_file(repository, commit, path) for commit in later)
    return any(version is not None and equivalent(version.config, live_config) for version in versions)


def _last_recorded_main(repository: Repository, automation_id: str) -> str | None:
    """The commit of main at the last recorded deploy of this automation."""
    key = f"--grep=Automation-Id: {automation_id}"
    texts = repository.git("log", "--format=%B%x00", "--fixed-strings", key, DEPLOYED_REF).decode("utf-8", "replace")
    trailers = (trailers_from_message(text) for text in texts.split("\0"))
    # The search also finds longer ids that begin the same.
    return next((facts.get("Main") for facts in trailers if facts.get("Automation-Id") == automation_id), None)
