"""What Home Assistant's answers mean."""

from __future__ import annotations

import pytest

from automations.home_assistant.responses import duplicate_ids_from_log

START = "Platform automation does not generate unique IDs. "


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (f"{START}ID twice already exists - ignoring automation.hall", {"twice"}),
        (f"{START}ID 17 ü is already used by automation.hall - ignoring automation.hall_2", {"17 ü"}),
        ("Platform hue does not generate unique IDs. ID twice already exists - ignoring light.hall", set()),
        ("Something else", set()),
    ],
)
def test_an_id_that_stands_twice_is_read_off_the_homes_log(words: str, ids: set[str]) -> None:
    assert duplicate_ids_from_log([{"name": "homeassistant.components.automation", "message": [words]}]) == ids


@pytest.mark.parametrize("log", [None, {}, [None], [{}], [{"message": None}]])
def test_a_log_of_another_shape_tells_nothing(log: object) -> None:
    assert duplicate_ids_from_log(log) == frozenset()
