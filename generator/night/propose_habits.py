"""Proposes tonight's drafts, best first, as far as the caps and what was declined allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from automations.git.ledger_entry import LedgerEntry
from automations.git.proposal import Proposal
from automations.git.proposals import propose
from generator.drafting.draft import Draft
from generator.night.caps import Room
from generator.night.night_context import NightContext
from generator.night.proposal import proposal_from, why_unreliable
from schemas.errors import Damaged, StaleError
from schemas.runs import ProposedSuggestion, Stage
from schemas.suggestions import DeclineScope, State


@dataclass(frozen=True)
class ProposedHabits:
    suggestions: Sequence[ProposedSuggestion]
    not_shown: Sequence[str]
    """Why each other draft is not shown: the backtest speaks against it."""


def propose_habits(
    night: NightContext, drafts: Sequence[Draft], window_end: datetime, entries: Mapping[str, LedgerEntry], room: Room
) -> ProposedHabits:
    """Each draft that is worth showing becomes a suggestion, or waits; a person's word meanwhile stands."""
    reasons = [why_unreliable(draft.verdict.backtest) for draft in drafts]
    shown = [draft for draft, why in zip(drafts, reasons, strict=True) if not why]
    suggestions = []
    for number, draft in enumerate(shown):
        proposal = proposal_from(draft, night.home, window_end, night.page_url)
        night.report_progress(Stage.PROPOSE, number, len(shown), proposal.title)
        suggestions.append(_propose_one(night, proposal, entries, room))
        if suggestions[-1].outcome == "created":
            room = room.after_one_more()
    night.report_progress(Stage.PROPOSE, len(shown), len(shown), "")
    return ProposedHabits(suggestions, [why for why in reasons if why])


def why_declined_before(proposal: Proposal, entries: Mapping[str, LedgerEntry]) -> str:
    """Why a new habit is not proposed: its device, or its kind there, was declined; "" where neither was."""
    for entry in entries.values():
        if entry.state is not State.DECLINED or entry.habit_id == proposal.habit_id:
            continue
        if entry.decline_scope is DeclineScope.DEVICE and entry.target == proposal.target:
            return f"You declined suggestions for {proposal.target}."
        if entry.decline_scope is DeclineScope.KIND and entry.kind == proposal.kind:
            return f"You declined suggestions of the kind {proposal.kind.replace('_', ' ')}."
    return ""


def _propose_one(
    night: NightContext, proposal: Proposal, entries: Mapping[str, LedgerEntry], room: Room
) -> ProposedSuggestion:
    entry = entries.get(proposal.habit_id)
    row = ProposedSuggestion(
        habit_id=proposal.habit_id,
        title=proposal.title,
        branch=None,
        outcome="declined",
        why="" if entry else why_declined_before(proposal, entries),
        drafted_by=proposal.drafted_by,
    )
    if row.why:
        return row
    try:
        result = propose(night.repository, proposal, entry, room.why_wait(entry), night.now)
    except (StaleError, Damaged) as error:
        # A person decided during drafting; their decision stands, and the next night sees it. Damage costs this one.
        return row.model_copy(update={"outcome": "failed", "why": str(error)})
    branch = result.entry.branch.removeprefix("refs/heads/") if result.entry.branch_commit else None
    return row.model_copy(update={"outcome": result.outcome, "why": result.why, "branch": branch})
