"""What may not leave the house: every name and identifier of the home, also in pieces, and how to find it in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from automations.config.words.phrase_book import phrase_book, phrase_book_languages
from generator.drafting.privacy import ha_vocabulary
from schemas.home import Home

_WORD = re.compile(r"[^\W_]+")
_PROMPTS = Path(__file__).parent.parent / "model" / "prompts"
_NAMED_BY_PEOPLE = ("notify", "python_script", "rest_command", "script", "shell_command")
"""Domains whose services carry a name from this home: `notify.mobile_app_annas_phone`."""


@dataclass(frozen=True)
class HomeNames:
    """Everything that names this home or something in it.

    `names` are the names as they are; `words` the words they are made of, lower case and without accents, also run
    together, less those of the common vocabulary. Single letters and numbers under five digits identify nobody.
    """

    names: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, home: Home) -> HomeNames:
        whole = frozenset(name for name in _names_of_home(home) if name)
        pieces = {piece for name in whole for piece in (*words_in(name), "".join(words_in(name)))}
        return cls(whole, frozenset(piece for piece in pieces - common_words() if _identifies(piece)))

    def find_leaks(self, text: str) -> list[str]:
        """What in `text` names this home; a text that is to leave the house must have none."""
        coordinates = {name for name in self.names if _is_coordinate(name) and name in text}
        return sorted(coordinates | (set(words_in(text)) & self.words))


def words_in(text: str) -> list[str]:
    """The words of `text`, lower case and without accents: `Küche_2 (Anna's)` is kuche, 2, anna, s."""
    return [fold(word) for word in _WORD.findall(text)]


def fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@lru_cache
def common_words() -> frozenset[str]:
    """Home Assistant's own words and those of the prompts and phrase books: the same in every home."""
    books = [phrase_book(language) for language in phrase_book_languages()]
    texts = [
        *ha_vocabulary.DOMAINS,
        *ha_vocabulary.DEVICE_CLASSES,
        *ha_vocabulary.SERVICES,
        *ha_vocabulary.STATES,
        *ha_vocabulary.DATA_FIELDS,
        *ha_vocabulary.FACT_WORDS,
        *ha_vocabulary.LANGUAGES.values(),
        *(text for book in books for text in book.texts()),
        *(path.read_text(encoding="utf-8") for path in sorted(_PROMPTS.glob("*.md"))),
    ]
    return frozenset(word for text in texts for word in words_in(text))


def _names_of_home(home: Home) -> Iterator[str]:
    yield from home.timezone.split()
    yield from (str(degrees) for degrees in (home.latitude, home.longitude) if degrees is not None)
    yield from home.devices
    for area in home.areas:
        yield from (area.area_id, area.name, area.floor_id or "")
    for floor in home.floors:
        yield from (floor.floor_id, floor.name)
    for label in home.labels:
        yield from (label.label_id, label.name)
    for zone in home.zones:
        yield from (zone.entity_id.partition(".")[2], zone.name, str(zone.latitude), str(zone.longitude))
    for entity in home.entities:
        yield from (entity.entity_id, entity.entity_id.partition(".")[2], entity.name or "", *entity.labels)
        yield from (entity.area_id or "", entity.device_id or "")
    yield from (service.full_name for service in home.services if service.domain in _NAMED_BY_PEOPLE)
    for automation in home.automations:
        yield from (str(automation.get(key) or "") for key in ("id", "alias"))


def _identifies(word: str) -> bool:
    return len(word) > 1 and not (word.isdigit() and len(word) < 5)


def _is_coordinate(name: str) -> bool:
    return len(name) > 3 and re.fullmatch(r"-?\d+\.\d+", name) is not None
