"""One automation in every language that has a phrase book: its title, its sentence, what changed, and why."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, pairwise
from string import Formatter
from typing import Any

import pytest

from automations.config.words.describe import describe
from automations.config.words.diff import describe_diff
from automations.config.words.evidence import explanation_words, reason_words, seen_words
from automations.config.words.phrase_book import PhraseBook, phrase_book, phrase_book_languages
from automations.config.words.title import title_from
from automations.config.yaml import decode
from generator.drafting.baseline import baseline_from
from schemas.home import Entity, Home
from schemas.patterns import (
    Action,
    NumericCondition,
    NumericTrigger,
    StateCondition,
    StateTrigger,
    SunTrigger,
    Trigger,
)
from tests.builders.habits import DARK_HABIT, HOME, evidence, habit
from tests.corpus.cases import kept_cases

LANGUAGES = phrase_book_languages()
EVERY_DAY = frozenset(range(7))
WEEKEND = frozenset({5, 6})
LAMP = {"action": "light.turn_on", "target": {"entity_id": "light.zolder_plafond"}}
AT_0642 = {"trigger": "time", "at": "06:42:00"}


def title_of(trigger: Trigger, language: str = "en", **parts: Any) -> str:
    return str(baseline_from(habit(trigger=trigger, **{"weekdays": EVERY_DAY} | parts), HOME, language)["alias"])


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        (
            "en",
            "Turn on Plafondlamp at 06:42 on weekdays when it is dark",
            "At 06:42, turn on Plafondlamp, but only if it is a weekday and it is dark.",
        ),
        (
            "de",
            "Plafondlamp einschalten um 06:42 an Werktagen bei Dunkelheit",
            "Um 06:42, Plafondlamp einschalten, aber nur, wenn es Werktag ist und es dunkel ist.",
        ),
        (
            "nl",
            "Plafondlamp aanzetten om 06:42 op werkdagen als het donker is",
            "Om 06:42, Plafondlamp aanzetten, maar alleen als het een werkdag is en het donker is.",
        ),
        (
            "fr",
            "Allumer Plafondlamp à 06:42 en semaine quand il fait nuit",
            "À 06:42, allumer Plafondlamp, mais seulement quand c'est un jour de semaine et il fait nuit.",
        ),
    ],
)
def test_an_automation_is_told_in_the_homes_language(language: str, title: str, sentence: str) -> None:
    config = baseline_from(DARK_HABIT, HOME, language)

    assert config["alias"] == title
    assert describe(config, HOME, language).sentence == sentence


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        (SunTrigger("sunset", -900), "Turn on Plafondlamp 15 minutes before sunset"),
        (SunTrigger("sunrise", 60), "Turn on Plafondlamp 1 minute after sunrise"),
        (SunTrigger("sunrise", 5400), "Turn on Plafondlamp 90 minutes after sunrise"),
        (SunTrigger("sunset", 0), "Turn on Plafondlamp at sunset"),
        (StateTrigger("binary_sensor.keuken_beweging", "on"), "Turn on Plafondlamp when Beweging aanrecht turns on"),
        (StateTrigger("person.emma", "home", for_seconds=60), "Turn on Plafondlamp when Emma comes home"),
        (StateTrigger("person.emma", "work"), "Turn on Plafondlamp when Emma reaches work"),
        (
            StateTrigger("media_player.speaker_emma", "playing"),
            "Turn on Plafondlamp when Emma's speaker becomes playing",
        ),
        (
            NumericTrigger("sensor.keuken_lux", above=5, below=40.5),
            "Turn on Plafondlamp when Lichtmeter is between 5 and 40.5",
        ),
        (NumericTrigger("zone.home", below=1), "Turn on Plafondlamp when the last one leaves"),
        (NumericTrigger("zone.home", above=0), "Turn on Plafondlamp when the first one comes home"),
    ],
)
def test_every_trigger_of_a_habit_has_its_english_title(trigger: Trigger, title: str) -> None:
    assert title_of(trigger) == title


def test_days_and_conditions_of_a_habit_are_in_its_title() -> None:
    conditions = (
        NumericCondition("zone.home", above=0),
        NumericCondition("sensor.keuken_lux", below=50),
        StateCondition("person.emma", "not_home"),
        StateCondition("light.keuken", "off"),
    )

    title = title_of(SunTrigger("sunset", 0), conditions=conditions, weekdays=frozenset({0, 2, 4}))

    assert title == (
        "Turn on Plafondlamp at sunset on Mondays, Wednesdays and Fridays if someone is home if Lichtmeter is below 50 "
        "if Emma is not home if Keukenlamp is off"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_of_a_habit_lacks_a_part(language: str) -> None:
    """Every gap is filled, in every language."""
    conditions = (NumericCondition("sensor.keuken_lux", None, 50), StateCondition("light.keuken", "off"))
    titles = [
        title_of(StateTrigger("binary_sensor.keuken_beweging", "on"), language, conditions=conditions),
        title_of(SunTrigger("sunrise", 600), language, weekdays=WEEKEND),
        title_of(StateTrigger("person.emma", "not_home"), language),
    ]

    assert "Beweging aanrecht" in titles[0]
    assert "Lichtmeter" in titles[0]
    assert "50" in titles[0]
    assert "Keukenlamp" in titles[0]
    assert "10" in titles[1]
    assert phrase_book(language).say("title.days.weekend") in titles[1]
    assert "Emma" in titles[2]


def test_a_mode_an_option_and_a_number_are_said_by_what_they_become() -> None:
    home = Home("UTC", entities=(Entity("climate.living", "Living"), Entity("input_number.level", "Level")))
    actions = (
        Action("climate.set_hvac_mode", "climate.living", "heat", {"hvac_mode": "heat"}),
        Action("input_number.set_value", "input_number.level", "21", {"value": 21.0}),
    )
    config = baseline_from(replace(habit(weekdays=EVERY_DAY), actions=actions), home)

    assert config["alias"] == "Set Living to heat and set Level to 21 at 06:42"
    assert describe(config, home, "de").actions[0].text == "Living auf heat stellen"


def test_data_without_words_is_named_in_a_sentence_and_not_in_a_title() -> None:
    config = {"triggers": [AT_0642], "actions": [LAMP | {"data": {"brightness_pct": 30}}]}

    assert describe(config, HOME).actions[0].text == "turn on Plafondlamp (brightness pct 30)"
    assert title_from(config, HOME) == "Turn on Plafondlamp at 06:42"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"condition": "time", "after": "22:00:00", "before": "06:00:00"}, "it is after 22:00 and before 06:00"),
        ({"condition": "time", "after": "07:00", "weekday": ["mon", "wed"]}, "it is after 07:00 on Mon or Wed"),
        ({"condition": "sun", "after": "sunset", "after_offset": "-00:15:00"}, "it is after 15 min before sunset"),
        ({"condition": "sun", "after": "sunrise", "before": "sunset"}, "it is daylight"),
        (
            {"condition": "state", "entity_id": "light.keuken", "state": ["on", "off"], "for": "00:01:30"},
            "Keukenlamp is on or off for 1 minute 30 seconds",
        ),
        (
            {"condition": "state", "entity_id": ["person.emma", "person.jan"], "state": "home", "match": "any"},
            "someone is home",
        ),
        (
            {
                "condition": "numeric_state",
                "entity_id": "light.keuken",
                "attribute": "brightness",
                "above": "sensor.lux",
            },
            "brightness of Keukenlamp is above Lux",
        ),
        ({"not": [{"condition": "state", "entity_id": "person.emma", "state": "home"}]}, "not (Emma is home)"),
        ("{{ is_state('sun.sun', 'x') }}", "the template {{ is_state('sun.sun', 'x') }} holds"),
    ],
)
def test_each_condition_has_its_words(condition: Any, words: str) -> None:
    found = describe({"triggers": [AT_0642], "conditions": [condition], "actions": [LAMP]}, HOME)

    assert [phrase.text for phrase in found.conditions] == [words]


def test_a_wait_before_the_first_action_is_in_the_title() -> None:
    config = {"triggers": [AT_0642], "actions": [{"delay": "00:05:00"}, LAMP]}

    assert title_from(config, HOME) == "Turn on Plafondlamp at 06:42 after 5 minutes"
    assert title_from(config, HOME, "de") == "Plafondlamp einschalten um 06:42 nach 5 Minuten"


def test_the_difference_is_told_in_the_language_asked_for() -> None:
    old = {"triggers": [AT_0642], "actions": [LAMP]}
    new = {"triggers": [AT_0642 | {"at": "07:00:00"}], "actions": [LAMP]}

    assert describe_diff(old, new, HOME) == ("It no more starts: at 06:42.", "It now starts: at 07:00.")
    assert describe_diff(old, new, HOME, "nl") == ("Ze start niet meer: om 06:42.", "Ze start nu: om 07:00.")
    assert describe_diff(None, new, HOME, "de") == ("Sie ist neu.",)


def test_the_evidence_is_told_in_the_language_asked_for() -> None:
    seen = evidence(days_seen=7, days_possible=8, occurrences=7, opportunities=9, jitter_seconds=300)

    assert baseline_from(DARK_HABIT, HOME, "de")["description"] == "Gesehen an 22 von 25 möglichen Tagen."
    assert seen_words(seen, "de") == "Gesehen an 7 von 8 möglichen Tagen."
    assert reason_words(seen) == (
        "Seen on 7 of 8 possible days; done by hand after 7 of 9 chances, usually within 5 minutes."
    )
    assert explanation_words(replace(seen, settling=False)) == "You did it on 7 of 8 days it could have been."


def test_all_phrase_books_have_the_same_phrases_with_the_same_gaps() -> None:
    def gaps(book: PhraseBook) -> dict[str, set[str | None]]:
        return {
            key: {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}
            for key, phrase in book.phrases.items()
        }

    english = phrase_book("en")
    assert len(LANGUAGES) >= 4
    assert {language: gaps(phrase_book(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, gaps(english))
    for language in LANGUAGES:
        assert phrase_book(language).lists.keys() == english.lists.keys()
        assert len(phrase_book(language).lists["days.names"]) == 7


def test_a_language_without_a_phrase_book_is_worded_in_english() -> None:
    assert title_from(baseline_from(DARK_HABIT, HOME), HOME, "pl").startswith("Turn on Plafondlamp")


def test_every_automation_that_can_be_read_can_be_told() -> None:
    """Also those that a home refuses: the page shows a draft before it is right. The languages take turns."""
    configs = [config for case in kept_cases()[::3] if (config := decode(case.yaml).config) is not None]

    assert len(configs) > 500
    for (before, config), language in zip(pairwise(configs), cycle(LANGUAGES), strict=False):
        told = describe(config, HOME, language)
        assert all(phrase.text for phrase in (*told.triggers, *told.conditions, *told.actions)), config
        assert isinstance(title_from(config, HOME, language), str)
        assert isinstance(describe_diff(before, config, HOME, language), tuple)
    assert len(configs) > 500
