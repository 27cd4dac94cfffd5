"""What a person reads when an automation has the wrong shape."""

from __future__ import annotations

import pytest

from automations.checks import CheckContext, check_text
from schemas.automation.purpose_specific import purpose_conditions, purpose_triggers
from schemas.automation.retired_kinds import RETIRED_CONDITIONS, RETIRED_TRIGGERS
from schemas.home import Home
from schemas.problems import Severity


def told(text: str, version: str | None = None) -> list[tuple[str, str]]:
    problems = check_text(text, CheckContext(home=Home("UTC", version=version)))
    return [(problem.path, f"{problem.message} {problem.fix}".strip()) for problem in problems]


def test_all_problems_are_told_at_once_each_on_its_rung() -> None:
    text = """
    trigger:
      - {platform: state, entity_ids: light.a, to: on}
    condition: [{condition: stat}]
    action:
      - service: turn_on
      - choose:
          - conditions: []
            sequence: [{delay: soon}]
    mod: single
    """

    problems = check_text(text)

    assert [(problem.stage, problem.path) for problem in problems] == [
        ("triggers", "triggers[0].entity_id"),
        ("triggers", "triggers[0].to"),
        ("triggers", "triggers[0].entity_ids"),
        ("conditions", "conditions[0]"),
        ("actions", "actions[0].action"),
        ("actions", "actions[1].choose[0].sequence[0].delay"),
        ("schema", "mod"),
    ]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("triggers: []\nactions: []\nmod: x", "mod", "'mod' is not a key that may stand here. Did you mean 'mode'?"),
        ("triggers: []", "actions", "The key 'actions' is missing. Add `actions:`."),
        (
            "triggers: [{trigger: stat, entity_id: a.b}]\nactions: []",
            "triggers[0]",
            "Home Assistant has no trigger 'stat'. Did you mean 'state'?",
        ),
        (
            "triggers: [{trigger: state, entity_id: a.b, to: on}]\nactions: []",
            "triggers[0].to",
            "A state must be a text; write 'on' in quotes.",
        ),
        (
            "triggers: []\nactions: [{service: a.b, action: a.b}]",
            "actions[0].service",
            "'service' is the old word for 'action'; both cannot stand here. Keep 'action'.",
        ),
    ],
)
def test_a_message_names_the_thing_and_the_way_out(text: str, path: str, message: str) -> None:
    assert told(text) == [(path, message)]


def test_a_long_wrong_value_is_not_repeated_in_full() -> None:
    ((_, message),) = told(f"triggers: []\nactions: [{{action: {'x' * 5000}}}]")

    assert len(message) < 300


def test_hundreds_of_problems_are_counted_not_told() -> None:
    text = "actions: []\ntriggers:\n" + "- {trigger: bogus}\n" * 300

    problems = check_text(text)

    assert len(problems) == 51
    assert problems[-1].message == "250 more problems."


@pytest.mark.parametrize("version", ["2026.11.0", "2025.4.4", "2024.10.1", "2027.3.0", None, "odd"])
def test_an_ordinary_automation_is_fine_in_every_release(version: str | None) -> None:
    text = "triggers: [{trigger: sun, event: sunset}]\nactions: [{action: light.turn_on, target: {area_id: a}}]"

    assert not [words for _, words in told(text, version) if "area" not in words.lower()]


NEW_KIND = "triggers: [{trigger: light.turned_on, target: {entity_id: light.a}}]\nactions: []"


@pytest.mark.parametrize(
    ("version", "fine"), [("2026.11.0", True), ("2025.4.4", False), ("2025.12.0", True), (None, True)]
)
def test_new_kinds_depend_on_the_homes_release(version: str | None, fine: bool) -> None:
    assert (told(NEW_KIND, version) == []) is fine


def test_what_a_newer_home_may_know_is_not_refused_on_our_own_authority() -> None:
    text = "triggers: [{trigger: light.blinked, target: {entity_id: light.a}}]\nactions: [{stop: x, gently: true}]"

    newer = check_text(text, CheckContext(home=Home("UTC", version="2027.2.0")))
    known = check_text(text, CheckContext(home=Home("UTC", version="2026.11.0")))

    assert [problem.severity for problem in newer] == [Severity.WARN]
    assert [problem.severity for problem in known] == [Severity.BLOCK, Severity.BLOCK]


def test_an_automation_made_from_a_blueprint_is_recognised() -> None:
    assert told("use_blueprint: {path: homeassistant/motion_light.yaml, input: {light: light.a}}\nalias: x") == []
    assert told("use_blueprint: {path: motion_light}") == [
        ("use_blueprint.path", "The path of a blueprint ends in .yaml.")
    ]


@pytest.mark.parametrize(
    "code", ["9**9**9**9", "'x' | center(99999999999)", "'x' * 99999999999", "range(10**12) | list"]
)
def test_checking_a_template_never_works_it_out(code: str) -> None:
    assert told(f'triggers: []\nactions: [{{wait_template: "{{{{ {code} }}}}"}}]') == []


def test_too_much_template_code_is_refused_before_it_is_compiled() -> None:
    text = "triggers: []\nactions: [{wait_template: '" + "{{ a }}" * 3000 + "'}]"

    assert "template code" in told(text)[0][1]


def with_kinds(trigger: str, condition: str) -> str:
    return f"""
    triggers: [{{trigger: {trigger}, target: {{entity_id: sensor.a}}}}]
    conditions: [{{condition: {condition}, target: {{entity_id: climate.a}}}}]
    actions: []
    """


@pytest.mark.parametrize("version", ["2026.4.2", "2026.6.0", None])
def test_kinds_of_a_release_in_between_are_accepted_for_a_home_that_has_them(version: str | None) -> None:
    assert told(with_kinds("battery.not_low", "climate.target_temperature"), version) == []


@pytest.mark.parametrize(
    ("kind", "today"),
    [
        ("battery.not_low", "battery.no_longer_low"),
        ("vacuum.docked", "vacuum.returned_to_dock"),
        ("schedule.turned_on", "schedule.block_started"),
        ("timer.time_remaining", "timer.remaining_time_reached"),
        ("person.entered_home", "zone.entered"),
    ],
)
@pytest.mark.parametrize("version", ["2026.7.0", "2026.11.0", "2027.2.0"])
def test_kinds_that_were_renamed_are_hinted_at_for_a_newer_home(kind: str, today: str, version: str) -> None:
    (trigger, condition) = told(with_kinds(kind, "climate.target_temperature"), version)

    assert trigger[0] == "triggers[0]"
    assert f"is the last that has the trigger '{kind}'. Use '{today}'." in trigger[1]
    assert condition[1].endswith("Use 'climate.is_target_temperature'.")


def test_what_replaces_a_retired_kind_is_a_kind_of_today() -> None:
    assert {retired.today for retired in RETIRED_TRIGGERS.values()} - purpose_triggers().keys() == set()
    assert {retired.today for retired in RETIRED_CONDITIONS.values()} - purpose_conditions().keys() == set()
    assert RETIRED_TRIGGERS.keys() & purpose_triggers().keys() == set()
