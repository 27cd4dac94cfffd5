"""One habit, drafted and checked, and what it becomes in git: a commit, a ledger entry, that entry's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.author import BOT
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.lifecycle import next_state
from automations.git.naming import branch_ref, commit_message, file_path
from automations.git.repository import Repository
from schemas.suggestions import LedgerEvent


@dataclass(frozen=True)
class Proposal:
    """One habit, drafted and checked, ready to be proposed."""

    habit_id: str
    habit_key: str
    title: str
    kind: str
    area_id: str
    target: str
    yaml: str
    strength: float
    days_seen: int
    days_possible: int
    evidence_digest: str
    """Digest of the rounded evidence: the branch is rendered again when it changes."""
    reason: str
    """The evidence in words, for the commit's body."""
    trailers: Mapping[str, str]
    """Machine facts for the branch commit: Support, Confidence, Lift, Backtest..."""
    ledger_files: Mapping[str, bytes | None]
    """Further files of the ledger's tree: pattern.json, verdict.json, receipts.json; None removes one."""
    window_end: datetime
    covered_habits: tuple[tuple[str, str], ...] = ()
    """Id and key of the other habits that it covers."""
    drafted_by: str = "baseline"
    model: str = ""
    blocked_reason: str = ""
    """Why it must be held back; "" where nothing blocks it."""
    needs_second_yes: bool = False


def commit_proposal(repository: Repository, proposal: Proposal, entry: LedgerEntry) -> str:
    """The one bot commit of a suggestion on today's main; the same proposal on the same main gives the same sha."""
    main = repository.main_commit()
    tree = repository.write_tree(main, {entry.path: proposal.yaml.encode()})
    trailers = {
        "Habit-Id": proposal.habit_id,
        "Habit-Key": proposal.habit_key,
        "Kind": proposal.kind,
        **proposal.trailers,
        "Drafted-By": proposal.drafted_by,
        "Model": proposal.model,
    }
    text = commit_message(proposal.title, proposal.reason, trailers)
    return repository.commit(tree, [main], text, BOT, proposal.window_end)


def entry_from_proposal(
    proposal: Proposal, latest_entry: LedgerEntry | None, event: LedgerEvent, now: datetime, why: str
) -> LedgerEntry:
    """The next ledger entry, with the proposal's numbers; path and branch never change once set."""
    entry = next_entry(latest_entry, event, BOT, now, why) if latest_entry else _first_entry(proposal, event, now, why)
    return replace(
        entry,
        title=proposal.title,
        strength=proposal.strength,
        days_seen=proposal.days_seen,
        days_possible=proposal.days_possible,
        evidence_digest=proposal.evidence_digest,
        drafted_by=proposal.drafted_by,
        model=proposal.model,
        blocked=bool(proposal.blocked_reason),
        needs_second_yes=proposal.needs_second_yes,
        covered_habits=proposal.covered_habits,
        decline_scope=None,
    )


def _first_entry(proposal: Proposal, event: LedgerEvent, now: datetime, why: str) -> LedgerEntry:
    return LedgerEntry(
        habit_id=proposal.habit_id,
        event=event,
        state=next_state(None, event),
        at=now,
        who=BOT.name,
        title=proposal.title,
        kind=proposal.kind,
        habit_key=proposal.habit_key,
        path=file_path(proposal.area_id or None, proposal.title, proposal.habit_id),
        branch=branch_ref(proposal.title, proposal.habit_id),
        area=proposal.area_id,
        target=proposal.target,
        why=why,
    )


def ledger_files_from(proposal: Proposal) -> dict[str, bytes | None]:
    return {"automation.yaml": proposal.yaml.encode(), **proposal.ledger_files}
