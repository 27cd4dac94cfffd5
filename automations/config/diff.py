"""What changed between two versions of an automation, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automations.config.describe import Phrase, describe
from automations.config.yaml import canonical, same
from schemas.home import AutomationConfig, Home


def diff_words(old: AutomationConfig | None, new: AutomationConfig | None, home: Home) -> tuple[str, ...]:
    """Sentences from the older to the newer version; None where there is none. Empty where both mean the same."""
    if new is None:
        return ("It is taken out of the home.",) if old else ()
    if old is None:
        return ("It is new.",)
    return () if same(old, new) else tuple(_changes(old, new, home)) or ("It is written differently.",)


def _changes(old: AutomationConfig, new: AutomationConfig, home: Home) -> Iterator[str]:
    before, after = describe(old, home), describe(new, home)
    yield from _parts("starts", before.triggers, after.triggers)
    yield from _parts("asks", before.conditions, after.conditions)
    yield from _parts("does", before.actions, after.actions)
    first, second = canonical(old), canonical(new)
    for key, words in (("alias", "name"), ("description", "description"), ("mode", "mode")):
        if first.get(key) != second.get(key):
            yield f"Its {words} is now “{second.get(key, '')}”."
    if first.get("initial_state") != second.get("initial_state"):
        yield "It is deployed turned off." if second.get("initial_state") is False else "It is deployed turned on."


def _parts(verb: str, before: Sequence[Phrase], after: Sequence[Phrase]) -> Iterator[str]:
    had, has = [phrase.words for phrase in before], [phrase.words for phrase in after]
    yield from (f"It no more {verb}: {words}." for words in had if words not in has)
    yield from (f"It now {verb}: {words}." for words in has if words not in had)
    if had != has and sorted(had) == sorted(has):
        yield f"What it {verb} comes in another order."
