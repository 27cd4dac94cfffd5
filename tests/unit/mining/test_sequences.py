from __future__ import annotations

import numpy as np
import pytest

from generator.mining import mine
from schemas.patterns import DarkCondition, NumericTrigger, PatternKind, StateCondition, StateTrigger
from tests.unit.mining.small import Row, at, daily, events_of, home_of, random_use

DOOR, LAMP, FAN, MODE = "binary_sensor.qa", "light.wb", "fan.ec", "input_boolean.rd"


def moments(a_day: int = 3, days: int = 30, seed: int = 3) -> list[float]:
    rng = np.random.default_rng(seed)
    return sorted(at(day, hour) for day in range(days) for hour in rng.choice(np.arange(7, 23), a_day, replace=False))


def door(times: list[float]) -> list[Row]:
    return [row for when in times for row in ((when, DOOR, "on", "device"), (when + 8, DOOR, "off", "device"))]


def answered(
    times: list[float], entity_id: str = LAMP, delay: float = 40, seed: int = 4, cause: str = "person"
) -> list[Row]:
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for when in times:
        on = when + delay * rng.lognormal(0, 0.3)
        rows += [(on, entity_id, "on", cause), (on + rng.uniform(300, 2500), entity_id, "off", cause)]
    return rows


def test_what_a_person_does_after_a_door_is_found_with_its_direction() -> None:
    times = moments()

    mined = mine(events_of(door(times), answered(times[: len(times)])), home_of(DOOR, LAMP))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert pattern.trigger == StateTrigger(DOOR, "on", "off")
    assert pattern.target == LAMP
    assert pattern.evidence.jitter_seconds < 30


def test_a_delay_of_minutes_is_learned() -> None:
    times = moments()

    mined = mine(events_of(door(times), answered(times, delay=300)), home_of(DOOR, LAMP))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert pattern.actions[0].delay_seconds == pytest.approx(300, abs=60)


def test_a_chain_of_three_becomes_one_automation() -> None:
    times = moments(2)
    first = answered(times, delay=20)
    second = answered([when for when, _, state, _ in first if state == "on"], FAN, 60, seed=5)

    mined = mine(events_of(door(times), first, second), home_of(DOOR, LAMP, FAN))

    chains = [pattern for pattern in mined.patterns if len(pattern.actions) > 1]
    assert [[action.entity_id for action in pattern.actions] for pattern in chains] == [[LAMP, FAN]]


def test_only_what_happens_in_the_dark_gets_the_condition() -> None:
    times = moments(4)
    dark = [when for when in times if not 6.5 < when % 86_400 / 3600 < 17.5]

    mined = mine(events_of(door(times), answered(dark)), home_of(DOOR, LAMP, place=True))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert pattern.conditions == (DarkCondition(True),)


def test_a_mode_that_separates_becomes_the_condition() -> None:
    times = moments()
    guests = [(at(day, 0.5), at(day + 3, 0.5)) for day in (3, 10, 17, 24)]
    mode = [row for start, end in guests for row in ((start, MODE, "on", "person"), (end, MODE, "off", "person"))]
    done = [when for when in times if any(start <= when < end for start, end in guests)]

    mined = mine(events_of(door(times), mode, answered(done)), home_of(DOOR, LAMP, MODE))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.target == LAMP and pattern.actions[0].state == "on"]
    assert pattern.conditions == (StateCondition(MODE, "on"),)


def test_a_mode_that_explains_most_of_a_sequence_becomes_the_condition() -> None:
    times = moments()
    guests = [(at(day, 0.5), at(day + 4, 0.5)) for day in (2, 9, 16, 23)]
    mode = [row for start, end in guests for row in ((start, MODE, "on", "person"), (end, MODE, "off", "person"))]
    inside = [when for when in times if any(start <= when < end for start, end in guests)]
    outside = [when for when in times if when not in inside]

    done = [when for place, when in enumerate(inside) if place % 8]

    mined = mine(events_of(door(times), mode, answered(sorted(done + outside[::9]))), home_of(DOOR, LAMP, MODE))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.target == LAMP and pattern.actions[0].state == "on"]
    assert pattern.conditions == (StateCondition(MODE, "on"),)
    assert pattern.evidence.confidence > 0.75


def test_a_hand_that_now_and_then_takes_its_time_is_one_delay() -> None:
    times = moments()
    rng = np.random.default_rng(12)
    rows: list[Row] = []
    for when in times:
        on = when + 4 * rng.lognormal(0, 0.7)
        rows += [(on, LAMP, "on", "person"), (on + rng.uniform(300, 2500), LAMP, "off", "person")]

    mined = mine(events_of(door(times), rows), home_of(DOOR, LAMP))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert pattern.trigger == StateTrigger(DOOR, "on", "off")
    assert pattern.evidence.confidence > 0.9


def test_what_follows_now_soon_and_now_late_is_left_under_that_name() -> None:
    times = moments()
    rng = np.random.default_rng(13)
    rows: list[Row] = []
    for when in times:
        off = when + 60 * rng.lognormal(0, 1.0)
        rows += [(when - rng.uniform(60, 900), LAMP, "on", "person"), (off, LAMP, "off", "person")]

    mined = mine(events_of(door(times), rows), home_of(DOOR, LAMP))

    assert mined.patterns == ()
    assert "it follows after too many different delays" in {skipped.reason for skipped in mined.skipped}


def test_a_bound_that_the_number_rushes_through_is_found() -> None:
    rng = np.random.default_rng(8)
    showers = moments(1)
    rows: list[Row] = []
    done, level = [], 45.0
    for minute in range(0, 30 * 1440, 2):
        when = at(0, minute / 60)
        since = min((when - shower for shower in showers if shower <= when), default=1e9)
        before, level = level, level + ((80 if since < 900 else 45) - level) * (0.35 if since < 900 else 0.08)
        rows.append((when, "sensor.hu", f"{level + rng.normal(0, 0.3):.1f}", "device"))
        if before <= 68 < level:
            done.append(when)

    mined = mine(events_of(rows, answered(done, FAN, 40)), home_of("sensor.hu", FAN))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert isinstance(pattern.trigger, NumericTrigger)
    assert pattern.trigger.above == pytest.approx(68, abs=5)


def test_a_number_that_rises_above_its_bound_is_found_with_the_bound() -> None:
    rng = np.random.default_rng(8)
    showers = moments(1)
    rows: list[Row] = []
    done = []
    for minute in range(0, 30 * 1440, 3):
        when = at(0, minute / 60)
        since = min((when - shower for shower in showers if shower <= when), default=1e9)
        level = 45 + 30 * min(1, since / 900) * np.exp(-max(0, since - 900) / 1200) + rng.normal(0, 0.3)
        rows.append((when, "sensor.hu", f"{level:.1f}", "device"))
        if level > 60 and (not done or when - done[-1] > 3600):
            done.append(when)

    mined = mine(events_of(rows, answered(done, FAN, 60)), home_of("sensor.hu", FAN))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert pattern.kind is PatternKind.NUMERIC
    assert isinstance(pattern.trigger, NumericTrigger)
    assert pattern.trigger.above == pytest.approx(60, abs=4)


def test_the_last_one_who_leaves_is_a_trigger() -> None:
    rows: list[Row] = [(at(0, 0.1), "zone.home", "1", "device")]
    rows += daily(LAMP, 5, jitter_minutes=60)
    rng = np.random.default_rng(9)
    for day in range(30):
        out = at(day, rng.uniform(9, 14))
        rows += [(out, "zone.home", "0", "device"), (out + rng.uniform(3600, 9000), "zone.home", "1", "device")]
        rows += [(out - 5000, "switch.tv", "on", "person"), (out + rng.uniform(20, 60), "switch.tv", "off", "person")]

    mined = mine(events_of(rows), home_of(LAMP, "switch.tv"))

    (pattern,) = [pattern for pattern in mined.patterns if pattern.target == "switch.tv"]
    assert (pattern.kind, pattern.trigger) == (PatternKind.PRESENCE, NumericTrigger("zone.home", below=1))


def test_what_an_automation_or_a_device_did_is_no_habit() -> None:
    times = moments()
    for cause in ("automation", "device"):
        mined = mine(events_of(door(times), answered(times, cause=cause)), home_of(DOOR, LAMP))

        assert mined.patterns == ()
        assert any("automation or the device" in skipped.reason for skipped in mined.skipped)


def test_without_causes_a_constant_delay_is_a_machine() -> None:
    times = moments()
    rows = [row for when in times for row in ((when + 1.2, LAMP, "on", ""), (when + 121.2, LAMP, "off", ""))]

    mined = mine(events_of(door(times), rows), home_of(DOOR, LAMP))

    assert mined.patterns == ()
    assert any("like a machine" in skipped.reason for skipped in mined.skipped)


def test_two_independent_routines_near_each_other_are_two_clocks() -> None:
    mined = mine(
        events_of(daily(LAMP, 7, seed=1, jitter_minutes=9), daily(FAN, 7.1, seed=2, jitter_minutes=9)),
        home_of(LAMP, FAN),
    )

    assert {pattern.kind for pattern in mined.patterns if pattern.actions[0].state == "on"} == {PatternKind.TIME_OF_DAY}


def test_what_the_home_does_already_is_not_proposed() -> None:
    config = {
        "alias": "Morning",
        "trigger": {"platform": "time", "at": "07:05:00"},
        "action": {"service": "light.turn_on", "target": {"entity_id": LAMP}},
    }

    mined = mine(events_of(daily(LAMP, 7)), home_of(LAMP, automations=(config,)))

    assert not [pattern for pattern in mined.patterns if pattern.actions[0].state == "on"]
    assert any("already" in skipped.reason for skipped in mined.skipped)


def test_a_stove_is_never_acted_on() -> None:
    stove = "switch.kitchen_burner_a"

    mined = mine(events_of(daily(stove, 12), random_use(LAMP, 2)), home_of(stove, LAMP))

    assert mined.patterns == ()
    assert any("burn" in skipped.reason for skipped in mined.skipped)
