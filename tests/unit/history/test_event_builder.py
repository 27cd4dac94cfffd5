"""Events joined, trimmed and renamed as columns."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from automations.history.event_builder import (
    combine_events,
    drop_repeats,
    filter_entities,
    grade_returns_as_device,
    rename_entities,
)
from schemas.events import Origin
from tests.builders.event_rows import Row, events_of, rows_of

rows = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from("abc"), st.sampled_from(["on", "off"]), st.sampled_from(list(Origin))
    ),
    max_size=25,
)


@given(rows)
def test_changes_are_sorted_and_never_repeat_their_entitys_state(changes: list[Row]) -> None:
    found = rows_of(drop_repeats(events_of(changes)))

    assert [row[0] for row in found] == sorted(row[0] for row in found)
    for entity in "abc":
        states = [state for _, name, state, _ in found if name == entity]
        assert all(state != after for state, after in pairwise(states))


@given(rows)
def test_changes_only_twice_is_the_same_as_once(changes: list[Row]) -> None:
    once = drop_repeats(events_of(changes))

    assert rows_of(drop_repeats(once)) == rows_of(once)


@given(rows)
def test_joining_a_history_with_itself_changes_nothing(changes: list[Row]) -> None:
    once = drop_repeats(events_of(changes))

    assert rows_of(combine_events([once, once])) == rows_of(once)


@given(rows, st.integers(0, 31))
def test_a_history_cut_in_two_is_joined_again(changes: list[Row], cut: int) -> None:
    whole = drop_repeats(events_of(changes))

    assert rows_of(combine_events([whole.between(0, cut), whole.between(cut, 100)])) == rows_of(whole)


def test_of_two_equal_changes_the_graded_one_stays() -> None:
    told_late = events_of([(5, "a", "on", Origin.UNKNOWN)])
    told_early = events_of([(5, "a", "on", Origin.APP)])

    assert rows_of(combine_events([told_late, told_early])) == rows_of(combine_events([told_early, told_late]))
    assert rows_of(combine_events([told_late, told_early])) == [(5, "a", "on", Origin.APP)]


def test_nothing_joined_is_no_events() -> None:
    assert len(combine_events([])) == 0


def test_a_renamed_entity_has_one_history() -> None:
    events = events_of([(1, "old", "on", Origin.APP), (2, "new", "on", Origin.APP), (3, "new", "off", Origin.APP)])

    assert rows_of(rename_entities(events, {"old": "new"})) == [
        (1, "new", "on", Origin.APP),
        (3, "new", "off", Origin.APP),
    ]


def test_only_the_wanted_entities_stay() -> None:
    events = events_of([(1, "a", "on", Origin.APP), (2, "b", "on", Origin.APP)])

    assert rows_of(filter_entities(events, {"b"})) == [(2, "b", "on", Origin.APP)]


def test_going_away_and_coming_back_are_nobodys_doing() -> None:
    events = events_of(
        [
            (1, "a", "on", Origin.UNKNOWN),
            (2, "a", "unavailable", Origin.UNKNOWN),
            (3, "b", "on", Origin.UNKNOWN),
            (4, "a", "on", Origin.UNKNOWN),
            (5, "a", "off", Origin.UNKNOWN),
            (6, "b", "unavailable", Origin.UNKNOWN),
            (7, "b", "off", Origin.APP),
        ]
    )

    origins = [row[3] for row in rows_of(grade_returns_as_device(events, {"unavailable"}))]

    unknown, device = Origin.UNKNOWN, Origin.DEVICE
    assert origins == [unknown, device, unknown, device, unknown, device, Origin.APP]
