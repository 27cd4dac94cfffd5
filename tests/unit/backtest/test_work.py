"""What a stranger writes into an automation costs a bounded amount of work, the same on every machine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.backtest.build import ON, fired, played

TOO_MUCH = "Not computable, because it is too much work."
TOO_DEEP = "Not computable, because its template is nested too deeply."
EVERY_SECOND = {"trigger": "time_pattern", "seconds": "/1"}
EVERY_MINUTE = {"trigger": "time_pattern", "minutes": "/1"}
LIGHT_ON = {"trigger": "state", "entity_id": "light.lamp", "to": "on"}
ROWS = (("10 06:00", "light.lamp", "off"), ("10 07:00", "light.lamp", "on"))
A_MONTH: Any = {"start": "02-10 00:00", "end": "03-11 00:00"}


def asked(template: str, **more: Any) -> str:
    """Why an automation with this condition is not computable; "" where it is."""
    return played(more.pop("triggers", LIGHT_ON), *ROWS, conditions=[template], **more).reason


@pytest.mark.parametrize(
    "template",
    [
        "{% set a = 99999999 %}" + "{% set a = a * a %}" * 26 + "{{ a > 1 }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 34 + "{{ a > 1 }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 34 + "{{ a > 1 }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a | replace('a', 'aa') %}" * 34 + "{{ a > 1 }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a.replace('a', 'aa') %}" * 34 + "{{ a > 1 }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = [a, a] | join(a) %}" * 34 + "{{ a > 1 }}",
        "{% set a = [1] %}" + "{% set a = [a, a] %}" * 34 + "{{ a == a }}",
        "{% set a = '\\\\' %}" + "{% set a = [a] | string %}" * 34 + "{{ a > 1 }}",
        "{% set a = 'aa' %}" + "{% if 1 > 2 %}{% set a = 1 %}{% else %}{% set a = a ~ a %}{% endif %}" * 34 + "{{ a }}",
        "{% set a, b = 'aaaaaaaa', 'bbbbbbbb' %}" + "{% set a, b = a ~ b, b ~ a %}" * 34 + "{{ a > 1 }}",
    ],
)
def test_a_template_that_doubles_what_it_holds_is_not_rendered(template: str) -> None:
    assert asked(template) == TOO_MUCH


@pytest.mark.parametrize("template", ["{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "{{ " + "not " * 2000 + "1 }}"])
def test_three_thousand_brackets_are_a_sentence(template: str) -> None:
    assert asked(template) == TOO_DEEP


def test_more_brackets_than_python_compiles_are_a_sentence() -> None:
    assert asked("{% set a = 1 %}{{ " + " + ".join(["a"] * 250) + " > 3 }}") == TOO_DEEP


def test_what_fires_every_second_of_a_month_is_too_much_and_every_minute_is_not() -> None:
    assert played(EVERY_SECOND, *ROWS, **A_MONTH).reason == TOO_MUCH
    assert asked("{{ now().timestamp() > 7 }}", triggers=EVERY_SECOND, **A_MONTH) == TOO_MUCH
    assert len(fired(played(EVERY_MINUTE, *ROWS, **A_MONTH))) == 29 * 24 * 60


def test_an_ordinary_template_of_every_minute_is_computed() -> None:
    template = (
        "{% set lamp = states('light.lamp') | lower | replace('_', ' ') %}"
        "{{ lamp in ['on', 'opening'] and (now().hour * 60 + now().minute) % 7 == 0 or is_state('light.hall', 'on') }}"
    )

    assert asked(template, triggers=EVERY_MINUTE, **A_MONTH) == ""


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + " + ".join(f"states('sensor.power_of_a_long_name_{n}') | float(0)" for n in range(150)) + " > 5 }}",
        "{{ " + " and ".join(f"is_state('sensor.power_of_a_long_name_{n}', 'on')" for n in range(150)) + " }}",
    ],
)
def test_a_template_of_a_hundred_and_fifty_sensors_is_computed(template: str) -> None:
    assert asked(template) == ""


@pytest.mark.slow
def test_loops_in_loops_are_bounded() -> None:
    steps: Any = [{"delay": 1}]
    for _ in range(4):
        steps = [{"repeat": {"count": 900, "sequence": steps}}]

    assert played(LIGHT_ON, *ROWS, actions=[ON, *steps]).reason == TOO_MUCH


def test_a_long_list_of_conditions_at_many_firings_is_bounded() -> None:
    conditions = [{"condition": "state", "entity_id": "light.lamp", "state": "on"}] * 1000

    assert played(EVERY_MINUTE, *ROWS, conditions=conditions, **A_MONTH).reason == TOO_MUCH


def test_a_config_nested_without_end_is_a_sentence() -> None:
    condition: Any = {"condition": "state", "entity_id": "light.lamp", "state": "on"}
    for _ in range(2000):
        condition = {"condition": "and", "conditions": [condition]}

    assert played(LIGHT_ON, *ROWS, conditions=[condition]).reason == "Not computable, because it is nested too deeply."
