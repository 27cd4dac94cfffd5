"""Everything that happened, newest first: the commits of main and the events of the ledgers in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from automations.git.naming import LEDGER_PREFIX, trailers_from_message
from automations.git.plumbing.dates import time_from_git
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from schemas.errors import Damaged
from schemas.suggestions import LedgerEvent

_EVENTS_WITH_MAIN_COMMIT = frozenset(
    {LedgerEvent.APPROVED, LedgerEvent.ROLLED_BACK, LedgerEvent.UNMANAGED, LedgerEvent.RESTORED}
)
"""Ledger events whose commit on main is in the list already."""
_MAIN_EVENTS = (
    ("Approved-By", "approved"),
    ("Reverts", "rolled_back"),
    ("Restores-Version", "restored"),
    ("Adopts", "adopted"),
    ("Unmanages", "unmanaged"),
)


@dataclass(frozen=True)
class ActivityEntry:
    at: datetime
    who: str
    event: str
    subject: str
    why: str
    sha: str


def read_activity_log(repository: Repository, limit: int = 100) -> list[ActivityEntry]:
    """At most `limit` entries; one git process. What is damaged is left out."""
    try:
        out = _read_log(repository, limit, [f"--glob={LEDGER_PREFIX}*"])
    except Damaged:
        ledgers = list(list_refs(repository, LEDGER_PREFIX).values())
        out = _read_log(repository, limit, ["--stdin"], _readable_chains(repository, ledgers))
    rows = (row.lstrip("\n") for row in out.decode("utf-8", "replace").split("\0\0\n"))
    entries = (_entry_from_row(*row.split("\0", 4)) for row in rows if row)
    return [entry for entry in entries if entry][:limit]


def _read_log(repository: Repository, limit: int, which: Sequence[str], tips: Sequence[str] = ()) -> bytes:
    form = "%H%x00%at%x00%an%x00%s%x00%B%x00%x00"
    # Twice as many, since an approval is a commit on main and one in its ledger.
    options = ("--first-parent", "--date-order", f"-n{2 * limit}", f"--format={form}")
    return repository.git("log", *options, *which, MAIN_REF, stdin="".join(f"{tip}\n" for tip in tips).encode())


def _readable_chains(repository: Repository, tips: list[str]) -> list[str]:
    """Those whose every commit can be read: all at once, and where one is damaged, half by half."""
    names = "".join(f"{tip}\n" for tip in tips).encode()
    if not tips or repository.try_git("log", "--first-parent", "--format=%B", "--stdin", stdin=names)[0] == 0:
        return tips
    if len(tips) == 1:
        return []
    half = len(tips) // 2
    return _readable_chains(repository, tips[:half]) + _readable_chains(repository, tips[half:])


def _entry_from_row(sha: str, at: str, who: str, subject: str, text: str) -> ActivityEntry | None:
    trailers = trailers_from_message(text)
    event = trailers.get("Event")
    if event is None:
        event = next((name for key, name in _MAIN_EVENTS if key in trailers), "changed")
    elif event in _EVENTS_WITH_MAIN_COMMIT:
        return None
    return ActivityEntry(time_from_git(at), who, event, subject, trailers.get("Why", ""), sha)
