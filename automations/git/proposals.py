"""From a drafted habit to its branch and ledger: the outcome is decided first, then all refs are moved at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from automations.git.author import BOT
from automations.git.ledger import commit_entry
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.lifecycle import next_state
from automations.git.naming import branch_ref, commit_message, file_path
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from schemas.suggestions import OPEN_STATES, DeclineScope, LedgerEvent, State

MATERIAL_GAIN = 0.15
"""A declined suggestion may come back when its strength (0..1) grew by this much since..."""
MATERIAL_DAYS_FACTOR = 2.0
"""...and it was seen on this many times as many days."""

ProposalOutcome = Literal["created", "refreshed", "unchanged", "waiting", "held_back", "frozen", "declined"]


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


@dataclass(frozen=True)
class BranchState:
    """What a suggestion's branch holds; `edited_by_person` where a person committed to it."""

    commit: str
    blob: str | None
    base_blob: str | None
    edited_by_person: bool
    other_paths: tuple[str, ...] = ()
    """Paths other than its own that it touches."""


def inspect_branch(repository: Repository, branch: str, path: str) -> BranchState | None:
    """The branch compared with its merge base with main; None where it is gone."""
    commit = repository.resolve(branch)
    if commit is None:
        return None
    status, out, _ = repository.try_git("merge-base", MAIN_REF, commit)
    # A branch with an unrelated history has no merge base: all that it holds counts as changed.
    base = out.decode().strip() if status == 0 else repository.git("mktree", stdin=b"").decode().strip()
    changed = repository.git("diff", "--name-only", "-z", "--no-renames", base, commit).decode("utf-8", "replace")
    # A person who picks, amends or rebases a commit of ours is its committer only, not its author.
    committers = repository.git("log", "--format=%ae%n%ce", f"{base}..{commit}").decode("utf-8", "replace").split("\n")
    return BranchState(
        commit=commit,
        blob=repository.blob_sha(commit, path),
        base_blob=repository.blob_sha(base, path),
        edited_by_person=any(person not in ("", BOT.email) for person in committers),
        other_paths=tuple(name for name in changed.split("\0") if name and name != path),
    )


def conflicts_with_main(branch_state: BranchState, main_blob: str | None) -> bool:
    """Whether a person's branch and main both changed the file, differently; the bot's own branch is rendered anew."""
    return branch_state.edited_by_person and branch_state.base_blob != main_blob != branch_state.blob


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
) -> tuple[ProposalOutcome, str]:
    """Open, refresh, queue or leave one habit; the outcome and, where it needs one, its reason.

    `wait_reason` says why no more are opened now, "" where this one may be. The branch and the ledger move together or
    not at all. Raises StaleError where somebody decided meanwhile.
    """
    if latest_entry is None or latest_entry.state in (State.WAITING, State.SETTLING):
        return _open_or_queue(repository, proposal, latest_entry, wait_reason, now)
    if latest_entry.state is State.HELD_BACK:
        # Its branch is there where a person pushed more than its own file: theirs, and never rendered over.
        branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
        if branch_state:
            return _add_evidence(repository, proposal, latest_entry, branch_state, now)
        return _open_or_queue(repository, proposal, latest_entry, wait_reason, now)
    if latest_entry.state is State.DECLINED:
        why = reopen_reason(latest_entry, proposal)
        if not why:
            return "declined", latest_entry.why
        if wait_reason:
            return "waiting", wait_reason
        _open_branch(repository, proposal, latest_entry, LedgerEvent.REOPENED, now, why)
        return "created", why
    if latest_entry.state is State.FADED:
        if wait_reason:
            return "waiting", wait_reason
        _open_branch(
            repository, proposal, latest_entry, LedgerEvent.REOPENED, now, "It faded before and is done again."
        )
        return "created", ""
    if latest_entry.state in OPEN_STATES or latest_entry.state is State.SNOOZED:
        return _refresh(repository, proposal, latest_entry, now)
    return "unchanged", f"It is {latest_entry.state.value.replace('_', ' ')}."


def close_suggestion(
    repository: Repository, latest_entry: LedgerEntry, event: LedgerEvent, why: str, now: datetime
) -> None:
    """Close a suggestion that no longer applies (faded, superseded); its branch is deleted, its ledger stays."""
    entry = next_entry(latest_entry, event, BOT, now, why)
    branch = repository.resolve(latest_entry.branch)
    branch_removal = [RefUpdate(latest_entry.branch, NULL_SHA, branch)] if branch else []
    repository.update_refs([commit_entry(repository, entry, BOT), *branch_removal])


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
    text = commit_message(
        subject,
        why,
        {"Habit-Id": latest_entry.habit_id, "Habit-Key": latest_entry.habit_key, "Kind": latest_entry.kind},
    )
    branch = repository.commit(tree, [main], text, BOT, now)
    entry = replace(next_entry(latest_entry, LedgerEvent.DEGRADED, BOT, now, why), branch_commit=branch)
    old = repository.resolve(latest_entry.branch) or NULL_SHA
    files = {"automation.yaml": content} if content else {}
    repository.update_refs([RefUpdate(latest_entry.branch, branch, old), commit_entry(repository, entry, BOT, files)])


def _open_or_queue(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry | None, wait_reason: str, now: datetime
) -> tuple[ProposalOutcome, str]:
    if not proposal.blocked_reason and not wait_reason:
        _open_branch(repository, proposal, latest_entry, LedgerEvent.PROPOSED, now, "")
        return "created", ""
    event = LedgerEvent.HELD_BACK if proposal.blocked_reason else LedgerEvent.OBSERVED
    outcome: ProposalOutcome = "held_back" if proposal.blocked_reason else "waiting"
    why = proposal.blocked_reason or wait_reason
    if (
        latest_entry
        and latest_entry.event is event
        and (latest_entry.evidence_digest, latest_entry.why) == (proposal.evidence_digest, why)
    ):
        return outcome, why
    entry = _entry_from_proposal(proposal, latest_entry, event, now, why)
    repository.update_refs([commit_entry(repository, entry, BOT, _ledger_files(proposal))])
    return outcome, why


def _open_branch(
    repository: Repository,
    proposal: Proposal,
    latest_entry: LedgerEntry | None,
    event: LedgerEvent,
    now: datetime,
    why: str,
) -> None:
    entry = _entry_from_proposal(proposal, latest_entry, event, now, why)
    branch = commit_proposal(repository, proposal, entry)
    old = repository.resolve(entry.branch) or NULL_SHA
    entry = replace(entry, branch_commit=branch, proposed_at=now)
    repository.update_refs(
        [RefUpdate(entry.branch, branch, old), commit_entry(repository, entry, BOT, _ledger_files(proposal))]
    )


def _refresh(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry, now: datetime
) -> tuple[ProposalOutcome, str]:
    branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
    if branch_state is None:
        close_suggestion(repository, latest_entry, LedgerEvent.SUPERSEDED, "Its branch was deleted.", now)
        return "unchanged", "Its branch was deleted by a person."
    if branch_state.edited_by_person or branch_state.other_paths:
        return _add_evidence(repository, proposal, latest_entry, branch_state, now)
    proposed_blob = repository.write_blobs([proposal.yaml.encode()])[0]
    main_blob = repository.blob_sha(MAIN_REF, latest_entry.path)
    if (branch_state.blob, branch_state.base_blob, latest_entry.evidence_digest) == (
        proposed_blob,
        main_blob,
        proposal.evidence_digest,
    ):
        return "unchanged", ""
    entry = _entry_from_proposal(proposal, latest_entry, LedgerEvent.REFRESHED, now, "")
    commit = commit_proposal(repository, proposal, entry)
    entry = replace(entry, branch_commit=commit)
    repository.update_refs(
        [
            RefUpdate(latest_entry.branch, commit, branch_state.commit),
            commit_entry(repository, entry, BOT, _ledger_files(proposal)),
        ]
    )
    return "refreshed", ""


def _add_evidence(
    repository: Repository, proposal: Proposal, latest_entry: LedgerEntry, branch_state: BranchState, now: datetime
) -> tuple[ProposalOutcome, str]:
    why = "A person has edited it, so only its evidence is kept up to date."
    if latest_entry.evidence_digest != proposal.evidence_digest:
        files = {name: data for name, data in proposal.ledger_files.items() if name == "pattern.json"}
        entry = _entry_from_proposal(proposal, latest_entry, LedgerEvent.EVIDENCE, now, "")
        entry = replace(
            entry, title=latest_entry.title, drafted_by=latest_entry.drafted_by, branch_commit=branch_state.commit
        )
        repository.update_refs([commit_entry(repository, entry, BOT, files)])
    return "frozen", why


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


def _entry_from_proposal(
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


def _ledger_files(proposal: Proposal) -> dict[str, bytes | None]:
    return {"automation.yaml": proposal.yaml.encode(), **proposal.ledger_files}
