"""How small things are said in one language: names, times, durations, days, numbers, states."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from automations.config.reading.values import Bound, Duration
from automations.config.times import WEEKDAYS, clock_words
from automations.config.values import is_template
from automations.config.words.phrase_book import ENGLISH, PhraseBook, phrase_book
from schemas.clock import DAY_SECONDS
from schemas.home import Home

_TITLE: Final = "title."
_UNITS: Final = (("day", "d", DAY_SECONDS), ("hour", "h", 3600), ("minute", "min", 60), ("second", "s", 1))
"""The key of each unit, its symbol, which is the same in all languages, and its seconds."""


@dataclass(frozen=True)
class Wording:
    """One language, with the names of one home.

    In a title things are said more shortly ("when it is dark" for "it is dark"): phrases under `title.` come first.
    """

    home: Home
    book: PhraseBook
    in_title: bool = False

    @classmethod
    def of(cls, home: Home, language: str = ENGLISH) -> Wording:
        return cls(home, phrase_book(language))

    def for_title(self) -> Wording:
        return replace(self, in_title=True)

    def say(self, key: str, **gaps: object) -> str:
        return self.book.say(self._key(key), **gaps)

    def has(self, key: str) -> bool:
        return self._key(key) in self.book

    def all_of(self, parts: Iterable[str]) -> str:
        return self._join(parts, "and")

    def one_of(self, parts: Iterable[str]) -> str:
        return self._join(parts, "or")

    def each_of(self, parts: Iterable[str]) -> str:
        """Times or days: "06:42 or 20:00" in a sentence, "06:42 and 20:00" in a title."""
        return self._join(parts, "and" if self.in_title else "or")

    def names(self, entity_ids: Iterable[str]) -> list[str]:
        return [self.name(entity_id) for entity_id in entity_ids]

    def name(self, entity_id: str) -> str:
        """An entity's name; a registry id or a template stays as it is."""
        return self.home.name_of(entity_id) if "." in entity_id and not is_template(entity_id) else entity_id

    def area_name(self, area_id: str) -> str:
        return self.home.areas_by_id[area_id].name if area_id in self.home.areas_by_id else area_id

    def attribute_of(self, attribute: str, names: str) -> str:
        return self.say("values.attribute", attribute=_spaced(attribute), names=names) if attribute else names

    def state(self, state: str) -> str:
        key = f"states.{state}"
        return self.say(key) if self.has(key) else _spaced(state)

    def value(self, value: object) -> str:
        """What a call sets something to: a number as short as it is, an option as the home calls it."""
        return f"{value:.10g}" if isinstance(value, float) else str(value)

    def clock(self, time: int | str) -> str:
        """A time of day in seconds, or the name of the entity that has it."""
        return clock_words(time) if isinstance(time, int) else self.name(time)

    def duration(self, duration: Duration) -> str:
        """ "1 minute 30 seconds", in a title "2 minutes"; a template as it is written."""
        if isinstance(duration, str):
            return duration
        minutes = round(abs(duration) / 60)
        if self.in_title and minutes:
            return self.counted("minute", minutes)
        parts = [self.counted(unit, count) for unit, _, count in _parts(duration)]
        return " ".join(parts) or self.counted("second", 0)

    def short_duration(self, duration: Duration) -> str:
        """ "1 min 30 s"."""
        if isinstance(duration, str):
            return duration
        return " ".join(f"{count} {symbol}" for _, symbol, count in _parts(duration))

    def bounds(self, key: str, above: Bound, below: Bound, **gaps: object) -> str:
        """The phrase `key` followed by `above`, `below` or, where there are both, `between`."""
        side = "between" if above is not None and below is not None else "below" if above is None else "above"
        return self.say(f"{key}.{side}", above=self._number(above), below=self._number(below), **gaps)

    def days(self, days: Collection[str]) -> str:
        """ "a weekday", in a title "on weekdays"; "" for every day, and for none."""
        chosen = [day for day in WEEKDAYS if day in days]
        if len(chosen) in (0, len(WEEKDAYS)):
            return ""
        if chosen == list(WEEKDAYS[:5]):
            return self.say("days.weekdays")
        if chosen == list(WEEKDAYS[5:]):
            return self.say("days.weekend")
        names = self.book.lists[self._key("days.names")]
        return self.say("days.some", days=self.each_of(names[WEEKDAYS.index(day)] for day in chosen))

    def counted(self, unit: str, count: int) -> str:
        """ "1 minute", "5 minutes"."""
        one, many = self.book.lists[f"units.{unit}"]
        return (one if count == 1 else many).format(count=count)

    def _number(self, bound: Bound) -> str:
        return "" if bound is None else self.name(bound) if isinstance(bound, str) else self.value(bound)

    def _key(self, key: str) -> str:
        titled = f"{_TITLE}{key}"
        return titled if self.in_title and (titled in self.book) else key

    def _join(self, parts: Iterable[str], word: str) -> str:
        said = [part for part in parts if part]
        if len(said) < 2:
            return "".join(said)
        return f"{', '.join(said[:-1])} {self.book.say(word)} {said[-1]}"


def _parts(seconds: int) -> Iterator[tuple[str, str, int]]:
    """Each unit that there is something of, with its symbol."""
    rest = abs(seconds)
    for unit, symbol, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            yield unit, symbol, count


def _spaced(word: str) -> str:
    return word.replace("_", " ")
