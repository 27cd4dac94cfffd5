"""The purpose-specific kinds of Home Assistant 2026."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.home import Area, Entity, Home
from tests.unit.backtest.build import fired, played

HOME = Home(
    "Europe/Amsterdam",
    52.37,
    4.9,
    areas=(Area("hall", "Hall", "ground"),),
    entities=(
        Entity("light.hall", area_id="hall"),
        Entity("light.lamp", area_id="hall"),
        Entity("light.led", area_id="hall", entity_category="config"),
        Entity("binary_sensor.hall", area_id="hall", device_class="motion"),
        Entity("binary_sensor.door", area_id="hall", device_class="door"),
        Entity("cover.garage", device_class="garage"),
    ),
)


def test_a_return_from_unavailable_and_a_first_appearance_do_not_fire() -> None:
    trigger = {"trigger": "light.turned_on", "target": {"entity_id": "light.hall"}}
    rows = [
        ("10 01:00", "light.hall", "on"),
        ("10 02:00", "light.hall", "unavailable"),
        ("10 03:00", "light.hall", "on"),
        ("10 04:00", "light.hall", "off"),
    ]

    result = played(trigger, ("10 00:00", "x.y", "z"), *rows, home=HOME)
    again = played(trigger, *rows, ("10 05:00", "light.hall", "on"), home=HOME)

    assert fired(result) == []
    assert fired(again) == ["10 05:00:00"]


@pytest.mark.parametrize(
    "target", [{"area_id": "hall"}, {"floor_id": ["ground"]}, {"entity_id": "light.hall, light.lamp"}]
)
def test_a_place_stands_for_its_entities(target: dict[str, Any]) -> None:
    names = ("light.hall", "light.lamp", "light.led")
    rows = [
        row
        for number, name in enumerate(names)
        for row in (("10 00:00", name, "off"), (f"10 0{number + 1}:00", name, "on"))
    ]

    result = played({"trigger": "light.turned_on", "target": target}, *rows, home=HOME)

    assert fired(result) == ["10 01:00:00", "10 02:00:00"]


@pytest.mark.parametrize(
    ("behavior", "expected"), [("each", ["01", "02"]), ("first", ["01"]), ("all", ["02"]), ("last", ["02"])]
)
def test_behavior_says_whose_turn_counts(behavior: str, expected: list[str]) -> None:
    rows = [("10 00:00", "light.hall", "off"), ("10 00:00", "light.lamp", "off")]
    turned = [("10 01:00", "light.hall", "on"), ("10 02:00", "light.lamp", "on")]
    trigger = {"trigger": "light.turned_on", "target": {"area_id": "hall"}, "options": {"behavior": behavior}}

    result = played(trigger, *rows, *turned, home=HOME)

    assert [text[3:5] for text in fired(result)] == expected


def test_only_entities_of_the_device_class_count() -> None:
    rows = [("10 00:00", name, "off") for name in ("binary_sensor.hall", "binary_sensor.door")]
    moved = [("10 01:00", "binary_sensor.door", "on"), ("10 02:00", "binary_sensor.hall", "on")]

    result = played({"trigger": "motion.detected", "target": {"area_id": "hall"}}, *rows, *moved, home=HOME)

    assert fired(result) == ["10 02:00:00"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"condition": "light.is_on", "target": {"area_id": "hall"}}, True),
        ({"condition": "light.is_on", "target": {"area_id": "hall"}, "options": {"behavior": "all"}}, False),
        ({"condition": "light.is_off", "target": {"entity_id": "light.nowhere"}}, False),
        ({"condition": "light.is_on", "target": {"area_id": "hall"}, "options": {"for": "05:00:00"}}, True),
        ({"condition": "light.is_on", "target": {"area_id": "hall"}, "options": {"for": "05:00:01"}}, False),
    ],
)
def test_conditions_look_at_any_or_all_of_their_targets(condition: dict[str, Any], holds: bool) -> None:
    rows = [("10 00:00", "light.hall", "off"), ("10 00:00", "light.lamp", "off"), ("10 01:00", "light.hall", "on")]
    trigger = {"trigger": "state", "entity_id": "binary_sensor.door"}

    result = played(trigger, *rows, ("10 06:00", "binary_sensor.door", "on"), home=HOME, conditions=[condition])

    assert (fired(result) == ["10 06:00:00"]) is holds


@pytest.mark.parametrize(
    ("trigger", "word"),
    [
        ({"trigger": "garage_door.opened", "target": {"entity_id": "cover.garage"}}, "attribute"),
        ({"trigger": "motion.detected", "target": {"entity_id": "binary_sensor.new"}}, "device class"),
        ({"trigger": "light.turned_on", "target": {"area_id": "hall", "exclude": {"area_id": "x"}}}, "target"),
        ({"trigger": "light.brightness_changed", "target": {"area_id": "hall"}}, "no trace"),
    ],
)
def test_kinds_that_need_more_than_states_are_not_computable(trigger: dict[str, Any], word: str) -> None:
    result = played(trigger, ("10 00:00", "light.hall", "off"), home=HOME)

    assert not result.computable
    assert word in result.reason


def test_dusk_is_later_for_a_deeper_twilight() -> None:
    civil = played({"trigger": "sun.dusk"}, ("10 00:00", "x.y", "z"), end="11 00:00")
    nautical = played(
        {"trigger": "sun.dusk", "options": {"type": "nautical"}}, ("10 00:00", "x.y", "z"), end="11 00:00"
    )

    assert fired(civil) < fired(nautical)
