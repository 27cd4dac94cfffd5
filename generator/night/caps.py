"""How many suggestions people want: a night's and the open ones' caps, and what still fits under them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from automations.git.ledger_entry import LedgerEntry
from schemas.clock import night_of
from schemas.patterns import Pattern
from schemas.suggestions import OPEN_STATES, State


@dataclass(frozen=True)
class Caps:
    nightly: int
    open: int


@dataclass(frozen=True)
class Room:
    """What is open now and was opened tonight, under the caps."""

    caps: Caps
    opened_tonight: int
    open_now: int

    @property
    def left(self) -> int:
        """How many more may be opened tonight; 0 or less where none may."""
        return min(self.caps.nightly - self.opened_tonight, self.caps.open - self.open_now)

    def why_wait(self, entry: LedgerEntry | None) -> str:
        """Why one more is not opened now; "" where it may be. One that is open already keeps its place."""
        if entry and entry.state in OPEN_STATES:
            return ""
        if self.open_now >= self.caps.open:
            return f"{self.caps.open} suggestions are open, which is as many as you allow; it comes when there is room."
        if self.opened_tonight >= self.caps.nightly:
            return f"{self.caps.nightly} new suggestions a night are as many as you allow; it comes another night."
        return ""

    def after_one_more(self) -> Room:
        return replace(self, opened_tonight=self.opened_tonight + 1, open_now=self.open_now + 1)


def room_under(caps: Caps, entries: Collection[LedgerEntry], now: datetime, zone: tzinfo) -> Room:
    """The room as the ledgers have it, also after a run earlier tonight."""
    tonight = night_of(now, zone)
    opened = sum(1 for entry in entries if entry.proposed_at and night_of(entry.proposed_at, zone) == tonight)
    return Room(caps, opened, sum(1 for entry in entries if entry.state in OPEN_STATES))


def habits_that_fit(patterns: Sequence[Pattern], entries: Collection[LedgerEntry], room: Room) -> set[str]:
    """The habits that are open already or fit, best first; the others wait."""
    open_habits = {entry.habit_id for entry in entries if entry.state in {*OPEN_STATES, State.SNOOZED}}
    habit_ids = [pattern.habit_id for pattern in patterns]
    new = [habit_id for habit_id in habit_ids if habit_id not in open_habits]
    return open_habits.intersection(habit_ids) | set(new[: max(room.left, 0)])
