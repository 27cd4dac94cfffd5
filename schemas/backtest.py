"""What an automation would have done, computed from the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Backtest:
    """All times are UTC, oldest first.

    `fired`: its actions would have run. `matched` counts the firings that a person did by hand around then;
    `false` are firings that nobody did; `missed` are hand actions that it would not have done; `undone` counts firings
    whose effect the person reversed soon after; `already` counts firings that would have changed nothing, as it was so
    already or something else did it. `lead_seconds` is the median of person's time minus firing, over the
    matched (positive: it is earlier than the person), None where none matched. Where `computable` is False, `reason`
    says why in a sentence and the numbers are empty.
    """

    start: datetime
    end: datetime
    fired: tuple[datetime, ...] = ()
    matched: int = 0
    false: tuple[datetime, ...] = ()
    missed: tuple[datetime, ...] = ()
    undone: int = 0
    lead_seconds: float | None = None
    computable: bool = True
    reason: str = ""
    already: int = 0
