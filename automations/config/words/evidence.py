"""Why an automation is proposed, in words: what was seen of the habit."""

from __future__ import annotations

from automations.config.words.phrase_book import ENGLISH, PhraseBook, phrase_book
from schemas.patterns import Evidence


def seen_words(evidence: Evidence, language: str = ENGLISH) -> str:
    """ "Seen on 22 of 25 possible days.", which is the description of a draft."""
    book = phrase_book(language)
    return book.say("evidence.seen", seen=evidence.days_seen, possible=evidence.days_possible)


def reason_words(evidence: Evidence, language: str = ENGLISH) -> str:
    """The same with how often it was done, and how exactly."""
    book = phrase_book(language)
    return book.say(
        "evidence.reason",
        seen=evidence.days_seen,
        possible=evidence.days_possible,
        done=evidence.occurrences,
        chances=evidence.opportunities,
        spread=_spread_words(evidence, book),
    )


def explanation_words(evidence: Evidence, language: str = ENGLISH) -> str:
    """To the person who did it, with how sure the number is."""
    state = "settling" if evidence.settling else "checked" if evidence.holdout_possible else "plain"
    return phrase_book(language).say(
        f"evidence.you.{state}",
        seen=evidence.days_seen,
        possible=evidence.days_possible,
        checked=evidence.holdout_seen,
        checkable=evidence.holdout_possible,
    )


def _spread_words(evidence: Evidence, book: PhraseBook) -> str:
    if evidence.jitter_seconds < 60:
        return ""
    minutes = round(evidence.jitter_seconds / 60)
    return book.say("evidence.within_minutes", minutes=minutes) if minutes > 1 else book.say("evidence.within_minute")
