"""One event of a suggestion, as an object and as the trailers of its commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from automations.git.author import GitAuthor
from automations.git.lifecycle import next_state
from automations.git.naming import ledger_ref, trailers_from_message
from automations.git.refs import RefTip
from schemas.suggestions import DeclineScope, LedgerEvent, State


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One event of a suggestion, with all that a list of suggestions shows of it."""

    habit_id: str
    event: LedgerEvent
    state: State
    at: datetime
    who: str
    title: str
    kind: str
    habit_key: str
    """The habit's identity, as `generator.mining.identity` writes it."""
    path: str
    branch: str
    """Ref of its branch, also where the branch is gone."""
    area: str = ""
    why: str = ""
    strength: float = 0.0
    days_seen: int = 0
    days_possible: int = 0
    evidence_digest: str = ""
    """Digest of the rounded evidence."""
    drafted_by: str = "baseline"
    model: str = ""
    proposed_at: datetime | None = None
    snoozed_until: datetime | None = None
    decline_scope: DeclineScope | None = None
    target: str = ""
    """The entity that its first action acts on."""
    covered_habits: tuple[tuple[str, str], ...] = ()
    """Habit id and key of the other habits that it covers; they are not proposed on their own."""
    blocked: bool = False
    needs_second_yes: bool = False
    trial_until: datetime | None = None
    """Approved for a trial: then the person is asked again."""
    merge_commit: str = ""
    """The merge commit, once approved."""
    sha: str = ""
    branch_commit: str = ""

    @property
    def ref(self) -> str:
        return ledger_ref(self.habit_id)


def next_entry(
    latest_entry: LedgerEntry, event: LedgerEvent, who: GitAuthor, at: datetime, why: str = ""
) -> LedgerEntry:
    """The entry that follows `latest_entry` on `event`; StaleError where the event is not legal now."""
    return replace(
        latest_entry,
        event=event,
        state=next_state(latest_entry.state, event),
        who=str(who),
        at=at,
        why=why,
        sha=latest_entry.sha,
    )


def trailers_from_entry(entry: LedgerEntry) -> dict[str, object]:
    return {
        "Event": entry.event,
        "State": entry.state,
        "At": _iso_or_empty(entry.at),
        "Who": entry.who,
        "Why": entry.why,
        "Habit-Id": entry.habit_id,
        "Habit-Key": entry.habit_key,
        "Title": entry.title,
        "Kind": entry.kind,
        "Area": entry.area,
        "Path": entry.path,
        "Branch": entry.branch,
        "Target": entry.target,
        "Also": " ; ".join(f"{habit_id} {key}" for habit_id, key in entry.covered_habits),
        "Strength": f"{entry.strength:.4f}",
        "Days-Seen": entry.days_seen,
        "Days-Possible": entry.days_possible,
        "Evidence": entry.evidence_digest,
        "Drafted-By": entry.drafted_by,
        "Model": entry.model,
        "Proposed-At": _iso_or_empty(entry.proposed_at),
        "Snoozed-Until": _iso_or_empty(entry.snoozed_until),
        "Scope": entry.decline_scope or "",
        "Blocked": "yes" if entry.blocked else "",
        "Second-Yes": "yes" if entry.needs_second_yes else "",
        "Trial-Until": _iso_or_empty(entry.trial_until),
        "Merge": entry.merge_commit,
        "Branch-Commit": entry.branch_commit,
    }


def entry_from_tip(tip: RefTip) -> LedgerEntry | None:
    """None for a ref under our prefix that is not one of our ledgers: it is left alone."""
    trailers = trailers_from_message(tip.message)
    try:
        return LedgerEntry(
            habit_id=trailers["Habit-Id"],
            event=LedgerEvent(trailers["Event"]),
            state=State(trailers["State"]),
            at=datetime.fromisoformat(trailers["At"]),
            who=trailers.get("Who", ""),
            title=trailers.get("Title", ""),
            kind=trailers.get("Kind", ""),
            habit_key=trailers.get("Habit-Key", ""),
            path=trailers["Path"],
            branch=trailers["Branch"],
            area=trailers.get("Area", ""),
            why=trailers.get("Why", ""),
            strength=float(trailers.get("Strength", "0")),
            days_seen=int(trailers.get("Days-Seen", "0")),
            days_possible=int(trailers.get("Days-Possible", "0")),
            evidence_digest=trailers.get("Evidence", ""),
            drafted_by=trailers.get("Drafted-By", "baseline"),
            model=trailers.get("Model", ""),
            proposed_at=_time_from_text(trailers.get("Proposed-At")),
            snoozed_until=_time_from_text(trailers.get("Snoozed-Until")),
            decline_scope=DeclineScope(trailers["Scope"]) if "Scope" in trailers else None,
            target=trailers.get("Target", ""),
            covered_habits=tuple(_habit_id_and_key(part) for part in trailers.get("Also", "").split(" ; ") if part),
            blocked="Blocked" in trailers,
            needs_second_yes="Second-Yes" in trailers,
            trial_until=_time_from_text(trailers.get("Trial-Until")),
            merge_commit=trailers.get("Merge", ""),
            sha=tip.sha,
            branch_commit=trailers.get("Branch-Commit", ""),
        )
    except (KeyError, ValueError):
        return None


def _habit_id_and_key(part: str) -> tuple[str, str]:
    habit_id, _, key = part.partition(" ")
    return habit_id, key


def _iso_or_empty(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _time_from_text(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
