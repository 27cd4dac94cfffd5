"""What the home does already is found, however it is written."""

from __future__ import annotations

import pytest

from automations.config.comparable import parts_from_config
from automations.config.yaml import decode
from schemas.home import AutomationConfig
from schemas.problems import Severity
from tests.builders.checked_home import found

NEW = """
triggers: [{trigger: time, at: '22:30'}]
conditions: [{condition: state, entity_id: person.anna, state: home}]
actions: [{action: light.turn_off, target: {entity_id: light.hall}}]
"""


def config(text: str) -> AutomationConfig:
    decoded = decode(text).config
    assert decoded is not None
    return decoded


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (
            "alias: Old\ntrigger: {platform: time, at: '22:30:00', id: late}\n"
            "condition: {condition: state, entity_id: [person.anna], state: home}\n"
            "action: {service: light.turn_off, data: {entity_id: light.hall}}",
            Severity.BLOCK,
        ),
        (
            "triggers: [{trigger: time, at: ['22:30', '23:00']}]\n"
            "actions: [{action: light.turn_off, target: {entity_id: [light.hall, light.kitchen]}}]",
            Severity.ASK,
        ),
        (
            "triggers: [{trigger: time, at: '22:30'}]\nconditions: [{condition: sun, after: sunset}, "
            "{condition: state, entity_id: person.anna, state: home}]\n"
            "actions: [{action: light.turn_off, target: {entity_id: light.hall}}]",
            Severity.WARN,
        ),
        (NEW.replace("22:30", "22:31"), None),
        (NEW.replace("turn_off", "turn_on"), None),
        ("triggers: []\nactions: []", None),
    ],
)
def test_duplicates_and_shadows(other: str, severity: Severity | None) -> None:
    problems = found(NEW, "duplicates", others={"other": config(other)})

    assert [problem.severity for problem in problems] == ([severity] if severity else [])


def test_one_that_is_switched_off_for_good_is_no_duplicate() -> None:
    off = {**config(NEW), "initial_state": False}

    assert found(NEW, "duplicates", others={"other": off}) == []


def test_the_other_is_called_by_its_name() -> None:
    (problem,) = found(NEW, "duplicates", others={"other": {**config(NEW), "alias": "Good night"}})

    assert problem.message == "“Good night” does the same already."


def test_thousands_of_entities_times_thousands_of_states_are_not_multiplied_out() -> None:
    many = [f"light.a{number}" for number in range(2000)]

    pieces = parts_from_config(
        {"triggers": [{"trigger": "state", "entity_id": many, "to": many, "from": many}], "actions": []}
    )

    assert len(pieces.triggers) <= 500
