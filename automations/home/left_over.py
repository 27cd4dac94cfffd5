"""What may have come to the home without our record of it: we were cut off while writing, and it was taken back."""

from __future__ import annotations

from automations.git.ledger import entry, history
from automations.git.merge import last_change
from automations.git.repository import Repository
from automations.home.plan import Version
from automations.home.versions import version_of
from schemas.suggestions import Event

_SENT = frozenset({Event.APPROVED, Event.RESTORED})


def left_over(repository: Repository, automation_id: str) -> Version | None:
    """The version that was on its way to the home when it was last taken off main; None where none was.

    Only for an automation that is neither on main nor in our record. One that was recorded and is in the home again
    was brought back there by somebody, and is theirs.
    """
    habit = automation_id.removeprefix("nightshift_")
    tip = entry(repository, habit) if habit != automation_id and habit.isalnum() else None
    if tip is None:
        return None
    told = [past.event for past in history(repository, habit) if past.event in {*_SENT, Event.DEPLOYED}]
    last = last_change(repository, tip.path)
    if not told or told[-1] not in _SENT or last is None or "Unmanages" in last.trailers:
        return None
    return version_of(repository, last.parent or "", tip.path)
