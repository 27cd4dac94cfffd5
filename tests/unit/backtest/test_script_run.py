"""Which firings start a run while others are still busy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.backtest.build import OFF, ON, fired, played

MOTION = {"trigger": "state", "entity_id": "binary_sensor.motion", "to": "on"}
FIVE_MINUTES = {"delay": "00:05:00"}


def motion(*minutes: int) -> list[tuple[str, str, str]]:
    """Motion that is seen for half a minute, so many minutes after one o'clock."""
    rows = [("10 00:00", "binary_sensor.motion", "off"), ("10 00:00", "light.hall", "off")]
    for minute in minutes:
        rows.append((f"10 01:{minute:02}:00", "binary_sensor.motion", "on"))
        rows.append((f"10 01:{minute:02}:30", "binary_sensor.motion", "off"))
    return rows


def started(*minutes: int, actions: Any, **more: Any) -> list[int]:
    """The minutes that started a run."""
    result = played(MOTION, *motion(*minutes), **{"actions": actions, **more})
    return [int(text[6:8]) for text in fired(result)]


def test_single_drops_a_firing_while_a_delay_runs() -> None:
    assert started(0, 3, 5, 6, actions=[ON, FIVE_MINUTES, OFF]) == [0, 6]


def test_single_drops_nothing_where_the_actions_take_no_time() -> None:
    assert started(0, 1, 2, actions=[ON, OFF]) == [0, 1, 2]


def test_a_disabled_delay_takes_no_time() -> None:
    assert started(0, 1, actions=[ON, {**FIVE_MINUTES, "enabled": False}]) == [0, 1]


def test_restart_takes_every_firing() -> None:
    assert started(0, 1, 2, actions=[ON, FIVE_MINUTES], mode="restart") == [0, 1, 2]


def test_queued_and_parallel_take_max_at_once() -> None:
    minutes = (0, 1, 2, 6, 20)

    assert started(*minutes, actions=[ON, FIVE_MINUTES], mode="parallel", max=2) == [0, 1, 6, 20]
    assert started(*minutes, actions=[ON, FIVE_MINUTES], mode="queued", max=2) == [0, 1, 6, 20]


def test_a_wait_ends_with_its_trigger_or_its_timeout() -> None:
    wait = {"wait_for_trigger": [{**MOTION, "to": "off", "for": 60}], "timeout": "00:03:00"}

    assert started(0, 2, 3, 8, actions=[wait]) == [0, 2, 8]


def test_a_timeout_can_end_the_run() -> None:
    wait = {"wait_for_trigger": [{"trigger": "time", "at": "23:00"}], "timeout": 60, "continue_on_timeout": False}

    assert started(0, 2, 4, actions=[wait, {"delay": "01:00:00"}]) == [0, 2, 4]


def test_a_wait_for_a_template_that_is_true_takes_no_time() -> None:
    assert started(0, 1, actions=[{"wait_template": "{{ is_state('light.hall', 'off') }}"}]) == [0, 1]


def test_only_the_chosen_branch_takes_time() -> None:
    before_two = {"condition": "time", "before": "02:02:00"}  # 01:02 UTC
    choose = {"choose": [{"conditions": [before_two], "sequence": [FIVE_MINUTES]}], "default": [ON]}

    assert started(0, 1, 6, 7, 8, actions=[choose]) == [0, 6, 7, 8]
    assert started(0, 1, 6, 7, 8, actions=[{"if": before_two, "then": FIVE_MINUTES, "else": ON}]) == [0, 6, 7, 8]


def test_a_condition_among_the_actions_ends_its_own_sequence_only() -> None:
    never = {"condition": "state", "entity_id": "light.hall", "state": "on"}

    assert started(0, 1, actions=[never, FIVE_MINUTES]) == [0, 1]
    assert started(0, 1, 6, actions=[{"sequence": [never, ON]}, FIVE_MINUTES]) == [0, 6]


def test_stop_ends_the_whole_run() -> None:
    assert started(0, 1, actions=[{"sequence": [{"stop": "done"}]}, FIVE_MINUTES]) == [0, 1]


def test_parallel_steps_last_as_long_as_the_longest() -> None:
    steps = {"parallel": [{"delay": 60}, {"sequence": [FIVE_MINUTES]}, ON]}

    assert started(0, 2, 4, 6, actions=[steps]) == [0, 6]


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ({"count": 3, "sequence": [{"delay": 60}]}, [0, 4]),
        ({"for_each": ["a", "b"], "sequence": [{"delay": 60}]}, [0, 3]),
        ({"while": [{"condition": "time", "before": "02:03:30"}], "sequence": [{"delay": 60}]}, [0, 5]),
        ({"until": [{"condition": "time", "after": "02:02:30"}], "sequence": [{"delay": 60}]}, [0, 4]),
    ],
)
def test_loops_last_as_long_as_their_rounds(loop: dict[str, Any], expected: list[int]) -> None:
    assert started(0, *range(1, expected[1] + 1), actions=[{"repeat": loop}]) == expected


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ({"delay": "{{ state_attr('a.b', 'c') }}"}, "state_attr"),
        ({"action": "script.long"}, "script.long"),
        ({"repeat": {"while": [], "sequence": [ON]}}, "more than"),
        ({"repeat": {"count": "{{ 3 }}", "sequence": [ON]}}, "how often"),
    ],
)
def test_a_run_of_unknown_length_is_not_computable(step: dict[str, Any], word: str) -> None:
    result = played(MOTION, *motion(0, 1), actions=[step])

    assert not result.computable
    assert word in result.reason


def test_an_unknown_length_does_not_matter_where_every_firing_restarts() -> None:
    assert started(0, 1, actions=[{"action": "script.long"}], mode="restart") == [0, 1]
