"""A person's comment understood without a model: shifting the time, days, darkness, somebody home, dropping an action.

A comment is understood wholly or not at all: half an intent would be the wrong automation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from automations.config.times import WEEKDAYS
from automations.config.words.phrase_book import ENGLISH, phrase_book
from generator.drafting.privacy.home_names import words_in


@dataclass(frozen=True)
class MoveTime:
    """`minutes` later, negative: earlier."""

    minutes: int


@dataclass(frozen=True)
class SetTime:
    clock: str


@dataclass(frozen=True)
class OnlyOn:
    """`mon`..`sun`; all seven: every day."""

    days: frozenset[str]


@dataclass(frozen=True)
class NotOn:
    """`mon`..`sun` that are taken from the days it runs on now."""

    days: frozenset[str]


@dataclass(frozen=True)
class WhenDark:
    dark: bool


@dataclass(frozen=True)
class WhenSomeoneHome:
    pass


@dataclass(frozen=True)
class WithoutEntity:
    entity_id: str


Patterns = Mapping[str, Sequence[str]]
"""What a comment may say, by what it means; regular expressions in most."""

Intent = MoveTime | SetTime | OnlyOn | NotOn | WhenDark | WhenSomeoneHome | WithoutEntity


def intents_from_comment(comment: str, targets: dict[str, str], language: str) -> list[Intent] | None:
    """What the comment asks for; None where not every word of it is understood.

    `targets` are the entities that the automation acts on, entity id -> name. English is understood in every home.
    """
    for known in dict.fromkeys((language, ENGLISH)):
        intents = _parse_intents(comment, targets, phrase_book(known).lists_under("comments"))
        if intents:
            return intents
    return None


def _parse_intents(comment: str, targets: dict[str, str], book: Patterns) -> list[Intent] | None:
    rest = _normalize_text(comment)
    intents: list[Intent] = []
    for patterns, intent_from in _intent_patterns(targets, book):
        for pattern in sorted(patterns, key=len, reverse=True):
            match = re.search(rf"(?<![\w:]){pattern}(?![\w:])", rest)
            if match:
                intents.append(intent_from(match))
                rest = f"{rest[: match.start()]} | {rest[match.end() :]}"
                break
    days, rest = _parse_days(rest, book)
    intents += [days] if days else []
    left = set(rest.replace("|", " ").replace(",", " ").split()) - set(book["filler"])
    return intents if not left and intents and not _contradict(intents) else None


def _intent_patterns(
    targets: dict[str, str], book: Patterns
) -> Iterable[tuple[Iterable[str], Callable[[re.Match[str]], Intent]]]:
    """Phrases and what they mean, the longer meanings first: "not on weekends" holds "weekends"."""
    week, weekend = frozenset(WEEKDAYS[:5]), frozenset(WEEKDAYS[5:])
    for entity_id, name in sorted(targets.items(), key=lambda item: -len(item[1])):
        names = {re.escape(_normalize_text(name)), re.escape(" ".join(words_in(entity_id.partition(".")[2])))} - {""}
        dropping = "|".join(map(re.escape, book["without"]))
        yield [rf"(?:{dropping}) (?:\w{{2,3}} )?{name}" for name in names], lambda _, e=entity_id: WithoutEntity(e)  # type: ignore[misc]
    yield book["later"], lambda found: MoveTime(_minutes(found, book))
    yield book["earlier"], lambda found: MoveTime(-_minutes(found, book))
    yield book["at"], lambda found: SetTime(re.sub(r"[.h]", ":", found["clock"]))
    yield book["daylight"], lambda _: WhenDark(False)
    yield book["dark"], lambda _: WhenDark(True)
    yield book["someone_home"], lambda _: WhenSomeoneHome()
    refusing = tuple(book["not"])
    yield [pattern for pattern in book["week"] if pattern.startswith(refusing)], lambda _: NotOn(weekend)
    yield [pattern for pattern in book["weekend"] if pattern.startswith(refusing)], lambda _: NotOn(week)
    yield book["weekend"], lambda _: OnlyOn(weekend)
    yield book["week"], lambda _: OnlyOn(week)
    yield book["every_day"], lambda _: OnlyOn(frozenset(WEEKDAYS))


def _minutes(match: re.Match[str], book: Patterns) -> int:
    number, is_hours = match["n"], match["unit"] in book["hour_units"]
    if number in book["half"]:
        return 30
    count = 1 if number in book["one"] else int(number[:6])
    return count * 60 if is_hours else count


def _parse_days(rest: str, book: Patterns) -> tuple[OnlyOn | NotOn | None, str]:
    """The weekdays named one by one, as chosen or, with a "not", as left out; and what remains of the comment."""
    named = set()
    for day, pattern in zip(WEEKDAYS, book["days"], strict=True):
        rest, hits = re.subn(rf"(?<!\w){pattern}(?!\w)", " ", rest)
        named |= {day} if hits else set()
    refusing = rf"(?<!\w)(?:{'|'.join(map(re.escape, book['not']))})(?!\w)"
    if not named:
        return None, rest
    rest, refused = re.subn(refusing, " ", rest, count=1)
    return NotOn(frozenset(named)) if refused else OnlyOn(frozenset(named)), rest


def _contradict(intents: list[Intent]) -> bool:
    """Two intents of one kind ("10 minutes later ... an hour earlier") are for a person or a model to sort out."""
    kinds = [type(intent) for intent in intents if not isinstance(intent, WithoutEntity)]
    return len(kinds) != len(set(kinds)) or {MoveTime, SetTime} <= set(kinds) or {OnlyOn, NotOn} <= set(kinds)


def _normalize_text(text: str) -> str:
    """Lower case, punctuation removed except in times and commas, one space between words."""
    lowered = re.sub(r"[^\w\s:.,'-]", " ", text.lower().replace("’", "'"))
    lowered = re.sub(r"(?<!\d)[.]|[.](?!\d)|-(?=\s)|(?<=\s)-", " ", lowered)
    return " ".join(re.sub(r"(?<=\w)'(s|re|m)\b", r" \1", lowered).replace(",", " , ").split())
