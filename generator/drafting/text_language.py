"""Which language a text is in, as far as the small words of the phrase books tell."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from automations.config.words.phrase_book import phrase_book, phrase_book_languages

_SCRIPTS: Final = {
    "bg": {"CYRILLIC"},
    "el": {"GREEK"},
    "he": {"HEBREW"},
    "ja": {"CJK", "HIRAGANA", "KATAKANA"},
    "ko": {"HANGUL", "CJK"},
    "ru": {"CYRILLIC"},
    "sr": {"CYRILLIC", "LATIN"},
    "uk": {"CYRILLIC"},
    "zh": {"CJK"},
}
_PSEUDONYM = re.compile(r"\b\w+_\w+\b")


def is_in_other_language(text: str, language: str) -> bool:
    """Whether `text` is surely not in `language`: another script, or mostly small words of another phrase book.

    Pseudonyms do not count. Short texts are often undecidable and pass.
    """
    words = _PSEUDONYM.sub(" ", text)
    scripts = [unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in words if letter.isalpha()]
    expected = _SCRIPTS.get(language, {"LATIN"})
    if scripts and sum(script in expected for script in scripts) * 2 < len(scripts):
        return True
    said = re.findall(r"\w+", words.lower())
    hits = {
        book: sum(word in phrase_book(book).lists["small_words"] for word in said) for book in phrase_book_languages()
    }
    others = max(count for book, count in hits.items() if book != language)
    return others >= (2 if language in phrase_book_languages() else 4) and others > 2 * hits.get(language, 0)
