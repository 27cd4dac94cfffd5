"""What changed between two versions of an automation, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automations.config.nodes import is_deployed_off
from automations.config.normalize import canonicalize, equivalent
from automations.config.words.describe import Phrase, describe
from automations.config.words.phrase_book import ENGLISH, PhraseBook, phrase_book
from schemas.home import AutomationConfig, Home


def describe_diff(
    old: AutomationConfig | None, new: AutomationConfig | None, home: Home, language: str = ENGLISH
) -> tuple[str, ...]:
    """Sentences from the older to the newer version; None where there is none. Empty where both mean the same."""
    book = phrase_book(language)
    if new is None:
        return (book.say("diff.removed"),) if old else ()
    if old is None:
        return (book.say("diff.new"),)
    if equivalent(old, new):
        return ()
    return tuple(_describe_changes(old, new, home, book)) or (book.say("diff.rewritten"),)


def _describe_changes(old: AutomationConfig, new: AutomationConfig, home: Home, book: PhraseBook) -> Iterator[str]:
    before, after = describe(old, home, book.language), describe(new, home, book.language)
    yield from _describe_part_changes("starts", before.triggers, after.triggers, book)
    yield from _describe_part_changes("asks", before.conditions, after.conditions, book)
    yield from _describe_part_changes("does", before.actions, after.actions, book)
    first, second = canonicalize(old), canonicalize(new)
    for key in ("alias", "description", "mode"):
        if first.get(key) != second.get(key):
            yield book.say(f"diff.{key}", value=second.get(key, ""))
    if first.get("initial_state") != second.get("initial_state"):
        yield book.say("diff.turned_off" if is_deployed_off(second) else "diff.turned_on")


def _describe_part_changes(
    part: str, before: Sequence[Phrase], after: Sequence[Phrase], book: PhraseBook
) -> Iterator[str]:
    old_texts, new_texts = [phrase.text for phrase in before], [phrase.text for phrase in after]
    yield from (book.say(f"diff.{part}.no_more", words=words) for words in old_texts if words not in new_texts)
    yield from (book.say(f"diff.{part}.now", words=words) for words in new_texts if words not in old_texts)
    if old_texts != new_texts and sorted(old_texts) == sorted(new_texts):
        yield book.say(f"diff.{part}.reordered")
