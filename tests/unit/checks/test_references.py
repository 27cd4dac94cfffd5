"""Names that the home does not have are seen before they fail at run time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automations.checks.suggest_name import suggest_name
from schemas.home import Floor, Home, Label
from schemas.problems import Severity
from tests.builders.checked_home import HOME, doing, found


def told(text: str, home: Home | None = HOME) -> list[tuple[str, str]]:
    return [(problem.path, f"{problem.message} {problem.fix}".strip()) for problem in found(text, "references", home)]


@pytest.mark.parametrize(
    ("action", "path", "message"),
    [
        (
            "{action: light.turn_on, target: {entity_id: light.kitchn}}",
            "actions[0].target.entity_id",
            "Entity `light.kitchn` is not in this home. Did you mean `light.kitchen`?",
        ),
        (
            "{service: light.turn_on, data: {entity_id: [light.hall, light.hal]}}",
            "actions[0].data.entity_id[1]",
            "Entity `light.hal` is not in this home. Did you mean `light.hall`?",
        ),
        (
            "{action: light.turn_on, target: {area_id: Keuken}}",
            "actions[0].target.area_id",
            "Area `Keuken` is not in this home. Did you mean `kitchen`?",
        ),
        (
            "{action: light.turn_on, target: {device_id: d9}}",
            "actions[0].target.device_id",
            "Device `d9` is not in this home. Use a name that this home has.",
        ),
        (
            "{action: lihgt.turn_on, target: {entity_id: light.hall}}",
            "actions[0].action",
            "There is no action `lihgt.turn_on` in this home. Did you mean `light.turn_on`?",
        ),
        (
            "{action: light.turn_on, target: {entity_id: switch.pump}}",
            "actions[0]",
            "`light.turn_on` does nothing to `switch.pump`, which is no light. Use `switch.turn_on`.",
        ),
        (
            "{action: light.turn_on, target: {entity_id: light.hall}, data: {brigthness: 5}}",
            "actions[0].data.brigthness",
            "`light.turn_on` has no field 'brigthness'. Did you mean 'brightness'?",
        ),
        (
            "{action: light.turn_on, target: {entity_id: light.hall}, data: {brightness: 9000}}",
            "actions[0].data.brightness",
            "'brightness' of `light.turn_on` is 9000, above the most (255).",
        ),
        (
            "{action: light.turn_on, target: {entity_id: light.hall}, data: {flash: medium}}",
            "actions[0].data.flash",
            "'flash' of `light.turn_on` is 'medium', not one of short, long.",
        ),
        (
            "{action: input_number.set_value}",
            "actions[0].data",
            "`input_number.set_value` needs the field 'value'. Add `value:`.",
        ),
        (
            "{repeat: {until: {condition: state, entity_id: light.no, state: 'on'}, sequence: []}}",
            "actions[0].repeat.until.entity_id",
            "Entity `light.no` is not in this home. Use a name that this home has.",
        ),
        (
            "{scene: scene.movie}",
            "actions[0].scene",
            "Entity `scene.movie` is not in this home. Use a name that this home has.",
        ),
    ],
)
def test_an_unknown_name_is_told_with_a_likely_one(action: str, path: str, message: str) -> None:
    assert told(doing(action)) == [(path, message)]


@pytest.mark.parametrize(
    "action",
    [
        "{action: light.turn_on, target: {entity_id: LIGHT.Hall}}",
        "{action: light.turn_on, target: {entity_id: all}}",
        "{action: light.turn_on, target: {area_id: kitchen, label_id: night, floor_id: ground}}",
        "{action: light.turn_on, target: {entity_id: '{{ x }}'}, data: {brightness: '{{ y }}'}}",
        "{action: script.good_night}",
        "{action: homeassistant.turn_on, target: {entity_id: [light.hall, switch.pump]}}",
        "{condition: zone, entity_id: person.anna, zone: zone.home}",
        "{action: notify.notify, data: {message: x, title: y}}",
        "{delay: '00:00:05'}",
    ],
)
def test_known_names_are_fine(action: str) -> None:
    assert told(doing(action)) == []


def test_an_entity_that_only_a_template_asks_for_is_a_note() -> None:
    (problem,) = found(doing("{condition: \"{{ is_state('light.gone', 'on') }}\"}"), "references")

    assert problem.severity is Severity.WARN
    assert "light.gone" in problem.message


def test_triggers_and_conditions_are_looked_at_too() -> None:
    text = """
    triggers:
      - {trigger: numeric_state, entity_id: sensor.lux, above: input_number.limit}
      - {trigger: time, at: input_datetime.alarm}
      - {trigger: light.turned_on, target: {entity_id: light.bed}}
    conditions: {or: [{condition: state, entity_id: light.sofa, state: 'on'}]}
    actions: []
    """

    assert [path for path, _ in told(text)] == [
        "triggers[0].entity_id",
        "triggers[0].above",
        "triggers[1].at",
        "triggers[2].target.entity_id",
        "conditions.or[0].entity_id",
    ]


def test_without_a_home_no_name_is_judged() -> None:
    assert told(doing("{action: a.b, target: {entity_id: a.c}}"), None) == []


def test_floors_and_labels_are_known_by_id_and_suggested_by_name() -> None:
    home = replace(
        HOME, floors=(Floor("attic", "Zolder"),), labels=(Label("night", "Nacht"), Label("of_a_device", "x"))
    )
    known = doing("{action: light.turn_on, target: {floor_id: attic, label_id: of_a_device}}")
    floor, label = found(
        doing("{action: light.turn_on, target: {floor_id: zolder, label_id: Nacht}}"), "references", home
    )

    assert told(known, home) == []
    assert (floor.fix, label.fix) == ("Did you mean `attic`?", "Did you mean `night`?")
    assert label.severity is Severity.BLOCK


def test_a_home_that_lists_no_services_or_entities_judges_none() -> None:
    bare = replace(HOME, services=(), entities=(), areas=(), devices=())

    assert told(doing("{action: a.b, target: {entity_id: a.c, area_id: x, device_id: y, label_id: z}}"), bare) == []


def test_a_condition_on_a_trigger_that_nobody_is_called() -> None:
    text = (
        "triggers: [{trigger: sun, event: sunset, id: dusk}]\n"
        "conditions: [{condition: trigger, id: [dusk, dawn]}]\nactions: []"
    )

    assert told(text) == [("conditions[0].id", "No trigger has the id 'dawn'. Give a trigger this id.")]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("light.ceiling_kitchen", "light.kitchen_ceiling"),
        ("light.kitchenceiling", "light.kitchen_ceiling"),
        ("Light.Kitchen_Ceilnig", "light.kitchen_ceiling"),
        ("light.pool_pump", ""),
        ("", ""),
    ],
)
def test_a_slip_of_letters_or_of_the_order_of_words_is_understood(wrong: str, meant: str) -> None:
    assert suggest_name(wrong, ["light.kitchen", "light.kitchen_ceiling", "light.hall"]) == meant
