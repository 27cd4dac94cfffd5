"""Each safety rule, on every nesting level and in both spellings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automations.checks import default_policy, read_policy
from automations.checks.safety import RULES
from schemas.errors import InputError
from schemas.events import Events
from tests.builders.checked_home import HOME, doing, found

RISKY = {
    "lock": "{action: lock.unlock, target: {entity_id: lock.front_door}}",
    "alarm": "{action: alarm_control_panel.alarm_disarm, target: {entity_id: alarm_control_panel.home}}",
    "garage_door": "{action: cover.open_cover, target: {entity_id: cover.garage}}",
    "cover_without_sensor": "{action: cover.close_cover, target: {entity_id: cover.garage}}",
    "stove": "{action: switch.turn_on, target: {entity_id: switch.plug_3}}",
    "heater": "{action: switch.turn_on, target: {entity_id: switch.bathroom_heater}}",
    "climate_limits": "{action: climate.set_temperature, target: {entity_id: climate.living}, data: {temperature: 31}}",
    "valve": "{action: valve.open_valve, target: {entity_id: valve.garden}}",
    "siren": "{action: siren.turn_on, target: {entity_id: siren.attic}}",
    "dangerous_service": "{action: homeassistant.restart}",
    "everything": "{action: light.turn_off, target: {entity_id: all}}",
    "endless_repeat": "{repeat: {while: '{{ true }}', sequence: [{delay: 1}]}}",
    "hidden_target": "{action: light.turn_on, target: {entity_id: '{{ lamp }}'}}",
}


def rules(text: str) -> set[str]:
    return {problem.check for problem in found(text, "safety")}


def test_every_rule_has_an_answer_in_the_policy_and_a_sentence() -> None:
    assert RULES
    assert set(RULES) == set(type(default_policy().rules).model_fields)
    assert [name for name, rule in RULES.items() if not rule.__doc__] == []


def test_a_rule_weighs_from_the_start_what_it_weighs_where_the_policy_does_not_name_it() -> None:
    assert default_policy().rules == read_policy("").rules


@pytest.mark.parametrize("rule", RISKY)
@pytest.mark.parametrize(
    "nest",
    [
        "{}",
        "{{choose: [{{conditions: [], sequence: [{}]}}]}}",
        "{{choose: [], default: [{}]}}",
        "{{if: [], then: [], else: [{}]}}",
        "{{repeat: {{count: 2, sequence: [{{parallel: [[{}]]}}]}}}}",
        "{{sequence: {}}}",
    ],
)
def test_a_rule_sees_every_nesting_level(rule: str, nest: str) -> None:
    assert rule in rules(doing(nest.format(RISKY[rule])))


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("lock", "{service: lock.unlock, entity_id: lock.front_door}"),
        ("lock", "{service: lock.open, data: {entity_id: lock.front_door}}"),
        ("lock", "{service_template: lock.unlock, data_template: {entity_id: lock.front_door}}"),
        ("lock", "{device_id: d2, domain: lock, type: unlock, entity_id: lock.front_door}"),
        ("lock", "{action: scene.apply, data: {entities: {lock.front_door: unlocked}}}"),
        ("alarm", "{action: lock.lock, target: {entity_id: lock.front_door}, data: {code: 1234}}"),
        ("garage_door", "{action: homeassistant.turn_on, target: {entity_id: cover.garage}}"),
        ("garage_door", "{action: cover.set_cover_position, target: {entity_id: cover.garage}, data: {position: 50}}"),
        ("stove", "{action: switch.toggle, target: {area_id: kitchen}}"),
        ("stove", "{action: homeassistant.turn_on, target: {entity_id: switch.plug_3}}"),
        ("climate_limits", "{action: climate.set_temperature, data: {temperature: '{{ 40 }}'}}"),
        ("climate_limits", "{action: climate.set_temperature, data: {target_temp_low: '3'}}"),
        ("dangerous_service", "{action: shell_command.reboot}"),
        ("dangerous_service", "{action: HASSIO.host_shutdown}"),
        ("dangerous_service", "{service: python_script.x}"),
        ("dangerous_service", "{service: rest_command.post}"),
        ("everything", "{service: homeassistant.turn_off, entity_id: all}"),
        ("everything", "{service: light.turn_off, data: {entity_id: ALL}}"),
        ("hidden_target", "{action: 'light.turn_{{ x }}'}"),
        ("hidden_target", "{action: light.turn_on, data: {entity_id: [light.hall, '{{ x }}']}}"),
        ("hidden_target", "{action: light.turn_on, target: '{{ x }}'}"),
        ("endless_repeat", "{repeat: {count: 5000, sequence: []}}"),
        ("endless_repeat", "{repeat: {count: '{{ x }}', sequence: []}}"),
        ("endless_repeat", "{repeat: {while: , sequence: [{delay: 1}]}}"),
        ("endless_repeat", "{repeat: {until: [{condition: template, value_template: '{{ false }}'}], sequence: []}}"),
    ],
)
def test_a_rule_sees_every_way_to_write_it(rule: str, action: str) -> None:
    assert rule in rules(doing(action))


@pytest.mark.parametrize(
    "action",
    [
        "{action: lock.lock, target: {entity_id: lock.front_door}}",
        "{action: alarm_control_panel.alarm_arm_away, target: {entity_id: alarm_control_panel.home}}",
        "{action: cover.open_cover, target: {entity_id: cover.blind}}",
        "{action: switch.turn_off, target: {entity_id: [switch.plug_3, switch.bathroom_heater]}}",
        "{action: climate.set_temperature, target: {entity_id: climate.living}, data: {temperature: 20.5}}",
        "{action: valve.close_valve, target: {entity_id: valve.garden}}",
        "{action: light.turn_on, target: {area_id: kitchen}}",
        "{repeat: {count: 3, sequence: []}}",
        "{repeat: {until: , sequence: [{delay: 1}]}}",
        "{repeat: {until: \"{{ is_state('light.hall', 'on') }}\", sequence: [{delay: 5}]}}",
        "{action: notify.notify, data: {message: '{{ states.light.hall.name }} is an oven'}}",
    ],
)
def test_what_is_harmless_is_not_flagged(action: str) -> None:
    assert rules(doing(action)) == set()


@pytest.mark.parametrize(
    ("trigger", "flagged"),
    [
        ("{trigger: time_pattern, seconds: /5}", True),
        ("{platform: time_pattern, seconds: '*'}", True),
        ("{trigger: time_pattern, minutes: /1}", False),
        ("{trigger: time_pattern, minutes: '*', seconds: 30}", False),
        ("{trigger: event, event_type: state_changed}", True),
        ("{trigger: event, event_type: zha_event}", False),
        ("{trigger: state, entity_id: binary_sensor.motion}", False),
    ],
)
def test_triggers_more_often_than_once_a_minute(trigger: str, flagged: bool) -> None:
    assert ("too_often" in rules(f"triggers: [{trigger}]\nactions: []")) is flagged


def test_the_history_shows_which_entity_chatters() -> None:
    times = np.arange(0, 3_600_000_000, 10_000_000, dtype=np.int64)
    zeros = np.zeros(len(times))
    events = Events(
        times, zeros.astype(np.int32), zeros.astype(np.int32), zeros.astype(np.int8), ("binary_sensor.motion",), ("on",)
    )
    text = "triggers: [{trigger: state, entity_id: binary_sensor.motion}]\nactions: []"

    (problem,) = found(text, "safety", events=events)

    assert problem.check == "too_often"
    assert "every 10 seconds" in problem.message


def test_the_policy_decides_how_heavy_a_rule_weighs() -> None:
    action = doing(RISKY["lock"])
    answers = {
        answer: [p.severity.value for p in found(action, "safety", policy=read_policy(f"rules: {{lock: {answer}}}"))]
        for answer in ("block", "ask", "warn", "'off'")
    }

    assert answers == {"block": ["block"], "ask": ["ask"], "warn": ["warn"], "'off'": []}


def test_the_owner_may_name_entities_that_are_and_are_not_heaters() -> None:
    policy = read_policy(
        "heater_like: [heater]\nnever_heaters: [switch.bathroom_heater]\nalways_heaters: [switch.pump]"
    )
    on = "{{action: switch.turn_on, target: {{entity_id: {}}}}}"

    assert found(doing(on.format("switch.bathroom_heater")), "safety", policy=policy) == []
    assert [p.check for p in found(doing(on.format("switch.pump")), "safety", policy=policy)] == ["heater"]


def test_names_are_compared_as_words_without_case_and_accents() -> None:
    renamed = {"switch.plug_3": "Cuisinière 2", "switch.pump": "Solar heating", "switch.bathroom_heater": "Theatre"}
    home = replace(HOME, entities=tuple(replace(e, name=renamed.get(e.entity_id, e.name)) for e in HOME.entities))
    on = doing("{action: switch.turn_on, target: {entity_id: [switch.plug_3, switch.pump]}}")

    assert [p.check for p in found(on, "safety", home=home)] == ["stove", "heater"]


@pytest.mark.parametrize("text", ["rules: {lokc: ask}", "rules: {lock: maybe}", "- a", "a: [", "heater_like: 5"])
def test_a_policy_that_cannot_be_used_is_said_to_be_so(text: str) -> None:
    with pytest.raises(InputError, match=r"policy\.yaml"):
        read_policy(text)
