"""Rung 5: the home does this already, by the same automation or as a part of another one."""

from __future__ import annotations

from collections.abc import Iterator

from automations.checks.context import Context
from automations.config.comparable import Atoms, atoms
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity


def duplicates(config: AutomationConfig, context: Context) -> Iterator[Problem]:
    """Another automation has the same triggers and actions, or does all of it and more whenever this one would."""
    if not context.others:
        return
    ours = atoms(config)
    if not ours.triggers or not ours.actions:
        return
    for name, other in context.others.items():
        if other.get("initial_state") is False:
            continue
        theirs = atoms(other)
        called = f"“{other.get('alias') or name}”"
        if ours == theirs:
            yield _found(f"{called} does the same already.", Severity.BLOCK)
        elif _shadows(theirs, ours):
            yield _found(f"{called} does all of this already, whenever this would.", Severity.ASK)
        elif _shadows(ours, theirs):
            yield _found(f"This does all that {called} does, whenever that would.", Severity.WARN)


def _shadows(wide: Atoms, narrow: Atoms) -> bool:
    """Whether `wide` fires at least as often, under no further conditions, and does at least the same in that order."""
    if not (narrow.triggers <= wide.triggers and wide.conditions <= narrow.conditions and wide.actions):
        return False
    waiting = iter(wide.actions)
    return bool(narrow.actions) and all(action in waiting for action in narrow.actions)


def _found(message: str, severity: Severity) -> Problem:
    return Problem("duplicates", "duplicates", "", message, "Change or remove one of the two.", severity)
