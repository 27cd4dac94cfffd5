"""The ways to write a value: entities, times, durations, templates. Seeded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

Config = dict[str, Any]

ENTITIES: Final = {
    "light": [
        "light.kitchen",
        "light.hal",
        "light.wohnzimmer_decke",
        "light.0x00158d0001",
        "Light.Bedroom",
        "light.a_b_c_2",
    ],
    "switch": ["switch.coffee_maker", "switch.pump_1", "switch.plug_3_l1"],
    "sensor": ["sensor.temperature", "sensor.lux_hall", "sensor.power_w", "sensor.next_alarm"],
    "binary_sensor": ["binary_sensor.motion", "binary_sensor.front_door", "binary_sensor.someone_home"],
    "person": ["person.anna", "person.ola_nowak"],
    "input_boolean": ["input_boolean.guest_mode", "input_boolean.vacation"],
    "input_datetime": ["input_datetime.wake_up"],
    "input_number": ["input_number.threshold"],
    "media_player": ["media_player.tv", "media_player.sonos_kitchen"],
    "climate": ["climate.living", "climate.trv_1"],
    "cover": ["cover.blind_left", "cover.garage"],
    "device_tracker": ["device_tracker.phone"],
}
ALL: Final = [entity for entities in ENTITIES.values() for entity in entities]
TEMPLATES: Final = [
    "{{ is_state('light.kitchen', 'on') }}",
    "{{ states('sensor.temperature') | float(0) > 21.5 }}",
    "{{ trigger.to_state.state in ['on', 'home'] and trigger.from_state.state not in ['unknown'] }}",
    "{% if now().hour < 7 %}off{% elif is_state_attr('sun.sun', 'x', 1) %}on{% else %}auto{% endif %}",
    "{{ expand('group.all') | selectattr('state', 'eq', 'on') | map(attribute='entity_id') | list | count > 0 }}",
    "{{ (as_timestamp(now()) - as_timestamp(states.light.kitchen.last_changed)) | int > 300 }}",
    "{% set x = state_attr('climate.living', 'temperature') %}{{ x | default(20) | round(1) }}",
    "{{ iif(is_number(states('sensor.power_w')), 'a', 'b') }}",
    "{% for s in states.light if s is not none %}{{ s.name }}{{ ', ' if not loop.last }}{% endfor %}",
    "{{ trigger.event.data.command == 'on' }}",
    "{{ now().strftime('%H:%M') == '07:30' }}",
    "{{ value_json.action | regex_replace('x', 'y') | lower }}",
    "{{ area_entities('kitchen') | reject('is_state', 'on') | list }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1) }}",
    "{{ today_at('07:00') < now() < today_at(states('input_datetime.wake_up')) }}",
    "{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% break %}{% endfor %}{{ ns.n }}",
    "{# a comment #}{{ 'on' if a else 'off' }}",
    "{{ states.sensor.temperature.state|float <= states('input_number.threshold')|float }}",
    "{{ {'a': 1}[trigger.id] | default('x', true) }}",
    "{%- raw %}{{ x }}{% endraw -%}{{ 1 }}",
    "{{ label_entities('night') | shuffle | first }}",
    "{{ 5 | bitwise_and(3) }} {{ 'x' | base64_encode | slugify }} {{ [1,2] | median }}",
]


class Values:
    """One seeded source. `new` says whether kinds and keys of 2026 may come."""

    def __init__(self, random: Random, *, new: bool = True) -> None:
        self.random, self.new = random, new

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def made(self, *makers: Callable[[], Any]) -> Any:
        return self.random.choice(makers)()

    def entity(self, *domains: str) -> str:
        return str(self.pick(*[entity for domain in domains for entity in ENTITIES[domain]] or ALL))

    def entities(self, *domains: str) -> Any:
        return self.made(
            lambda: self.entity(*domains),
            lambda: self.entity(*domains),
            lambda: [self.entity(*domains) for _ in range(self.random.randint(1, 4))],
            lambda: f"{self.entity(*domains)}, {self.entity(*domains)}",
            lambda: "0123456789abcdef0123456789abcdef",
            list,
        )

    def template(self) -> str:
        return str(self.pick(*TEMPLATES))

    def clock(self) -> Any:
        return self.pick("07:30:00", "7:30", "17:05", "00:00:00", "23:59:59", "6:5:4")

    def duration(self) -> Any:
        return self.pick(
            "00:05:00",
            "0:05",
            "01:00",
            30,
            0.5,
            "45",
            {"minutes": 5},
            {"hours": 1, "minutes": 0, "seconds": 0},
            {"seconds": "30"},
            "{{ states('input_number.threshold') | int }}",
            {"minutes": "{{ x }}"},
            0,
            "00:00:01.5",
            {"days": 1, "milliseconds": 500},
            {"hours": 0, "minutes": "{{ a }}", "seconds": 3},
        )

    def offset(self) -> Any:
        return self.pick("-00:30:00", "+00:10", "00:45:00", -600, 900, "-1:00", {"hours": -1}, "0")

    def enabled(self) -> Any:
        return self.pick(True, False, "true", "{{ is_state('input_boolean.x', 'on') }}", "on", 1)

    def state(self) -> Any:
        return self.pick("on", "off", "home", "not_home", "unavailable", "21.5", ["on", "off"], "open", "", ["playing"])

    def with_common(self, node: Config, *, is_action: bool = False, is_trigger: bool = False) -> Config:
        if self.maybe(0.15):
            node["alias"] = self.pick("A name", "Ein Name", "x")
        if self.maybe(0.1):
            node["enabled"] = self.enabled()
        if is_action and self.maybe(0.08):
            node["continue_on_error"] = self.pick(True, False, "yes")
        if is_trigger and self.maybe(0.2):
            node["id"] = self.pick("morning", "1", "motion on", "A")
        if is_trigger and self.maybe(0.06):
            node["variables"] = {"level": self.pick(1, "x", self.template()), "list": [1, {"a": 2}]}
        if self.new and self.maybe(0.04):
            node["note"] = "why it is so"
        return node
