"""Which of tonight's patterns are known habits, and which of them there is work for; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from automations.git.ledger import LedgerEntry
from automations.git.proposals import evidence_changed
from generator.mining.identity import KnownHabit, assign, parse_key
from generator.night.proposal import digest
from schemas.errors import InputError
from schemas.patterns import Pattern
from schemas.runs import ProposedSuggestion
from schemas.suggestions import OPEN_STATES, State

REFRESHED = frozenset({*OPEN_STATES, State.SNOOZED})
ENTERING = frozenset({State.WAITING, State.HELD_BACK, State.SETTLING, State.FADED})


@dataclass(frozen=True)
class Sorted:
    """`to_draft` best first; `settled` are the habits that need nothing tonight, each with its outcome."""

    to_draft: Sequence[Pattern]
    settled: Sequence[ProposedSuggestion]


def recognise(patterns: Iterable[Pattern], known: Mapping[str, LedgerEntry]) -> list[Pattern]:
    """The patterns with the ids of the habits that they are."""
    pairs = [pair for entry in known.values() for pair in ((entry.habit_id, entry.habit_key), *entry.covered_habits)]
    habits = []
    for habit_id, key in pairs:
        try:
            habits.append(KnownHabit(habit_id, parse_key(key)))
        except InputError:
            continue  # written by hand or by another release: it matches nothing, and nothing overwrites it
    return assign(list(patterns), habits)


def sort_out(patterns: Sequence[Pattern], known: Mapping[str, LedgerEntry]) -> Sorted:
    """What must be drafted: new habits, those that may enter or come back, and open ones whose evidence changed.

    A habit that another suggestion does in one go follows that one.
    """
    leader = {habit_id: entry for entry in known.values() for habit_id, _ in entry.covered_habits}
    to_draft: list[Pattern] = []
    settled: list[ProposedSuggestion] = []
    changed = {p.habit_id for p in patterns if _needs_draft(p, known.get(p.habit_id))}
    for pattern in patterns:
        entry = known.get(pattern.habit_id) or leader.get(pattern.habit_id)
        if entry is None or entry.habit_id in changed:
            to_draft.append(pattern)
        elif entry.habit_id == pattern.habit_id:
            settled.append(_settled(entry))
    return Sorted(to_draft, settled)


def _needs_draft(pattern: Pattern, entry: LedgerEntry | None) -> bool:
    if entry is None or entry.state in ENTERING:
        return True
    if entry.state in REFRESHED:
        return entry.evidence_digest != digest(pattern)
    evidence = pattern.evidence
    return entry.state is State.DECLINED and evidence_changed(entry, evidence.confidence_low, evidence.days_seen)


def _settled(entry: LedgerEntry) -> ProposedSuggestion:
    is_open = entry.state in REFRESHED
    return ProposedSuggestion(
        habit_id=entry.habit_id,
        title=entry.title,
        branch=entry.branch.removeprefix("refs/heads/") if is_open else None,
        outcome="declined" if entry.state is State.DECLINED else "unchanged",
        why="" if is_open else entry.why or f"It is {entry.state.value.replace('_', ' ')}.",
        drafted_by=entry.drafted_by,
    )
