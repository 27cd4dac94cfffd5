"""The phrase books: one file a language, which holds every word that is said of automations in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

ENGLISH: Final = "en"
_FOLDER: Final = Path(__file__).parent / "languages"


@dataclass(frozen=True)
class PhraseBook:
    """`phrases` by dotted key, such as `conditions.dark`; their gaps have names: `{names} is {state}`."""

    language: str
    phrases: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def __contains__(self, key: str) -> bool:
        return key in self.phrases or key in self.lists

    def lists_under(self, table: str) -> dict[str, tuple[str, ...]]:
        """The lists of one table, by their own key."""
        start = f"{table}."
        return {key.removeprefix(start): items for key, items in self.lists.items() if key.startswith(start)}

    def texts(self) -> Iterator[str]:
        """Everything that stands in it."""
        yield from self.phrases.values()
        yield from chain.from_iterable(self.lists.values())

    def say(self, key: str, **gaps: object) -> str:
        return self.phrases[key].format(**gaps)


@cache
def phrase_book(language: str) -> PhraseBook:
    """The phrase book of `language`, English where there is none."""
    name = language if language in phrase_book_languages() else ENGLISH
    entries = dict(_entries(tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8")), ""))
    phrases = {key: entry for key, entry in entries.items() if isinstance(entry, str)}
    lists = {key: tuple(entry) for key, entry in entries.items() if isinstance(entry, list)}
    return PhraseBook(name, phrases, lists)


@cache
def phrase_book_languages() -> tuple[str, ...]:
    """The codes of all languages that have a phrase book."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def _entries(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _entries(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
