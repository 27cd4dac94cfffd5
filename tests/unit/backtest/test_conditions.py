"""Whether conditions hold, in the cases that surprise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.backtest.build import fired, played

EVERY_SIX_HOURS = {"trigger": "time_pattern", "hours": "/6"}
LIGHT_OFF = {"condition": "state", "entity_id": "light.lamp", "state": "off"}
UNSEEN = {"condition": "state", "entity_id": "light.nowhere", "state": "on"}
START = ("10 00:00", "light.lamp", "off")


def hours(*conditions: Any, rows: tuple[Any, ...] = (), end: str = "11 00:00") -> list[str]:
    """At which of the local hours 6, 12 and 18 (5, 11, 17 UTC) and midnight the conditions held."""
    return [text[3:5] for text in fired(played(EVERY_SIX_HOURS, START, *rows, end=end, conditions=list(conditions)))]


def test_an_entity_never_seen_is_an_error_and_counts_as_no_even_when_negated() -> None:
    assert hours(UNSEEN) == []
    assert hours({"not": [UNSEEN]}) == []


def test_or_is_true_beside_an_error_and_and_is_false_beside_one() -> None:
    assert hours({"or": [UNSEEN, LIGHT_OFF]}) == ["05", "11", "17", "23"]
    assert hours({"and": [UNSEEN, LIGHT_OFF]}) == []


def test_a_disabled_condition_is_as_if_it_were_not_there() -> None:
    assert hours({**UNSEEN, "enabled": False}, LIGHT_OFF) == ["05", "11", "17", "23"]


def test_several_entities_must_all_match_unless_any_is_asked() -> None:
    rows = (("10 06:00", "light.hall", "on"),)
    both = {"condition": "state", "entity_id": ["light.lamp", "light.hall"], "state": "on"}

    assert hours(both, rows=rows) == []
    assert hours({**both, "match": "any"}, rows=rows) == ["11", "17", "23"]


def test_for_is_strictly_more_and_a_return_from_unavailable_starts_anew() -> None:
    condition = {**LIGHT_OFF, "for": {"hours": 4}}
    rows = (("10 08:00", "light.lamp", "unavailable"), ("10 09:00", "light.lamp", "off"))

    assert hours(condition, rows=rows) == ["05", "17", "23"]


def test_after_is_inclusive_and_before_exclusive() -> None:
    assert hours({"condition": "time", "after": "06:00:00", "before": "18:00:00"}) == ["05", "11"]


def test_a_later_after_wraps_midnight_and_the_weekday_is_that_of_the_moment() -> None:
    window = {"condition": "time", "after": "21:00", "before": "07:00", "weekday": ["mon"]}

    assert hours(window, end="12 00:00") == ["05"]


def test_after_sunset_alone_ends_at_local_midnight() -> None:
    assert hours({"condition": "sun", "after": "sunset"}, end="11 06:00") == []
    dark = {"condition": "sun", "after": "sunset", "before": "sunrise"}
    assert hours(dark, end="11 06:00") == ["05", "23", "05"]


def test_day_is_between_sunrise_and_sunset() -> None:
    assert hours({"condition": "sun", "after": "sunrise", "before": "sunset"}) == ["11", "17"]


def test_numbers_hold_strictly_between_their_bounds() -> None:
    rows = (("10 01:00", "sensor.lux", "50"), ("10 08:00", "sensor.lux", "49"), ("10 14:00", "sensor.lux", "unknown"))

    assert hours({"condition": "numeric_state", "entity_id": "sensor.lux", "below": 50}, rows=rows) == ["11"]


def test_a_condition_can_ask_which_trigger_fired() -> None:
    triggers = [{"trigger": "time", "at": "06:00", "id": "early"}, {"trigger": "time", "at": "07:00"}]

    by_name = played(triggers, START, end="11 00:00", conditions=[{"condition": "trigger", "id": "early"}])
    by_place = played(triggers, START, end="11 00:00", conditions=[{"condition": "trigger", "id": ["1"]}])

    assert fired(by_name) == ["10 05:00:00"]
    assert fired(by_place) == ["10 06:00:00"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ is_state('light.lamp', 'off') }}", ["05", "11", "17", "23"]),
        ("{{ states('sensor.lux') | float(0) > 40 }}", ["11", "17", "23"]),
        ("{{ states('sensor.lux') | float > 40 }}", ["11", "17", "23"]),
        ("{{ now().hour == 12 }}", ["11"]),
        ("{{ now().weekday() == 0 and today_at('11:00') < now() }}", ["11", "17"]),
        ("{% if states.light.lamp.state == 'off' %}{{ now().hour < 7 }}{% endif %}", ["05", "23"]),
        ("{{ 1 }}", []),
        ("{{ trigger.platform == 'time_pattern' }}", ["05", "11", "17", "23"]),
    ],
)
def test_templates_that_ask_for_states_and_time_are_read(source: str, expected: list[str]) -> None:
    assert hours(source, rows=(("10 08:00", "sensor.lux", "49"),)) == expected


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("{{ state_attr('light.lamp', 'brightness') > 3 }}", "state_attr"),
        ("{{ states.light | selectattr('state', 'eq', 'on') | list | count > 0 }}", "selectattr"),
        ("{{ is_state(where, 'on') }}", "works out"),
        ("{{ area_entities('hall') | length > 1 }}", "area_entities"),
        ("{{ 1 / }}", "cannot be read"),
        ("{% for x in range(9) %}{{ x }}{% endfor %}", "for"),
        ("{{ this.state == 'on' }}", "this"),
    ],
)
def test_other_templates_are_not_computable_and_say_why(source: str, word: str) -> None:
    result = played(EVERY_SIX_HOURS, START, conditions=[source])

    assert not result.computable
    assert word in result.reason


def test_a_condition_that_no_history_answers_is_not_computable() -> None:
    result = played(EVERY_SIX_HOURS, START, conditions=[{"condition": "device", "device_id": "x", "type": "is_on"}])

    assert "'device'" in result.reason
