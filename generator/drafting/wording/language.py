"""The phrase books: what automations are called in the home's language, and which language a text is in."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_FOLDER = Path(__file__).parent / "languages"
PHRASE_BOOK_LANGUAGES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Languages that drafts are worded in without a model."""

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


@lru_cache
def phrase_book(language: str) -> dict[str, Any]:
    """The phrase book of `language`, English where there is none."""
    name = language if language in PHRASE_BOOK_LANGUAGES else "en"
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


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
    hits = {book: sum(word in phrase_book(book)["small_words"] for word in said) for book in PHRASE_BOOK_LANGUAGES}
    others = max(count for book, count in hits.items() if book != language)
    return others >= (2 if language in PHRASE_BOOK_LANGUAGES else 4) and others > 2 * hits.get(language, 0)
