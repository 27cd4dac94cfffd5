"""What a check finds: every problem at once, by Home Assistant's own stages of validation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field


class Severity(StrEnum):
    BLOCK = "block"
    """Must not be approved."""
    ASK = "ask"
    """Needs a second confirmation."""
    WARN = "warn"
    """Shown; does not prevent approval."""


@dataclass(frozen=True)
class Problem:
    """One finding.

    `check` names the rule, `stage` is one of yaml, schema, triggers, conditions, actions, references, safety,
    duplicates, conflicts, home; `path` is a JSON path such as `actions[0].target.entity_id`, "" for the whole.
    `message` says what is wrong, `fix` the way out; the two are stored and sent
    under their older keys `rung` and `mend`.
    """

    check: str
    stage: Annotated[str, Field(alias="rung")]
    path: str
    message: str
    fix: Annotated[str, Field(alias="mend")] = ""
    severity: Severity = Severity.BLOCK
    dates: tuple[str, ...] = ()
    """ISO times in the history when a conflict would have shown."""
