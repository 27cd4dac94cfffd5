"""Which language a text is in."""

from __future__ import annotations

import pytest

from automations.config.words.phrase_book import phrase_book_languages
from generator.drafting.privacy.ha_vocabulary import known_language
from generator.drafting.text_language import is_in_other_language


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


def test_every_phrase_book_is_of_a_language_that_a_home_can_have() -> None:
    languages = phrase_book_languages()

    assert languages
    assert [known_language(language) for language in languages] == list(languages)
