"""A small home for the tests of the checks."""

from __future__ import annotations

from automations.checks import CheckContext, Policy, check_text, default_policy
from schemas.events import Events
from schemas.home import Area, AutomationConfig, Entity, Home, Service
from schemas.problems import Problem

LIGHT_FIELDS = {
    "brightness": {"selector": {"number": {"min": 0, "max": 255}}},
    "advanced_fields": {"fields": {"flash": {"selector": {"select": {"options": ["short", "long"]}}}}},
}

HOME = Home(
    "Europe/Amsterdam",
    areas=(Area("kitchen", "Keuken", floor_id="ground"),),
    devices=("d1", "d2"),
    version="2026.11.0",
    entities=(
        Entity("light.kitchen", "Ceiling", area_id="kitchen", labels=("night",)),
        Entity("light.hall"),
        Entity("switch.plug_3", "Backofen", area_id="kitchen"),
        Entity("switch.bathroom_heater"),
        Entity("switch.pump"),
        Entity("lock.front_door"),
        Entity("alarm_control_panel.home"),
        Entity("cover.garage", device_class="garage", device_id="d1"),
        Entity("cover.blind", device_class="blind"),
        Entity("binary_sensor.motion", device_class="motion"),
        Entity("climate.living"),
        Entity("valve.garden"),
        Entity("siren.attic"),
        Entity("person.anna"),
        Entity("script.good_night"),
    ),
    services=(
        Service("light", "turn_on", LIGHT_FIELDS),
        Service("light", "turn_off"),
        Service("light", "toggle"),
        Service("switch", "turn_on"),
        Service("switch", "turn_off"),
        Service("homeassistant", "turn_on"),
        Service("homeassistant", "restart"),
        Service("notify", "notify", {"message": {"required": True}}),
        Service("input_number", "set_value", {"value": {"required": True}}),
    ),
)


def found(
    text: str,
    rung: str,
    home: Home | None = HOME,
    others: dict[str, AutomationConfig] | None = None,
    policy: Policy | None = None,
    events: Events | None = None,
    before: AutomationConfig | None = None,
) -> list[Problem]:
    """The problems of one rung."""
    context = CheckContext(home, others or {}, policy or default_policy(), events, before)
    return [problem for problem in check_text(text, context) if problem.stage == rung]


def doing(*actions: str) -> str:
    """An automation with these actions, each in YAML flow style."""
    return "triggers:\n- {trigger: state, entity_id: person.anna, to: home}\nactions:\n" + "".join(
        f"- {a}\n" for a in actions
    )
