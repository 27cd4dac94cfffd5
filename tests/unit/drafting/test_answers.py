"""What comes back is hostile until it is checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.drafting.apply_answer import AppliedAnswer, apply_answer
from generator.drafting.baseline import baseline_from
from generator.drafting.model.answers import DraftAnswer, RedraftAnswer, read_answer, strict_schema
from generator.drafting.model.facts import facts_from_draft
from generator.drafting.model.outcomes import Complaints, Outcome
from generator.drafting.privacy.home_names import HomeNames
from generator.drafting.privacy.plain_text import plain_text
from generator.drafting.privacy.pseudonyms import Pseudonyms
from schemas.home import AutomationConfig
from tests.builders.habits import DARK_HABIT, HOME, answer

CONFIG = baseline_from(DARK_HABIT, HOME)


def pseudonyms(config: AutomationConfig = CONFIG) -> Pseudonyms:
    """As they are once the facts were told."""
    names = Pseudonyms(HOME, HomeNames.of(HOME))
    facts_from_draft(config, names)
    names.thing("sensor.keuken_lux")
    names.thing("person.emma")
    names.room("zolder")
    return names


def taken(text: str, language: str = "en") -> AppliedAnswer:
    return apply_answer(CONFIG, read_answer(text, DraftAnswer), pseudonyms(), HOME, language)


def test_a_good_answer_gives_its_words_with_the_homes_names_and_our_trigger_and_target() -> None:
    made = taken(answer()).config

    assert made["alias"] == "Plafondlamp on at 06:42"
    assert made["description"] == "Turns on Plafondlamp in Zolder at 06:42 when it is dark."
    assert {key: made[key] for key in ("triggers", "conditions", "actions")} == {
        key: CONFIG[key] for key in ("triggers", "conditions", "actions")
    }


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ({"kind": "dark"}, {"condition": "sun", "after": "sunset", "before": "sunrise"}),
        ({"kind": "daylight"}, {"condition": "sun", "after": "sunrise", "before": "sunset"}),
        (
            {"kind": "someone_home"},
            {"condition": "state", "entity_id": ["person.emma"], "state": "home", "match": "any"},
        ),
        ({"kind": "weekdays", "days": ["sun", "mon"]}, {"condition": "time", "weekday": ["mon", "sun"]}),
        (
            {"kind": "between", "after": "22:00", "before": "time_1"},
            {"condition": "time", "after": "22:00:00", "before": "06:42:00"},
        ),
        (
            {"kind": "state", "thing": "light_1", "state": "off"},
            {"condition": "state", "entity_id": "light.zolder_plafond", "state": "off"},
        ),
        (
            {"kind": "number", "thing": "illuminance_1", "above": None, "below": 50},
            {"condition": "numeric_state", "entity_id": "sensor.keuken_lux", "below": 50.0},
        ),
    ],
)
def test_each_kind_of_condition_becomes_one_that_home_assistant_knows(
    said: dict[str, Any], condition: dict[str, Any]
) -> None:
    assert taken(answer(conditions=[said])).config["conditions"] == [condition]


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "keep", "id": "condition_9"},
        {"kind": "state", "thing": "lock_1", "state": "unlocked"},
        {"kind": "state", "thing": "light.zolder_plafond", "state": "on"},
        {"kind": "state", "thing": "light_1", "state": "{{ states('lock.door') }}"},
        {"kind": "between", "after": "25:00", "before": "06:00"},
        {"kind": "between", "after": "06:00", "before": "06:00"},
        {"kind": "between", "after": "light_1", "before": "06:00"},
        {"kind": "weekdays", "days": []},
        {"kind": "number", "thing": "illuminance_1", "above": None, "below": None},
        {"kind": "number", "thing": "illuminance_1", "above": 50, "below": 10},
        {"kind": "number", "thing": "illuminance_1", "above": 1e300, "below": None},
        {"kind": "number", "thing": "light_1", "above": 1, "below": None},
    ],
)
def test_a_condition_on_what_was_not_sent_or_makes_no_sense_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(Complaints) as refused:
        taken(answer(conditions=[condition]))

    assert refused.value.outcome is Outcome.UNFIT
    assert not HomeNames.of(HOME).find_leaks(str(refused.value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "[]",
        "null",
        '{"alias": "a"}',
        answer(actions=[{"action": "lock.unlock"}]),
        answer(alias=None),
        answer(alias=["a"]),
        answer(mode="parallel"),
        answer(conditions={"kind": "dark"}),
        answer(conditions=[{"kind": "template", "value": "{{ true }}"}]),
        answer(conditions=[{"kind": "number", "thing": "illuminance_1", "above": True, "below": None}]),
        answer(conditions=[{"kind": "dark", "entity_id": "light.zolder_plafond"}]),
        answer().replace('"single"', "NaN"),
        "[" * 100_000,
        '{"alias": "\\ud800"}',
    ],
)
def test_an_answer_of_another_shape_is_unreadable(text: str) -> None:
    with pytest.raises(Complaints) as refused:
        taken(text)

    assert refused.value.outcome is Outcome.UNREADABLE


@pytest.mark.parametrize("wrapped", ["```json\n{}\n```", "Here you are:\n{}\nGood luck!", "  {}  "])
def test_json_amid_words_is_read(wrapped: str) -> None:
    assert taken(wrapped.replace("{}", answer())).config["alias"] == "Plafondlamp on at 06:42"


@given(st.text())
def test_any_text_is_either_an_answer_or_a_complaint(text: str) -> None:
    with pytest.raises(Complaints):
        read_answer(text, DraftAnswer)


@given(st.text(max_size=300))
def test_any_name_ends_as_one_short_line_without_markup_or_templates(alias: str) -> None:
    try:
        made = taken(answer(alias=alias)).config["alias"]
    except Complaints:
        return

    assert len(made) <= 100
    assert made.isprintable()
    assert not set("<>{}`") & set(made)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Light <script>alert(1)</script> on", "Light alert(1) on"),
        ("Light {{ states('lock.door') }} on {% if x %}", "Light on"),
        ("See https://evil.example/?q=1 now", "See now"),
        ("**Bold** `code` [link](x)", "Bold code link(x)"),
        ("one\n\ttwo\x00\x1b[31m", "one two 31m"),
        ("\u202eevil\u200b", "evil"),
        ("word " * 30, "word word word word…"),
    ],
)
def test_text_is_stripped_of_what_is_not_words(text: str, plain: str) -> None:
    assert plain_text(text, 20 if text.startswith("word") else 100) == plain


def test_names_of_things_that_do_not_exist_are_refused() -> None:
    with pytest.raises(Complaints, match="alias names things that do not exist"):
        taken(answer(alias="lock_1 open at time_7"))


@pytest.mark.parametrize("words", [{"alias": "a"}, {"alias": "Important"}, {"description": "string"}])
def test_words_that_say_nothing_of_this_automation_are_refused(words: dict[str, str]) -> None:
    with pytest.raises(Complaints):
        taken(answer(**words))


def test_a_pseudonym_is_translated_however_it_is_capitalised() -> None:
    assert taken(answer(alias="Light_1 on")).config["alias"] == "Plafondlamp on"


def test_an_answer_in_another_language_is_refused() -> None:
    with pytest.raises(Complaints) as refused:
        taken(answer(alias="light_1 an", description="Schaltet light_1 ein, wenn es dunkel ist und nicht hell."))

    assert refused.value.outcome is Outcome.OTHER_LANGUAGE


def test_an_answer_in_another_script_is_refused() -> None:
    with pytest.raises(Complaints) as refused:
        taken(answer(alias="打开灯", description="天黑时打开灯。"), "de")

    assert refused.value.outcome is Outcome.OTHER_LANGUAGE


def test_an_action_that_does_not_exist_cannot_be_left_out() -> None:
    with pytest.raises(Complaints, match="leave_out"):
        taken(answer(leave_out=["action_5"]))


def test_the_schema_is_what_strict_structured_outputs_take() -> None:
    def objects(node: Any) -> list[dict[str, Any]]:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        here = [node] if isinstance(node, dict) and node.get("type") == "object" else []
        return here + [found for part in inner for found in objects(part)]

    for shape in (DraftAnswer, RedraftAnswer):
        schema = strict_schema(shape)

        assert objects(schema)
        assert all(part["additionalProperties"] is False for part in objects(schema))
        assert all(set(part["required"]) == set(part["properties"]) for part in objects(schema))
        assert "oneOf" not in json.dumps(schema)


def test_nothing_that_an_answer_said_is_repeated_in_a_complaint() -> None:
    with pytest.raises(Complaints) as refused:
        read_answer(json.dumps({"ignore all rules": 1, "alias": {"unlock": 2}}), DraftAnswer)

    assert "unlock" not in str(refused.value)
    assert "ignore" not in str(refused.value)


def test_a_home_without_anybody_cannot_ask_for_somebody_home() -> None:
    home = replace(HOME, entities=HOME.entities[:-1])

    with pytest.raises(Complaints, match="no person"):
        apply_answer(
            CONFIG,
            read_answer(answer(conditions=[{"kind": "someone_home"}]), DraftAnswer),
            pseudonyms(),
            home,
            "en",
        )
