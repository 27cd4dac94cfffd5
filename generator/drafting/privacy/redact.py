"""A person's comment made safe to send: what names the home becomes a pseudonym or "[name]"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from generator.drafting.privacy.home_names import HomeNames, common_words, words_in
from generator.drafting.privacy.pseudonyms import Pseudonyms
from schemas.home import Home

REMOVED: Final = "[name]"
MAX_LENGTH: Final = 500

_ADDRESSES: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\S+@\S+|\b(?:\d{1,3}\.){3}\d{1,3}\b|-?\d+\.\d{3,}|\+?\d[\d ()/-]{6,}\d"
    r"|\b(?=\w*\d)(?=\w*[a-z])[\w-]{16,}",
    re.IGNORECASE,
)
"""URLs, mail and IP addresses, coordinates, telephone numbers, tokens."""
_WORD: Final = re.compile(r"[^\W_]+")
_GAP: Final = re.compile(r"[\s._'’-]*")
_COMPOUND_START: Final = 4
_COMPOUND_PART: Final = 5
"""Fewest letters of a name that is searched for at the start of a word, and within one."""

NameWords = tuple[str, ...]


def redact(comment: str, home: Home, names: HomeNames, pseudonyms: Pseudonyms) -> str:
    """`comment`, cut to 500 characters, with the home's names replaced; entities and rooms named become pseudonyms."""
    text = _ADDRESSES.sub(REMOVED, comment[:MAX_LENGTH])
    by_words = _names_by_words(home)
    longest = max(map(len, by_words), default=1)
    words = list(_WORD.finditer(text))
    out, at, index = [], 0, 0
    while index < len(words):
        length, replacement = _match_name(text, words, index, by_words, longest, names, pseudonyms)
        if replacement is not None:
            out += [text[at : words[index].start()], replacement]
            at = words[index + length - 1].end()
        index += length
    return "".join([*out, text[at:]])


def _match_name(
    text: str,
    words: list[re.Match[str]],
    index: int,
    by_words: dict[NameWords, tuple[str, str]],
    longest: int,
    names: HomeNames,
    pseudonyms: Pseudonyms,
) -> tuple[int, str | None]:
    """How many words from `index` on make a name, and what stands for it; (1, None) for a word that may be sent."""
    for length in range(min(longest, len(words) - index), 0, -1):
        run = words[index : index + length]
        joined = all(_GAP.fullmatch(text[one.end() : two.start()]) for one, two in pairwise(run))
        key = tuple(word for match in run for word in words_in(match[0]))
        if joined and key in by_words:
            family, real = by_words[key]
            return length, pseudonyms.thing(real) if family == "thing" else pseudonyms.room(real)
    return 1, REMOVED if _is_name("".join(words_in(words[index][0])), names) else None


def _names_by_words(home: Home) -> dict[NameWords, tuple[str, str]]:
    """Names and ids of entities and rooms by their words. A single everyday word ("Light") is no name in a sentence."""
    by_words: dict[NameWords, tuple[str, str]] = {}
    for area in home.areas:
        for name in (area.name, area.area_id):
            by_words[tuple(words_in(name))] = ("room", area.area_id)
    for entity in home.entities:
        for name in (entity.name or "", entity.entity_id, entity.entity_id.partition(".")[2]):
            by_words.setdefault(tuple(words_in(name)), ("thing", entity.entity_id))
    return {key: real for key, real in by_words.items() if len(key) > 1 or (key and key[0] not in common_words())}


def _is_name(word: str, names: HomeNames) -> bool:
    """Whether the word is a name or made with one: Annas, Lampen, Dachbodenlicht."""
    if word in names.words:
        return True
    if word in common_words():
        return False
    return any(
        (len(name) >= _COMPOUND_START and word.startswith(name)) or (len(name) >= _COMPOUND_PART and name in word)
        for name in names.words
    )
