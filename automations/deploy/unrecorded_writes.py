"""What may have come to the home without our record of it: we were cut off while writing, and main went on."""

from __future__ import annotations

from automations.config.normalize import equivalent
from automations.deploy.plan import Version
from automations.deploy.versions import version_of
from automations.git.ledger import entry, history
from automations.git.merge import last_change
from automations.git.naming import DEPLOYED, trailers_of
from automations.git.repository import MAIN, Repository
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent

_SENT = frozenset({LedgerEvent.APPROVED, LedgerEvent.RESTORED})


def left_over(repository: Repository, automation_id: str) -> Version | None:
    """The version that was on its way to the home when it was last taken off main; None where none was.

    Only for an automation that is neither on main nor in our record. One that was recorded and is in the home again
    was brought back there by somebody, and is theirs.
    """
    habit = automation_id.removeprefix("nightshift_")
    tip = entry(repository, habit) if habit != automation_id and habit.isalnum() else None
    if tip is None:
        return None
    told = [past.event for past in history(repository, habit) if past.event in {*_SENT, LedgerEvent.DEPLOYED}]
    last = last_change(repository, tip.path)
    if not told or told[-1] not in _SENT or last is None or "Unmanages" in last.trailers:
        return None
    return version_of(repository, last.parent or "", tip.path)


def was_sent(repository: Repository, automation_id: str, path: str, held: AutomationConfig) -> bool:
    """Whether what the home holds is a version of main that came after the last step that we recorded of it.

    It was ours to bring there, and main keeps it whatever becomes of it; all else is a person's edit.
    """
    recorded = _recorded(repository, automation_id)
    if recorded is None:
        return False
    later = repository.git("rev-list", "--first-parent", f"{recorded}..{MAIN}", "--", path).decode().split()
    found = (version_of(repository, commit, path) for commit in later)
    return any(version is not None and equivalent(version.config, held) for version in found)


def _recorded(repository: Repository, automation_id: str) -> str | None:
    """Main as it was at the last step that we recorded of this automation."""
    key = f"--grep=Automation-Id: {automation_id}"
    texts = repository.git("log", "--format=%B%x00", "--fixed-strings", key, DEPLOYED).decode("utf-8", "replace")
    told = (trailers_of(text) for text in texts.split("\0"))
    # The search also finds longer ids that begin the same.
    return next((facts.get("Main") for facts in told if facts.get("Automation-Id") == automation_id), None)
