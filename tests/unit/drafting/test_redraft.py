"""A person's comment, understood without a model or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.drafting.changes import shift_time
from generator.drafting.redraft import redraft_by_rules
from schemas.errors import InputError
from schemas.home import Entity
from tests.builders.habits import HOME

DARK = {"condition": "sun", "after": "sunset", "before": "sunrise"}
LIGHT = {"condition": "sun", "after": "sunrise", "before": "sunset"}
EMMA_HOME = {"condition": "state", "entity_id": ["person.emma"], "state": "home", "match": "any"}
WEEK = ["mon", "tue", "wed", "thu", "fri"]
CONFIG: dict[str, Any] = {
    "alias": "Turn on Plafondlamp and turn on Ventilator at 06:42",
    "triggers": [{"trigger": "time", "at": "06:42:00"}],
    "conditions": [],
    "actions": [
        {"action": "light.turn_on", "target": {"entity_id": "light.zolder_plafond"}},
        {"action": "fan.turn_on", "target": {"entity_id": "fan.zolder"}},
    ],
    "mode": "single",
}


def changed(comment: str, language: str = "en", **parts: Any) -> dict[str, Any]:
    made = redraft_by_rules(CONFIG | parts, comment, HOME, language)
    assert made is not None, f"'{comment}' was not understood"
    return made.config


@pytest.mark.parametrize(
    ("comment", "language", "at"),
    [
        ("10 minutes later", "en", "06:52:00"),
        ("10 min later please", "en", "06:52:00"),
        ("Please make it half an hour earlier.", "en", "06:12:00"),
        ("an hour later", "en", "07:42:00"),
        ("2 hours earlier", "en", "04:42:00"),
        ("at 7:15", "en", "07:15:00"),
        ("10 Minuten später", "de", "06:52:00"),
        ("bitte eine halbe Stunde früher", "de", "06:12:00"),
        ("um 7:15 Uhr", "de", "07:15:00"),
        ("10 minuten later", "nl", "06:52:00"),
        ("een half uur eerder", "nl", "06:12:00"),
        ("10 minutes plus tard", "fr", "06:52:00"),
        ("une heure plus tôt", "fr", "05:42:00"),
        ("10 minutes later", "de", "06:52:00"),
    ],
)
def test_the_time_moves(comment: str, language: str, at: str) -> None:
    assert changed(comment, language)["triggers"] == [{"trigger": "time", "at": at}]


@pytest.mark.parametrize(
    ("comment", "language", "condition"),
    [
        ("only when it is dark", "en", DARK),
        ("Only when it's dark!", "en", DARK),
        ("only if dark outside", "en", DARK),
        ("not when it is dark", "en", LIGHT),
        ("only by daylight", "en", LIGHT),
        ("nur wenn es dunkel ist", "de", DARK),
        ("nur bei Tageslicht", "de", LIGHT),
        ("alleen als het donker is", "nl", DARK),
        ("seulement quand il fait nuit", "fr", DARK),
        ("only when someone is home", "en", EMMA_HOME),
        ("only if we're home", "en", EMMA_HOME),
        ("not when nobody is home", "en", EMMA_HOME),
        ("nur wenn jemand zu Hause ist", "de", EMMA_HOME),
        ("alleen als er iemand thuis is", "nl", EMMA_HOME),
        ("seulement si quelqu'un est à la maison", "fr", EMMA_HOME),
        ("only on weekdays", "en", {"condition": "time", "weekday": WEEK}),
        ("not on weekends", "en", {"condition": "time", "weekday": WEEK}),
        ("only at the weekend", "en", {"condition": "time", "weekday": ["sat", "sun"]}),
        ("only on monday and Wednesday", "en", {"condition": "time", "weekday": ["mon", "wed"]}),
        ("not on sundays", "en", {"condition": "time", "weekday": [*WEEK, "sat"]}),
        ("nur werktags", "de", {"condition": "time", "weekday": WEEK}),
        ("alleen in het weekend", "nl", {"condition": "time", "weekday": ["sat", "sun"]}),
        ("uniquement en semaine", "fr", {"condition": "time", "weekday": WEEK}),
    ],
)
def test_a_condition_is_added(comment: str, language: str, condition: dict[str, Any]) -> None:
    assert changed(comment, language)["conditions"] == [condition]


def test_several_wishes_are_granted_at_once() -> None:
    made = redraft_by_rules(CONFIG, "10 minutes later, only on weekdays and only when it is dark", HOME, "en")

    assert made is not None
    assert made.config["triggers"][0]["at"] == "06:52:00"
    assert made.config["conditions"] == [DARK, {"condition": "time", "weekday": WEEK}]
    assert made.changes == ("10 minutes later", "when it is dark", "on weekdays")


def test_the_name_follows_the_change() -> None:
    assert changed("10 minutes later")["alias"] == "Turn on Plafondlamp and turn on Ventilator at 06:52"
    assert changed("only on weekdays")["alias"].endswith("at 06:42 on weekdays")
    assert changed("without the ventilator")["alias"] == "Turn on Plafondlamp at 06:42"


def test_a_name_that_a_person_gave_keeps_its_words() -> None:
    assert changed("10 minutes later", alias="Wake me at 06:42")["alias"] == "Wake me at 06:52"


def test_an_action_is_dropped_by_the_name_of_its_thing() -> None:
    assert [step["target"]["entity_id"] for step in changed("without the ventilator")["actions"]] == [
        "light.zolder_plafond"
    ]


def test_a_thing_is_taken_out_of_a_step_with_several() -> None:
    both = [{"action": "homeassistant.turn_on", "target": {"entity_id": ["light.zolder_plafond", "fan.zolder"]}}]

    assert changed("without ventilator", actions=both)["actions"][0]["target"] == {
        "entity_id": ["light.zolder_plafond"]
    }


@pytest.mark.parametrize(
    "comment",
    [
        "make it blue",
        "10 minutes later but not on my birthday",
        "only when nobody is home",
        "3 hours later and 2 hours earlier",
        "never",
        "only if Emma sleeps",
        "",
        "later",
        "on",
    ],
)
def test_a_comment_that_is_not_wholly_understood_changes_nothing(comment: str) -> None:
    assert redraft_by_rules(CONFIG, comment, HOME, "en") is None


def test_days_follow_the_time_past_midnight() -> None:
    made = changed(
        "an hour later",
        triggers=[{"trigger": "time", "at": "23:30:00"}],
        conditions=[{"condition": "time", "weekday": ["fri", "sun"]}],
    )

    assert made["triggers"][0]["at"] == "00:30:00"
    assert made["conditions"] == [{"condition": "time", "weekday": ["mon", "sat"]}]


def test_a_sun_trigger_moves_by_its_offset() -> None:
    made = changed("10 minutes earlier", triggers=[{"trigger": "sun", "event": "sunset"}], alias="Lamp at sunset")

    assert made["triggers"] == [{"trigger": "sun", "event": "sunset", "offset": "-00:10:00"}]
    assert made["alias"] == "Lamp 10 minutes before sunset"


def test_what_starts_with_an_event_waits_instead() -> None:
    motion = [{"trigger": "state", "entity_id": "binary_sensor.keuken_beweging", "to": "on"}]

    made = changed("5 minutes later", triggers=motion)

    assert made["actions"][0] == {"delay": "00:05:00"}
    assert made["alias"].endswith("after 5 minutes")


@pytest.mark.parametrize(
    ("comment", "parts", "reason"),
    [
        ("20 hours later", {}, "1 minute to 12 hours"),
        (
            "5 minutes earlier",
            {"triggers": [{"trigger": "state", "entity_id": "light.keuken", "to": "on"}]},
            "cannot act before",
        ),
        (
            "at 7:15",
            {"triggers": [{"trigger": "sun", "event": "sunset"}]},
            "no.* one time of day|not start at one time",
        ),
        ("at 25:15", {}, "written as 07:15"),
        ("without the ventilator", {"actions": CONFIG["actions"][1:]}, "Nothing would be left"),
        (
            "not on mondays",
            {"conditions": [{"condition": "time", "weekday": ["mon"]}]},
            "No day would be left",
        ),
    ],
)
def test_what_cannot_be_done_is_said(comment: str, parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        redraft_by_rules(CONFIG | parts, comment, HOME, "en")


def test_somebody_home_is_told_by_the_home_zone_where_there_is_one() -> None:
    home = replace(HOME, entities=(*HOME.entities, Entity("zone.home")))

    made = redraft_by_rules(CONFIG, "only when someone is home", home, "en")

    assert made is not None
    assert made.config["conditions"] == [{"condition": "numeric_state", "entity_id": "zone.home", "above": 0}]


def test_a_home_that_cannot_tell_who_is_there_says_so() -> None:
    home = replace(HOME, entities=HOME.entities[:-1])

    with pytest.raises(InputError, match="add one first"):
        redraft_by_rules(CONFIG, "only when someone is home", home, "en")


def test_the_old_spelling_is_read() -> None:
    old = {
        "alias": "Lamp",
        "trigger": {"platform": "time", "at": "06:42"},
        "action": {"service": "light.turn_on", "target": {"entity_id": "light.keuken"}},
    }

    made = redraft_by_rules(old, "10 minutes later", HOME, "en")

    assert made is not None
    assert made.config["triggers"] == [{"trigger": "time", "at": "06:52:00"}]


def test_the_draft_given_is_never_changed_in_place() -> None:
    before = repr(CONFIG)

    changed("10 minutes later, only on weekdays, without the ventilator")

    assert repr(CONFIG) == before


@given(st.integers(0, 86_399 // 60), st.integers(1, 720))
def test_moving_there_and_back_is_no_change(at_minute: int, minutes: int) -> None:
    config = CONFIG | {
        "triggers": [{"trigger": "time", "at": f"{at_minute // 60:02}:{at_minute % 60:02}:00"}],
        "conditions": [{"condition": "time", "weekday": ["tue", "sat"]}],
    }

    assert shift_time(shift_time(config, minutes), -minutes) == config


@given(st.text(max_size=60))
def test_no_comment_breaks_the_reader(comment: str) -> None:
    try:
        made = redraft_by_rules(CONFIG, comment, HOME, "en")
    except InputError:
        return

    assert made is None or made.config["actions"]
