"""From a drafted habit to its branch and ledger: what becomes of it tonight, decided purely, then written at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from automations.git.ledger import Entry, next_entry, record
from automations.git.lifecycle import after
from automations.git.naming import branch_ref, file_path, message
from automations.git.repository import ABSENT, BOT, MAIN, RefUpdate, Repository
from schemas.suggestions import OPEN_STATES, DeclineScope, LedgerEvent, State

MATERIAL_GAIN = 0.15
"""A declined suggestion may come back when its strength (0..1) grew by this much since..."""
MATERIAL_DAYS = 2.0
"""...and it was seen on this many times as many days."""

Outcome = Literal["created", "refreshed", "unchanged", "waiting", "held_back", "frozen", "declined"]


@dataclass(frozen=True)
class Proposal:
    """One habit, drafted and checked, ready to be shown."""

    habit_id: str
    key: str
    title: str
    kind: str
    area_id: str
    target: str
    yaml: str
    strength: float
    days_seen: int
    days_possible: int
    evidence: str
    """Digest of the rounded evidence: the branch is rendered again when it changes."""
    reason: str
    """Why we think so, for the commit's body."""
    trailers: Mapping[str, str]
    """Machine facts for the branch commit: Support, Confidence, Lift, Backtest..."""
    seen: Mapping[str, bytes | None]
    """Further files of the ledger's tree: pattern.json, verdict.json, receipts.json; None removes one."""
    window_end: datetime
    also: tuple[tuple[str, str], ...] = ()
    """Id and key of the other habits that it does in one go."""
    drafted_by: str = "baseline"
    model: str = ""
    blocked: str = ""
    """Why it must be held back; "" where nothing blocks it."""
    needs_second_yes: bool = False


@dataclass(frozen=True)
class BranchLook:
    """What a suggestion's branch holds: `frozen` where a person committed to it."""

    commit: str
    blob: str | None
    base_blob: str | None
    frozen: bool
    strays: tuple[str, ...] = ()
    """Paths other than its own that it touches."""


def look_at_branch(repository: Repository, branch: str, path: str) -> BranchLook | None:
    """The branch against where it left main; None where it is gone."""
    commit = repository.resolve(branch)
    if commit is None:
        return None
    status, out, _ = repository.try_git("merge-base", MAIN, commit)
    # A branch with a history of its own left main nowhere: all that it holds counts as touched.
    base = out.decode().strip() if status == 0 else repository.git("mktree", stdin=b"").decode().strip()
    changed = repository.git("diff", "--name-only", "-z", "--no-renames", base, commit).decode("utf-8", "replace")
    # Who picks, amends or rebases a commit of ours stays its committer only.
    people = repository.git("log", "--format=%ae%n%ce", f"{base}..{commit}").decode("utf-8", "replace").split("\n")
    return BranchLook(
        commit=commit,
        blob=repository.blob_of(commit, path),
        base_blob=repository.blob_of(base, path),
        frozen=any(person not in ("", BOT.email) for person in people),
        strays=tuple(name for name in changed.split("\0") if name and name != path),
    )


def conflicts(look: BranchLook, main_blob: str | None) -> bool:
    """Whether a person's branch and main both went on with the file, to different ends; a bot's is rendered anew."""
    return look.frozen and look.base_blob != main_blob != look.blob


def moved_enough(tip: Entry, strength: float, days_seen: int) -> bool:
    """Whether the evidence changed materially since a suggestion was declined, so that it may be asked again."""
    stronger = strength - tip.strength >= MATERIAL_GAIN
    longer = days_seen >= MATERIAL_DAYS * max(tip.days_seen, 1)
    return tip.scope is DeclineScope.SUGGESTION and (stronger or longer)


def came_back(tip: Entry, proposal: Proposal) -> str:
    """Why a declined habit may be asked again, in a sentence; "" while its evidence is not materially stronger."""
    if not moved_enough(tip, proposal.strength, proposal.days_seen):
        return ""
    return (
        f"It is back because you do it more now: {proposal.days_seen} of {proposal.days_possible} days, "
        f"and {tip.days_seen} of {tip.days_possible} when you declined."
    )


def propose(
    repository: Repository, proposal: Proposal, tip: Entry | None, wait: str, now: datetime
) -> tuple[Outcome, str]:
    """Put one habit where it belongs tonight; the outcome and, where it needs one, its reason.

    `wait` says why no more are opened now, "" where this one may be.
    The branch and the ledger move together or not at all. Raises Moved where somebody decided meanwhile.
    """
    if tip is None or tip.state in (State.WAITING, State.SETTLING):
        return _enter(repository, proposal, tip, wait, now)
    if tip.state is State.HELD_BACK:
        # Its branch is there where a person pushed more than its own file: theirs, and never rendered over.
        look = look_at_branch(repository, tip.branch, tip.path)
        if look:
            return _add_evidence(repository, proposal, tip, look, now)
        return _enter(repository, proposal, tip, wait, now)
    if tip.state is State.DECLINED:
        why = came_back(tip, proposal)
        if not why:
            return "declined", tip.why
        if wait:
            return "waiting", wait
        _open(repository, proposal, tip, LedgerEvent.REOPENED, now, why)
        return "created", why
    if tip.state is State.FADED:
        if wait:
            return "waiting", wait
        _open(repository, proposal, tip, LedgerEvent.REOPENED, now, "It faded before and is done again.")
        return "created", ""
    if tip.state in OPEN_STATES or tip.state is State.SNOOZED:
        return _refresh(repository, proposal, tip, now)
    return "unchanged", f"It is {tip.state.value.replace('_', ' ')}."


def close(repository: Repository, tip: Entry, event: LedgerEvent, why: str, now: datetime) -> None:
    """End a suggestion that is not worth asking any more (faded, superseded); its branch goes, its ledger stays."""
    entry = next_entry(tip, event, BOT, now, why)
    branch = repository.resolve(tip.branch)
    gone = [RefUpdate(tip.branch, ABSENT, branch)] if branch else []
    repository.move([record(repository, entry, BOT), *gone])


def propose_change(
    repository: Repository, tip: Entry, content: bytes | None, why: str, now: datetime, verb: str = "Mend"
) -> None:
    """Suggest to change or (None) take out an automation that is deployed, on its own branch; a person decides."""
    main = repository.main()
    tree = repository.tree_with(main, {tip.path: content})
    subject = f"{verb if content else 'Take out'}: {tip.title}"
    text = message(subject, why, {"Habit-Id": tip.habit_id, "Habit-Key": tip.key, "Kind": tip.kind})
    branch = repository.commit(tree, [main], text, BOT, now)
    entry = replace(next_entry(tip, LedgerEvent.DEGRADED, BOT, now, why), branch_commit=branch)
    old = repository.resolve(tip.branch) or ABSENT
    seen = {"automation.yaml": content} if content else {}
    repository.move([RefUpdate(tip.branch, branch, old), record(repository, entry, BOT, seen)])


def _enter(
    repository: Repository, proposal: Proposal, tip: Entry | None, wait: str, now: datetime
) -> tuple[Outcome, str]:
    if not proposal.blocked and not wait:
        _open(repository, proposal, tip, LedgerEvent.PROPOSED, now, "")
        return "created", ""
    event = LedgerEvent.HELD_BACK if proposal.blocked else LedgerEvent.OBSERVED
    outcome: Outcome = "held_back" if proposal.blocked else "waiting"
    why = proposal.blocked or wait
    if tip and tip.event is event and (tip.evidence, tip.why) == (proposal.evidence, why):
        return outcome, why
    entry = _entry(proposal, tip, event, now, why)
    repository.move([record(repository, entry, BOT, _seen(proposal))])
    return outcome, why


def _open(
    repository: Repository, proposal: Proposal, tip: Entry | None, event: LedgerEvent, now: datetime, why: str
) -> None:
    entry = _entry(proposal, tip, event, now, why)
    branch = render(repository, proposal, entry)
    old = repository.resolve(entry.branch) or ABSENT
    entry = replace(entry, branch_commit=branch, proposed_at=now)
    repository.move([RefUpdate(entry.branch, branch, old), record(repository, entry, BOT, _seen(proposal))])


def _refresh(repository: Repository, proposal: Proposal, tip: Entry, now: datetime) -> tuple[Outcome, str]:
    look = look_at_branch(repository, tip.branch, tip.path)
    if look is None:
        close(repository, tip, LedgerEvent.SUPERSEDED, "Its branch was deleted.", now)
        return "unchanged", "Its branch was deleted by a person."
    if look.frozen or look.strays:
        return _add_evidence(repository, proposal, tip, look, now)
    wanted = repository.blobs([proposal.yaml.encode()])[0]
    base = repository.blob_of(MAIN, tip.path)
    if (look.blob, look.base_blob, tip.evidence) == (wanted, base, proposal.evidence):
        return "unchanged", ""
    entry = _entry(proposal, tip, LedgerEvent.REFRESHED, now, "")
    commit = render(repository, proposal, entry)
    entry = replace(entry, branch_commit=commit)
    repository.move([RefUpdate(tip.branch, commit, look.commit), record(repository, entry, BOT, _seen(proposal))])
    return "refreshed", ""


def _add_evidence(
    repository: Repository, proposal: Proposal, tip: Entry, look: BranchLook, now: datetime
) -> tuple[Outcome, str]:
    why = "A person has edited it, so only its evidence is kept up to date."
    if tip.evidence != proposal.evidence:
        seen = {name: data for name, data in proposal.seen.items() if name == "pattern.json"}
        entry = _entry(proposal, tip, LedgerEvent.EVIDENCE, now, "")
        entry = replace(entry, title=tip.title, drafted_by=tip.drafted_by, branch_commit=look.commit)
        repository.move([record(repository, entry, BOT, seen)])
    return "frozen", why


def render(repository: Repository, proposal: Proposal, entry: Entry) -> str:
    """The one bot commit of a suggestion on today's main; the same proposal on the same main gives the same sha."""
    main = repository.main()
    tree = repository.tree_with(main, {entry.path: proposal.yaml.encode()})
    trailers = {
        "Habit-Id": proposal.habit_id,
        "Habit-Key": proposal.key,
        "Kind": proposal.kind,
        **proposal.trailers,
        "Drafted-By": proposal.drafted_by,
        "Model": proposal.model,
    }
    text = message(proposal.title, proposal.reason, trailers)
    return repository.commit(tree, [main], text, BOT, proposal.window_end)


def _entry(proposal: Proposal, tip: Entry | None, event: LedgerEvent, now: datetime, why: str) -> Entry:
    """The next ledger entry, with tonight's numbers; path and branch never change once given."""
    entry = next_entry(tip, event, BOT, now, why) if tip else _first_entry(proposal, event, now, why)
    return replace(
        entry,
        title=proposal.title,
        strength=proposal.strength,
        days_seen=proposal.days_seen,
        days_possible=proposal.days_possible,
        evidence=proposal.evidence,
        drafted_by=proposal.drafted_by,
        model=proposal.model,
        blocked=bool(proposal.blocked),
        needs_second_yes=proposal.needs_second_yes,
        also=proposal.also,
        scope=None,
    )


def _first_entry(proposal: Proposal, event: LedgerEvent, now: datetime, why: str) -> Entry:
    return Entry(
        habit_id=proposal.habit_id,
        event=event,
        state=after(None, event),
        at=now,
        who=BOT.name,
        title=proposal.title,
        kind=proposal.kind,
        key=proposal.key,
        path=file_path(proposal.area_id or None, proposal.title, proposal.habit_id),
        branch=branch_ref(proposal.title, proposal.habit_id),
        area=proposal.area_id,
        target=proposal.target,
        why=why,
    )


def _seen(proposal: Proposal) -> dict[str, bytes | None]:
    return {"automation.yaml": proposal.yaml.encode(), **proposal.seen}
