"""What a check finds: every problem at once, on Home Assistant's own rungs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    BLOCK = "block"
    """Must not be approved."""
    ASK = "ask"
    """Needs a second yes."""
    WARN = "warn"
    """Shown; hinders nothing."""


@dataclass(frozen=True)
class Problem:
    """One finding.

    `check` names the rule, `rung` is one of yaml, schema, triggers, conditions, actions, references, safety,
    duplicates, conflicts, home; `path` is a JSON path such as `actions[0].target.entity_id`, "" for the whole.
    `message` says what is wrong, `mend` the way out.
    """

    check: str
    rung: str
    path: str
    message: str
    mend: str = ""
    severity: Severity = Severity.BLOCK
    dates: tuple[str, ...] = ()
    """ISO times in the history when a conflict would have shown."""
