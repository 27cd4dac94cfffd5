"""From a drafted habit to its branch and ledger: the outcome is decided first, then all refs are moved at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from automations.git.author import BOT
from automations.git.branch_state import BranchState, inspect_branch
from automations.git.ledger import append_entry
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.naming import commit_message
from automations.git.proposal import Proposal, commit_proposal, entry_from_proposal, ledger_files_from
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from schemas.suggestions import OPEN_STATES, DeclineScope, LedgerEvent, State

MATERIAL_GAIN = 0.15
"""A declined suggestion may come back when its strength (0..1) grew by this much since..."""
MATERIAL_DAYS_FACTOR = 2.0
"""...and it was seen on this many times as many days."""

ProposalOutcome = Literal["created", "refreshed", "unchanged", "waiting", "held_back", "frozen", "declined"]


@dataclass(frozen=True)
class ProposalResult:
    """What became of a proposal, with the reason where it needs one, and the suggestion's entry from now on."""

    outcome: ProposalOutcome
    why: str
    entry: LedgerEntry


def evidence_changed(latest_entry: LedgerEntry, strength: float, days_seen: int) -> bool:
    """Whether the evidence changed materially since a suggestion was declined, so that it may be proposed again."""
    stronger = strength - latest_entry.strength >= MATERIAL_GAIN
    longer = days_seen >= MATERIAL_DAYS_FACTOR * max(latest_entry.days_seen, 1)
    return latest_entry.decline_scope is DeclineScope.SUGGESTION and (stronger or longer)


def reopen_reason(latest_entry: LedgerEntry, proposal: Proposal) -> str:
    """Why a declined habit may be proposed again, in a sentence; "" while its evidence is not materially stronger."""
    if not evidence_changed(latest_entry, proposal.strength, proposal.days_seen):
        return ""
    return (
        f"It is back because you do it more now: {proposal.days_seen} of {proposal.days_possible} days, "
        f"and {latest_entry.days_seen} of {latest_entry.days_possible} when you declined."
    )


def propose(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry | None, wait_reason: str, now: datetime
) -> ProposalResult:
    """Open, refresh, queue or leave one habit.

    `wait_reason` says why no more are opened now, "" where this one may be. The branch and the ledger move together or
    not at all. Raises StaleError where somebody decided meanwhile.
    """
    if latest_entry is None or latest_entry.state is State.WAITING:
        return _open_or_queue(repository, proposal, latest_entry, wait_reason, now)
    if latest_entry.state is State.HELD_BACK:
        # Its branch is there where a person pushed more than its own file: theirs, and never rendered over.
        branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
        if branch_state:
            return _add_evidence(repository, proposal, latest_entry, branch_state, now)
        return _open_or_queue(repository, proposal, latest_entry, wait_reason, now)
    if latest_entry.state in (State.DECLINED, State.FADED):
        return _reopen(repository, proposal, latest_entry, wait_reason, now)
    if latest_entry.state in OPEN_STATES or latest_entry.state is State.SNOOZED:
        return _refresh(repository, proposal, latest_entry, now)
    return ProposalResult("unchanged", f"It is {latest_entry.state.value.replace('_', ' ')}.", latest_entry)


def close_suggestion(
    repository: Repository, latest_entry: LedgerEntry, event: LedgerEvent, why: str, now: datetime
) -> LedgerEntry:
    """Close a suggestion that no longer applies (faded, superseded); its branch is deleted, its ledger stays."""
    branch = repository.resolve(latest_entry.branch)
    branch_removal = [RefUpdate(latest_entry.branch, NULL_SHA, branch)] if branch else []
    return append_entry(repository, next_entry(latest_entry, event, BOT, now, why), BOT, None, branch_removal)


def propose_change(
    repository: Repository,
    latest_entry: LedgerEntry,
    content: bytes | None,
    why: str,
    now: datetime,
    verb: str = "Mend",
) -> None:
    """Suggest to change or (None) remove an automation that is deployed, on its own branch; a person decides."""
    main = repository.main_commit()
    tree = repository.write_tree(main, {latest_entry.path: content})
    subject = f"{verb if content else 'Take out'}: {latest_entry.title}"
    trailers = {"Habit-Id": latest_entry.habit_id, "Habit-Key": latest_entry.habit_key, "Kind": latest_entry.kind}
    branch = repository.commit(tree, [main], commit_message(subject, why, trailers), BOT, now)
    entry = replace(next_entry(latest_entry, LedgerEvent.DEGRADED, BOT, now, why), branch_commit=branch)
    old = repository.tip(latest_entry.branch) or NULL_SHA
    files = {"automation.yaml": content} if content else {}
    append_entry(repository, entry, BOT, files, [RefUpdate(latest_entry.branch, branch, old)])


def _open_or_queue(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry | None, wait_reason: str, now: datetime
) -> ProposalResult:
    if not proposal.blocked_reason and not wait_reason:
        return _open_branch(repository, proposal, latest_entry, LedgerEvent.PROPOSED, now, "")
    event = LedgerEvent.HELD_BACK if proposal.blocked_reason else LedgerEvent.OBSERVED
    outcome: ProposalOutcome = "held_back" if proposal.blocked_reason else "waiting"
    why = proposal.blocked_reason or wait_reason
    if (
        latest_entry
        and latest_entry.event is event
        and (latest_entry.evidence_digest, latest_entry.why) == (proposal.evidence_digest, why)
    ):
        return ProposalResult(outcome, why, latest_entry)
    entry = entry_from_proposal(proposal, latest_entry, event, now, why)
    return ProposalResult(outcome, why, append_entry(repository, entry, BOT, ledger_files_from(proposal)))


def _reopen(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry, wait_reason: str, now: datetime
) -> ProposalResult:
    """A declined habit comes back only for a reason, which is said; a faded one as soon as it is seen."""
    declined = latest_entry.state is State.DECLINED
    why = reopen_reason(latest_entry, proposal) if declined else "It faded before and is done again."
    if not why:
        return ProposalResult("declined", latest_entry.why, latest_entry)
    if wait_reason:
        return ProposalResult("waiting", wait_reason, latest_entry)
    opened = _open_branch(repository, proposal, latest_entry, LedgerEvent.REOPENED, now, why)
    return replace(opened, why=why if declined else "")


def _open_branch(
    repository: Repository,
    proposal: Proposal,
    latest_entry: LedgerEntry | None,
    event: LedgerEvent,
    now: datetime,
    why: str,
) -> ProposalResult:
    entry = entry_from_proposal(proposal, latest_entry, event, now, why)
    branch = commit_proposal(repository, proposal, entry)
    old = repository.tip(entry.branch) or NULL_SHA
    entry = replace(entry, branch_commit=branch, proposed_at=now)
    update = RefUpdate(entry.branch, branch, old)
    return ProposalResult("created", "", append_entry(repository, entry, BOT, ledger_files_from(proposal), [update]))


def _refresh(repository: Repository, proposal: Proposal, latest_entry: LedgerEntry, now: datetime) -> ProposalResult:
    branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
    if branch_state is None:
        closed = close_suggestion(repository, latest_entry, LedgerEvent.SUPERSEDED, "Its branch was deleted.", now)
        return ProposalResult("unchanged", "Its branch was deleted by a person.", closed)
    if branch_state.edited_by_person or branch_state.other_paths:
        return _add_evidence(repository, proposal, latest_entry, branch_state, now)
    proposed_blob = repository.write_blobs([proposal.yaml.encode()])[0]
    main_blob = repository.blob_sha(MAIN_REF, latest_entry.path)
    if (branch_state.blob, branch_state.base_blob, latest_entry.evidence_digest) == (
        proposed_blob,
        main_blob,
        proposal.evidence_digest,
    ):
        return ProposalResult("unchanged", "", latest_entry)
    entry = entry_from_proposal(proposal, latest_entry, LedgerEvent.REFRESHED, now, "")
    commit = commit_proposal(repository, proposal, entry)
    update = RefUpdate(latest_entry.branch, commit, branch_state.commit)
    entry = replace(entry, branch_commit=commit)
    return ProposalResult("refreshed", "", append_entry(repository, entry, BOT, ledger_files_from(proposal), [update]))


def _add_evidence(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry, branch_state: BranchState, now: datetime
) -> ProposalResult:
    why = "A person has edited it, so only its evidence is kept up to date."
    if latest_entry.evidence_digest == proposal.evidence_digest:
        return ProposalResult("frozen", why, latest_entry)
    files = {name: data for name, data in proposal.ledger_files.items() if name == "pattern.json"}
    entry = replace(
        entry_from_proposal(proposal, latest_entry, LedgerEvent.EVIDENCE, now, ""),
        title=latest_entry.title,
        drafted_by=latest_entry.drafted_by,
        branch_commit=branch_state.commit,
    )
    return ProposalResult("frozen", why, append_entry(repository, entry, BOT, files))
