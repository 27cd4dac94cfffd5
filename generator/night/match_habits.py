"""Which of tonight's patterns are known habits, and which of them there is work for; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from automations.git.ledger_entry import LedgerEntry
from automations.git.proposals import evidence_changed
from generator.mining.identity import KnownHabit, assign_ids, parse_key
from generator.night.proposal import pattern_digest
from schemas.errors import InputError
from schemas.patterns import Pattern
from schemas.runs import ProposedSuggestion
from schemas.suggestions import OPEN_STATES, State

REFRESHED = frozenset({*OPEN_STATES, State.SNOOZED})
ENTERING = frozenset({State.WAITING, State.HELD_BACK, State.FADED})


@dataclass(frozen=True)
class WorkSplit:
    """`to_draft` best first; `without_work` are the habits that need nothing tonight, each with its outcome."""

    to_draft: Sequence[Pattern]
    without_work: Sequence[ProposedSuggestion]


def match_habits(patterns: Iterable[Pattern], known_entries: Mapping[str, LedgerEntry]) -> list[Pattern]:
    """The patterns with the ids of the habits that they are."""
    pairs = [
        pair for entry in known_entries.values() for pair in ((entry.habit_id, entry.habit_key), *entry.covered_habits)
    ]
    habits = []
    for habit_id, key in pairs:
        try:
            habits.append(KnownHabit(habit_id, parse_key(key)))
        except InputError:
            continue  # written by hand or by another release: it matches nothing, and nothing overwrites it
    return assign_ids(list(patterns), habits)


def split_by_work(patterns: Sequence[Pattern], known_entries: Mapping[str, LedgerEntry]) -> WorkSplit:
    """What must be drafted: new habits, those that may enter or come back, and open ones whose evidence changed.

    A habit that another suggestion does in one go follows that one.
    """
    leader = {habit_id: entry for entry in known_entries.values() for habit_id, _ in entry.covered_habits}
    to_draft: list[Pattern] = []
    without_work: list[ProposedSuggestion] = []
    changed = {p.habit_id for p in patterns if _needs_draft(p, known_entries.get(p.habit_id))}
    for pattern in patterns:
        entry = known_entries.get(pattern.habit_id) or leader.get(pattern.habit_id)
        if entry is None or entry.habit_id in changed:
            to_draft.append(pattern)
        elif entry.habit_id == pattern.habit_id:
            without_work.append(_outcome_without_work(entry))
    return WorkSplit(to_draft, without_work)


def _needs_draft(pattern: Pattern, entry: LedgerEntry | None) -> bool:
    if entry is None or entry.state in ENTERING:
        return True
    if entry.state in REFRESHED:
        return entry.evidence_digest != pattern_digest(pattern)
    evidence = pattern.evidence
    return entry.state is State.DECLINED and evidence_changed(entry, evidence.confidence_low, evidence.days_seen)


def _outcome_without_work(entry: LedgerEntry) -> ProposedSuggestion:
    is_open = entry.state in REFRESHED
    return ProposedSuggestion(
        habit_id=entry.habit_id,
        title=entry.title,
        branch=entry.branch.removeprefix("refs/heads/") if is_open else None,
        outcome="declined" if entry.state is State.DECLINED else "unchanged",
        why="" if is_open else entry.why or f"It is {entry.state.value.replace('_', ' ')}.",
        drafted_by=entry.drafted_by,
    )
