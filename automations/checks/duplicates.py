"""Check 5: the home does this already, by the same automation or as a part of another one."""

from __future__ import annotations

from collections.abc import Iterator

from automations.checks.context import CheckContext
from automations.config.comparable import ComparableParts
from automations.config.nodes import is_deployed_off
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity


def duplicates(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    """Another automation has the same triggers and actions, or does all of it and more whenever this one would."""
    if not context.other_automations:
        return
    ours = context.readings.of(config).parts
    if not ours.triggers or not ours.actions:
        return
    for name, other in context.other_automations.items():
        if is_deployed_off(other):
            continue
        theirs = context.readings.of(other).parts
        other_name = f"“{other.get('alias') or name}”"
        if ours == theirs:
            yield _problem(f"{other_name} does the same already.", Severity.BLOCK)
        elif _covers(theirs, ours):
            yield _problem(f"{other_name} does all of this already, whenever this would.", Severity.ASK)
        elif _covers(ours, theirs):
            yield _problem(f"This does all that {other_name} does, whenever that would.", Severity.WARN)


def _covers(wide: ComparableParts, narrow: ComparableParts) -> bool:
    """Whether `wide` fires at least as often, under no further conditions, and does at least the same in that order."""
    if not (narrow.triggers <= wide.triggers and wide.conditions <= narrow.conditions and wide.actions):
        return False
    remaining_actions = iter(wide.actions)
    return bool(narrow.actions) and all(action in remaining_actions for action in narrow.actions)


def _problem(message: str, severity: Severity) -> Problem:
    return Problem("duplicates", "duplicates", "", message, "Change or remove one of the two.", severity)
