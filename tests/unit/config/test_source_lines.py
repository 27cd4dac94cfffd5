"""A problem is shown at its line."""

from __future__ import annotations

import pytest

from automations.config.source_lines import line_finder
from automations.config.yaml import decode
from schemas.problems import Problem

MODERN = """\
alias: Lamp
triggers:
- trigger: time
  at: '06:42:00'
actions:
- delay: 5
- action: light.turn_on
  target:
    entity_id: light.lamp
mode: sometimes
"""
OLD = """\
trigger:
  platform: time
  at: '06:42:00'
action:
  service: light.turn_on
"""


def at(text: str, path: str) -> int | None:
    return line_finder(text)(Problem("check", "schema", path, "It is wrong."))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("actions[1].target.entity_id", 9),
        ("actions[1]", 7),
        ("triggers[0].at", 4),
        ("mode", 10),
        ("actions[1].data.brightness", 7),
        ("actions[7]", 5),
        ("conditions[0]", None),
        ("", None),
    ],
)
def test_a_path_leads_to_its_line_or_to_the_nearest_above(path: str, line: int | None) -> None:
    assert at(MODERN, path) == line


def test_the_names_from_before_and_a_single_one_without_a_list_are_found_too() -> None:
    assert [at(OLD, path) for path in ("triggers[0].at", "actions[0].action", "actions[0]")] == [3, 5, 5]


def test_what_is_no_yaml_says_its_line_itself() -> None:
    text = "alias: Lamp\nmode: {\n"

    (problem,) = decode(text).problems

    assert line_finder(text)(problem) in (2, 3)
    assert line_finder("a: !!python/object:os.system x")(Problem("check", "schema", "a", "It is wrong.")) is None
