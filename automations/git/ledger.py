"""The ledger of a suggestion: a chain of commits under `refs/suggestions/<habit_id>`, one an event.

A commit's tree holds what was seen then: `automation.yaml`, `pattern.json`, `verdict.json` (findings and backtest) and
`receipts.json`, as far as there are any. Its second parent is the branch commit seen, but the first commit has no
parents. Its trailers say the rest. The tip's trailers are the state, so one look at the refs tells where every
suggestion stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from automations.git.lifecycle import after
from automations.git.naming import LEDGERS, ledger_ref, message, trailers_of
from automations.git.refs import Tip, tips
from automations.git.repository import ABSENT, Person, RefUpdate, Repository
from schemas.suggestions import DeclineScope, LedgerEvent, State


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a suggestion's life, with all that a list needs to know of it."""

    habit_id: str
    event: LedgerEvent
    state: State
    at: datetime
    who: str
    title: str
    kind: str
    key: str
    """The habit's identity, as `generator.mining.identity` writes it."""
    path: str
    branch: str
    """Ref of its branch, also where the branch is gone."""
    area: str = ""
    why: str = ""
    strength: float = 0.0
    days_seen: int = 0
    days_possible: int = 0
    evidence: str = ""
    """Digest of the rounded evidence."""
    drafted_by: str = "baseline"
    model: str = ""
    proposed_at: datetime | None = None
    snoozed_until: datetime | None = None
    scope: DeclineScope | None = None
    target: str = ""
    """The entity that its first action acts on."""
    also: tuple[tuple[str, str], ...] = ()
    """Habit id and key of the other habits that it does in one go; they are not asked on their own."""
    blocked: bool = False
    needs_second_yes: bool = False
    trial_until: datetime | None = None
    """Approved for a trial: then the person is asked again."""
    merge: str = ""
    """The merge commit, once approved."""
    sha: str = ""
    branch_commit: str = ""

    @property
    def ref(self) -> str:
        return ledger_ref(self.habit_id)


_LAST: dict[str, Entry | None] = {}
"""By commit, which never changes: the entries of the last look, and no older ones, however long this process runs."""


def entries(repository: Repository) -> dict[str, Entry]:
    """The newest entry of every suggestion, by habit id; one git process however many there are."""
    found = {tip.sha: _LAST.get(tip.sha) or _entry_of(tip) for tip in tips(repository, LEDGERS)}
    _LAST.clear()
    _LAST.update(found)
    return {entry.habit_id: entry for entry in found.values() if entry}


def entry(repository: Repository, habit_id: str) -> Entry | None:
    """The newest entry of one suggestion."""
    found = [e for tip in tips(repository, ledger_ref(habit_id)) if (e := _entry_of(tip))]
    return found[0] if found else None


def history(repository: Repository, habit_id: str) -> list[Entry]:
    """Every entry of one suggestion, oldest first."""
    form = "%H%x00%P%x00%B%x00%x00"
    out = repository.git("log", "--first-parent", "--reverse", f"--format={form}", ledger_ref(habit_id))
    rows = (
        row.lstrip("\n").split("\0", 2) for row in out.decode("utf-8", "replace").split("\0\0\n") if row.strip("\n")
    )
    tips_of = (Tip(ledger_ref(habit_id), sha, tuple(parents.split()), text) for sha, parents, text in rows)
    return [e for tip in tips_of if (e := _entry_of(tip))]


def since(repository: Repository, tip: Entry, known: str | None) -> list[Entry]:
    """The entries after the commit `known` (None: all), oldest first."""
    past = history(repository, tip.habit_id)
    at = next((number for number, one in enumerate(past) if one.sha == known), -1)
    return past[at + 1 :]


def next_entry(tip: Entry, event: LedgerEvent, who: Person, at: datetime, why: str = "") -> Entry:
    """The entry that `event` makes of the tip; Moved where the event is not legal now."""
    return replace(tip, event=event, state=after(tip.state, event), who=str(who), at=at, why=why, sha=tip.sha)


def record(
    repository: Repository,
    entry: Entry,
    who: Person,
    seen: Mapping[str, bytes | None] | None = None,
    body: str = "",
) -> RefUpdate:
    """Write the entry's commit on top of `entry.sha`; the ref is moved by the caller, with whatever belongs to it.

    `seen` are the files to set over those of the tip (None removes one).
    """
    tree = repository.tree_with(entry.sha or None, seen or {})
    # The chain starts at a root of its own, so that its first parents are its events and nothing else.
    parents = [parent for parent in (entry.sha, entry.branch_commit) if parent] if entry.sha else []
    text = message(f"{entry.event.value.replace('_', ' ').capitalize()}: {entry.title}", body, _trailers(entry))
    commit = repository.commit(tree, parents, text, who, entry.at)
    return RefUpdate(entry.ref, commit, entry.sha or ABSENT)


def _trailers(entry: Entry) -> dict[str, object]:
    return {
        "Event": entry.event,
        "State": entry.state,
        "At": _text(entry.at),
        "Who": entry.who,
        "Why": entry.why,
        "Habit-Id": entry.habit_id,
        "Habit-Key": entry.key,
        "Title": entry.title,
        "Kind": entry.kind,
        "Area": entry.area,
        "Path": entry.path,
        "Branch": entry.branch,
        "Target": entry.target,
        "Also": " ; ".join(f"{habit_id} {key}" for habit_id, key in entry.also),
        "Strength": f"{entry.strength:.4f}",
        "Days-Seen": entry.days_seen,
        "Days-Possible": entry.days_possible,
        "Evidence": entry.evidence,
        "Drafted-By": entry.drafted_by,
        "Model": entry.model,
        "Proposed-At": _text(entry.proposed_at),
        "Snoozed-Until": _text(entry.snoozed_until),
        "Scope": entry.scope or "",
        "Blocked": "yes" if entry.blocked else "",
        "Second-Yes": "yes" if entry.needs_second_yes else "",
        "Trial-Until": _text(entry.trial_until),
        "Merge": entry.merge,
        "Branch-Commit": entry.branch_commit,
    }


def _entry_of(tip: Tip) -> Entry | None:
    """None for a ref under our prefix that is not one of our ledgers: somebody else's, and left alone."""
    t = trailers_of(tip.message)
    try:
        return Entry(
            habit_id=t["Habit-Id"],
            event=LedgerEvent(t["Event"]),
            state=State(t["State"]),
            at=datetime.fromisoformat(t["At"]),
            who=t.get("Who", ""),
            title=t.get("Title", ""),
            kind=t.get("Kind", ""),
            key=t.get("Habit-Key", ""),
            path=t["Path"],
            branch=t["Branch"],
            area=t.get("Area", ""),
            why=t.get("Why", ""),
            strength=float(t.get("Strength", "0")),
            days_seen=int(t.get("Days-Seen", "0")),
            days_possible=int(t.get("Days-Possible", "0")),
            evidence=t.get("Evidence", ""),
            drafted_by=t.get("Drafted-By", "baseline"),
            model=t.get("Model", ""),
            proposed_at=_time(t.get("Proposed-At")),
            snoozed_until=_time(t.get("Snoozed-Until")),
            scope=DeclineScope(t["Scope"]) if "Scope" in t else None,
            target=t.get("Target", ""),
            also=tuple(_pair(part) for part in t.get("Also", "").split(" ; ") if part),
            blocked="Blocked" in t,
            needs_second_yes="Second-Yes" in t,
            trial_until=_time(t.get("Trial-Until")),
            merge=t.get("Merge", ""),
            sha=tip.sha,
            branch_commit=t.get("Branch-Commit", ""),
        )
    except (KeyError, ValueError):
        return None


def _pair(part: str) -> tuple[str, str]:
    habit_id, _, key = part.partition(" ")
    return habit_id, key


def _text(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
