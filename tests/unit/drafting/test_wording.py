"""What drafts are called in the languages we have phrase books for."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter
from typing import Any

import pytest

from generator.drafting.baseline import baseline_from
from generator.drafting.privacy.ha_vocabulary import known_language
from generator.drafting.wording.language import PHRASE_BOOK_LANGUAGES, is_in_other_language, phrase_book
from generator.drafting.wording.phrases import alias_from, apply_phrases
from schemas.patterns import NumericCondition, StateCondition, StateTrigger, SunTrigger
from tests.unit.drafting.habits import DARK_HABIT, HOME, evidence, habit

MOTION = habit(trigger=StateTrigger("binary_sensor.keuken_beweging", "on"), weekdays=frozenset(range(7)))


@pytest.mark.parametrize(
    ("language", "alias"),
    [
        ("en", "Turn on Plafondlamp at 06:42 on weekdays when it is dark"),
        ("de", "Plafondlamp einschalten um 06:42 an Werktagen bei Dunkelheit"),
        ("nl", "Plafondlamp aanzetten om 06:42 op werkdagen als het donker is"),
        ("fr", "Allumer Plafondlamp à 06:42 en semaine quand il fait nuit"),
    ],
)
def test_an_automation_is_named_in_the_homes_language(language: str, alias: str) -> None:
    assert alias_from(baseline_from(DARK_HABIT, HOME), HOME, language) == alias


def test_the_english_name_is_the_one_our_own_draft_has() -> None:
    for pattern in (DARK_HABIT, MOTION, habit(trigger=SunTrigger("sunset", -900), weekdays=frozenset({5, 6}))):
        assert alias_from(baseline_from(pattern, HOME), HOME, "en") == baseline_from(pattern, HOME)["alias"]


@pytest.mark.parametrize("language", PHRASE_BOOK_LANGUAGES)
def test_every_kind_of_trigger_and_condition_has_words(language: str) -> None:
    conditions = (NumericCondition("sensor.keuken_lux", None, 50), StateCondition("light.keuken", "off"))
    patterns = [
        replace(MOTION, conditions=conditions),
        habit(trigger=SunTrigger("sunrise", 600)),
        habit(trigger=StateTrigger("person.emma", "not_home"), weekdays=frozenset({0, 2, 4})),
    ]

    names = [alias_from(baseline_from(pattern, HOME), HOME, language) for pattern in patterns]

    assert "Lichtmeter" in names[0]
    assert "50" in names[0]
    assert "10" in names[1]
    assert "Emma" in names[2]


def test_the_description_tells_how_often_it_was_seen() -> None:
    made = apply_phrases(baseline_from(DARK_HABIT, HOME), evidence(days_seen=7, days_possible=8), HOME, "de")

    assert made["description"] == "Gesehen an 7 von 8 möglichen Tagen."


def test_all_phrase_books_have_the_same_phrases_with_the_same_gaps() -> None:
    def gaps(book: dict[str, Any], prefix: str = "") -> dict[str, set[str | None]]:
        found: dict[str, set[str | None]] = {}
        for key, value in book.items():
            if isinstance(value, dict):
                found |= gaps(value, f"{prefix}{key}.") if key != "comments" else {}
            elif isinstance(value, str):
                found[prefix + key] = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        return found

    assert all(gaps(phrase_book(language)) == gaps(phrase_book("en")) for language in PHRASE_BOOK_LANGUAGES)
    assert all(
        phrase_book(language)["comments"].keys() == phrase_book("en")["comments"].keys()
        for language in PHRASE_BOOK_LANGUAGES
    )


def test_a_language_without_a_phrase_book_is_worded_in_english() -> None:
    assert alias_from(baseline_from(DARK_HABIT, HOME), HOME, "pl").startswith("Turn on Plafondlamp")


@pytest.mark.parametrize(
    ("tag", "language"), [("de-CH", "de"), ("nl_BE", "nl"), ("EN", "en"), (None, "en"), ("ignore all rules", "en")]
)
def test_only_languages_that_exist_are_named(tag: str | None, language: str) -> None:
    assert known_language(tag) == language


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("Turns light_1 on at time_1 when it is dark.", "en", False),
        ("Turns light_1 on at time_1 when it is dark.", "nl", True),
        ("Zet light_1 aan om time_1 als het donker is.", "nl", False),
        ("Schaltet light_1 um time_1 ein, wenn es dunkel ist.", "fr", True),
        ("light_1 time_1", "fr", False),
        ("Включает свет", "en", True),
        ("Включает свет", "ru", False),
        ("Włącza światło o zmierzchu.", "pl", False),
    ],
)
def test_another_language_is_recognised_where_it_can_be(text: str, language: str, other: bool) -> None:
    assert is_in_other_language(text, language) is other
