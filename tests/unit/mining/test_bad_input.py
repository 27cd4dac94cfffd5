from __future__ import annotations

import numpy as np
import pytest

from generator.mining import mine
from schemas.events import Events
from tests.unit.mining.small import Row, at, daily, events_of, home_of, random_use

LAMP = "light.xq"


def test_an_empty_history_is_said_to_be_empty() -> None:
    mined = mine(events_of(), home_of(LAMP))

    assert mined.patterns == ()
    assert "empty" in mined.notes[0]


def test_one_day_is_too_short_and_said_so() -> None:
    mined = mine(events_of(daily(LAMP, 7, range(1)), random_use("switch.a", 9, 1)), home_of(LAMP, "switch.a"))

    assert mined.patterns == ()
    assert any("too short" in skipped.reason for skipped in mined.skipped)


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_that_jumped_moves_no_window(year: int) -> None:
    jump: list[Row] = [((year - 1970) * 31_556_952 + 5.0, LAMP, "on", "person")]

    mined = mine(events_of(daily(LAMP, 7), jump), home_of(LAMP))

    assert len(mined.patterns) == 1
    assert any("jumped" in skipped.reason for skipped in mined.skipped)


def test_changes_at_one_and_the_same_moment_are_taken() -> None:
    rows = daily(LAMP, 7)
    doubled = [*rows, *rows, *((when, entity, "off", cause) for when, entity, _, cause in rows)]

    mined = mine(events_of(doubled), home_of(LAMP))

    assert mined.start is not None


def test_an_entity_with_a_million_changes_is_named_flapping() -> None:
    count = 1_000_000
    quiet = events_of(daily(LAMP, 7))
    start = int(quiet.time[0])
    time = start + np.arange(count, dtype=np.int64) * (30 * 86_400_000_000 // count)
    order = np.argsort(np.concatenate([quiet.time, time]), kind="stable")
    both = Events(
        np.concatenate([quiet.time, time])[order],
        np.concatenate([quiet.entity, np.ones(count, np.int32)])[order],
        np.concatenate([quiet.state, np.arange(count, dtype=np.int32) % 2])[order],
        np.concatenate([quiet.origin, np.zeros(count, np.int8)])[order],
        (LAMP, "switch.mad"),
        quiet.states,
    )

    mined = mine(both, home_of(LAMP, "switch.mad"))

    assert {pattern.target for pattern in mined.patterns} == {LAMP}
    assert any("flapping" in skipped.reason for skipped in mined.skipped)


def test_states_of_any_writing_and_a_change_of_meaning_do_no_harm() -> None:
    rows = [
        (at(day, 9 + day % 5), "sensor.wörld"[:8], state, "device") for day in range(30) for state in ("ü", "7", "雨")
    ]

    mined = mine(events_of(daily(LAMP, 7), rows), home_of(LAMP))

    assert len(mined.patterns) == 1


def test_lamps_that_come_back_after_a_restart_were_not_switched() -> None:
    lamps = [f"light.l{number}" for number in range(8)]
    rows: list[Row] = []
    for day in range(30):
        for lamp in lamps:
            rows += [
                (at(day, 4), lamp, "unavailable", ""),
                (at(day, 4.01), lamp, "on", ""),
                (at(day, 5), lamp, "off", "device"),
            ]

    mined = mine(events_of(rows), home_of(*lamps))

    assert mined.patterns == ()


def test_what_the_home_does_not_know_is_never_acted_on() -> None:
    mined = mine(events_of(daily(LAMP, 7)), home_of("light.other"))

    assert mined.patterns == ()
    assert any("not in the home" in skipped.reason for skipped in mined.skipped)
