"""Firings held against what people did by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automations.backtest.match_manual_actions import pair_nearest
from schemas.events import Origin
from tests.unit.backtest.build import OFF, ON, played, shown

AT_SEVEN = {"trigger": "time", "at": "08:00:00"}  # 07:00 UTC
OFF_AT_START = ("10 00:00", "light.hall", "off")


def test_the_same_act_by_hand_around_a_firing_matches_it() -> None:
    result = played(AT_SEVEN, OFF_AT_START, ("10 07:05", "light.hall", "on", Origin.APP), end="11 00:00")

    assert (result.matched, result.false, result.missed, result.already) == (1, (), (), 0)
    assert result.lead_seconds == 300


def test_a_wall_press_is_a_person_too_and_may_come_before_the_firing() -> None:
    result = played(AT_SEVEN, OFF_AT_START, ("10 06:40", "light.hall", "on"), end="11 00:00")

    assert result.matched == 1
    assert result.lead_seconds == -1200


def test_a_firing_that_nobody_did_is_false() -> None:
    result = played(AT_SEVEN, OFF_AT_START, ("10 09:00", "light.hall", "on"), end="11 00:00")

    assert shown(result.false) == ["10 07:00:00"]
    assert shown(result.missed) == ["10 09:00:00"]


def test_a_firing_that_changes_nothing_is_neither_matched_nor_false() -> None:
    result = played(AT_SEVEN, ("10 00:00", "light.hall", "on"), end="11 00:00")

    assert (result.matched, result.false, result.already) == (0, (), 1)


def test_what_another_automation_did_is_neither_matched_nor_false_nor_missed() -> None:
    result = played(AT_SEVEN, OFF_AT_START, ("10 07:05", "light.hall", "on", Origin.AUTOMATION), end="11 00:00")

    assert (result.matched, result.false, result.missed, result.already) == (0, (), (), 1)


def test_a_return_from_unavailable_is_nobodys_act() -> None:
    rows = [("10 06:50", "light.hall", "unavailable"), ("10 07:05", "light.hall", "on")]

    result = played(AT_SEVEN, OFF_AT_START, *rows, end="11 00:00")

    assert (result.matched, result.false, result.missed) == (0, (), ())


def test_one_act_answers_one_firing_only() -> None:
    triggers = [AT_SEVEN, {"trigger": "time", "at": "08:10:00"}]

    result = played(triggers, OFF_AT_START, ("10 07:09", "light.hall", "on"), end="11 00:00")

    assert result.matched == 1
    assert shown(result.false) == ["10 07:00:00"]


def test_an_effect_that_the_person_takes_back_soon_is_undone() -> None:
    rows = [("10 07:05", "light.hall", "on"), ("10 07:12", "light.hall", "off"), ("11 07:05", "light.hall", "on")]

    result = played(AT_SEVEN, OFF_AT_START, *rows, ("11 07:40", "light.hall", "off"))

    assert (result.matched, result.undone) == (2, 1)


def test_only_the_first_effect_of_a_run_is_held_against_hands() -> None:
    actions = [ON, {"delay": "00:05:00"}, OFF]
    rows = [("10 07:01", "light.hall", "on"), ("10 20:00", "light.hall", "off")]

    result = played(AT_SEVEN, OFF_AT_START, *rows, end="11 00:00", actions=actions)

    assert (result.matched, result.missed) == (1, ())


def test_an_automation_that_never_fires_misses_what_people_did() -> None:
    never = {"condition": "state", "entity_id": "light.hall", "state": "purple"}

    result = played(AT_SEVEN, OFF_AT_START, ("10 07:05", "light.hall", "on"), conditions=[never])

    assert result.fired == ()
    assert shown(result.missed) == ["10 07:05:00"]


def test_an_area_stands_for_its_lights() -> None:
    actions = [{"action": "light.turn_on", "target": {"area_id": "hall"}}]
    rows = [("10 00:00", "light.lamp", "off"), ("10 07:05", "light.lamp", "on")]

    result = played(AT_SEVEN, OFF_AT_START, *rows, end="11 00:00", actions=actions)

    assert result.matched == 1


def test_what_leaves_no_state_is_only_counted() -> None:
    result = played(
        AT_SEVEN, OFF_AT_START, end="11 00:00", actions=[{"action": "notify.phone", "data": {"message": "x"}}]
    )

    assert len(result.fired) == 1
    assert (result.matched, result.false, result.missed, result.already) == (0, (), (), 0)


times = st.lists(st.integers(0, 10_000), max_size=30).map(sorted)


@given(times, times, st.integers(0, 500))
def test_pairs_are_one_to_one_and_near(expected: list[int], by_hand: list[int], within: int) -> None:
    found = pair_nearest(np.array(expected, np.int64), np.array(by_hand, np.int64), np.full(len(expected), within))

    taken = [hand for hand in found.tolist() if hand >= 0]
    assert len(taken) == len(set(taken))
    both = list(zip(expected, found.tolist(), strict=True))
    assert all(abs(by_hand[hand] - one) <= within for one, hand in both if hand >= 0)
    free = set(range(len(by_hand))) - set(taken)
    lonely = [one for one, hand in both if hand < 0]
    assert all(abs(by_hand[hand] - one) > within for one in lonely for hand in free)
