"""Everything that happened, newest first: the commits of main and the events of the ledgers in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from automations.git.naming import LEDGERS, trailers_of
from automations.git.repository import MAIN, Repository
from schemas.suggestions import LedgerEvent

_SAID_BY_MAIN = frozenset({LedgerEvent.APPROVED, LedgerEvent.ROLLED_BACK, LedgerEvent.UNMANAGED, LedgerEvent.RESTORED})
"""Ledger events whose commit on main is in the list already."""
_MAIN_EVENTS = (
    ("Approved-By", "approved"),
    ("Reverts", "rolled_back"),
    ("Restores-Version", "restored"),
    ("Adopts", "adopted"),
    ("Unmanages", "unmanaged"),
)


@dataclass(frozen=True)
class Happened:
    at: datetime
    who: str
    event: str
    subject: str
    why: str
    sha: str


def happened(repository: Repository, most: int = 100) -> list[Happened]:
    """At most `most` entries; one git process."""
    form = "%H%x00%aI%x00%an%x00%s%x00%B%x00%x00"
    # Twice as many, since an approval is a commit on main and one in a ledger.
    refs = (f"--glob={LEDGERS}*", MAIN)
    out = repository.git("log", "--first-parent", "--date-order", f"-n{2 * most}", f"--format={form}", *refs)
    rows = (row.lstrip("\n") for row in out.decode("utf-8", "replace").split("\0\0\n"))
    found = (_happened(*row.split("\0", 4)) for row in rows if row)
    return [one for one in found if one][:most]


def _happened(sha: str, at: str, who: str, subject: str, text: str) -> Happened | None:
    trailers = trailers_of(text)
    event = trailers.get("Event")
    if event is None:
        event = next((name for key, name in _MAIN_EVENTS if key in trailers), "changed")
    elif event in _SAID_BY_MAIN:
        return None
    return Happened(datetime.fromisoformat(at), who, event, subject, trailers.get("Why", ""), sha)
