"""What changed between two versions of an automation, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automations.config.describe import Phrase, describe
from automations.config.yaml import canonicalize, equivalent
from schemas.home import AutomationConfig, Home


def describe_diff(old: AutomationConfig | None, new: AutomationConfig | None, home: Home) -> tuple[str, ...]:
    """Sentences from the older to the newer version; None where there is none. Empty where both mean the same."""
    if new is None:
        return ("It is taken out of the home.",) if old else ()
    if old is None:
        return ("It is new.",)
    return () if equivalent(old, new) else tuple(_describe_changes(old, new, home)) or ("It is written differently.",)


def _describe_changes(old: AutomationConfig, new: AutomationConfig, home: Home) -> Iterator[str]:
    before, after = describe(old, home), describe(new, home)
    yield from _describe_part_changes("starts", before.triggers, after.triggers)
    yield from _describe_part_changes("asks", before.conditions, after.conditions)
    yield from _describe_part_changes("does", before.actions, after.actions)
    first, second = canonicalize(old), canonicalize(new)
    for key, words in (("alias", "name"), ("description", "description"), ("mode", "mode")):
        if first.get(key) != second.get(key):
            yield f"Its {words} is now “{second.get(key, '')}”."
    if first.get("initial_state") != second.get("initial_state"):
        yield "It is deployed turned off." if second.get("initial_state") is False else "It is deployed turned on."


def _describe_part_changes(verb: str, before: Sequence[Phrase], after: Sequence[Phrase]) -> Iterator[str]:
    old_texts, new_texts = [phrase.text for phrase in before], [phrase.text for phrase in after]
    yield from (f"It no more {verb}: {words}." for words in old_texts if words not in new_texts)
    yield from (f"It now {verb}: {words}." for words in new_texts if words not in old_texts)
    if old_texts != new_texts and sorted(old_texts) == sorted(new_texts):
        yield f"What it {verb} comes in another order."
