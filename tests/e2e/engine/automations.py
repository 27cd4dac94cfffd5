"""Automations of every kind that a backtest computes, to be played by Home Assistant's engine and by ours."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]
ON: Config = {"action": "light.turn_on", "target": {"entity_id": "light.hall"}}
OFF: Config = {"action": "light.turn_off", "target": {"entity_id": "light.hall"}}


def state(entity_id: Any, to: Any = None, **more: Any) -> Config:
    return {"trigger": "state", "entity_id": entity_id, **({"to": to} if to is not None else {}), **more}


def number(entity_id: Any, **more: Any) -> Config:
    return {"trigger": "numeric_state", "entity_id": entity_id, **more}


def at(*times: Any, **more: Any) -> Config:
    return {"trigger": "time", "at": list(times), **more}


def pattern(**units: Any) -> Config:
    return {"trigger": "time_pattern", **units}


def sun(event: str, offset: Any = None) -> Config:
    return {"trigger": "sun", "event": event, **({"offset": offset} if offset is not None else {})}


def is_state(entity_id: Any, wanted: Any, **more: Any) -> Config:
    return {"condition": "state", "entity_id": entity_id, "state": wanted, **more}


def when(*conditions: Any) -> Config:
    return {"conditions": list(conditions)}


def does(*actions: Any, mode: str = "single", **more: Any) -> Config:
    return {"actions": list(actions), "mode": mode, **more}


MOTION = state("binary_sensor.hall_motion", "on")
TICK = pattern(minutes="/7")

TRIGGERS: dict[str, list[Config]] = {
    "time": [at("07:00:00")],
    "time several": [at("06:30", "22:15:30")],
    "time in the turned hour": [at("02:30:00")],
    "time at midnight": [at("00:00:00")],
    "time of an entity": [at("input_datetime.wake")],
    "time of a sensor": [at("sensor.next_alarm")],
    "time of a sensor, earlier": [at({"entity_id": "sensor.next_alarm", "offset": "-00:10:00"})],
    "state to": [MOTION],
    "state from to": [state("binary_sensor.front_door", "on", **{"from": "off"})],
    "state from": [state("light.kitchen", **{"from": "on"})],
    "state any": [state("input_select.mode")],
    "state to null": [{"trigger": "state", "entity_id": "media_player.tv", "to": None}],
    "state lists": [state(["light.hall", "light.kitchen"], ["on", "unavailable"])],
    "state not from": [state("media_player.tv", "off", not_from=["unavailable", "unknown"])],
    "state not to": [state("media_player.tv", not_to=["off", "unavailable"])],
    "state not from alone": [state("lock.door", not_from="unlocked")],
    "state for": [state("binary_sensor.hall_motion", "off", **{"for": "00:10:00"})],
    "state for seconds": [state("binary_sensor.front_door", "on", **{"for": 90})],
    "state for mapping": [state("light.kitchen", "on", **{"for": {"minutes": 30}})],
    "state from for": [state("light.kitchen", **{"from": "on", "for": "00:05"})],
    "state from null for": [state("media_player.tv", **{"from": None, "for": "00:20"})],
    "state any for": [state("climate.living", **{"for": {"hours": 3}})],
    "state list for": [state(["light.hall", "switch.fan"], ["on", "off"], **{"for": "01:00:00"})],
    "state from to for": [state("cover.blind", "open", **{"from": ["opening", "closed"], "for": "00:15"})],
    "state round for": [state("switch.pump", "on", **{"for": "00:05:00"})],
    "state heater for": [state("switch.heater", "off", **{"for": "00:30:00"})],
    "state late": [state("binary_sensor.late", "on")],
    "state never seen": [state("light.nowhere", "on")],
    "state sun": [state("sun.sun", "below_horizon")],
    "state sun from": [state("sun.sun", "above_horizon", **{"from": "below_horizon"})],
    "state person": [state("person.anna", "not_home", **{"from": "home"})],
    "state zone home": [state("zone.home", "0")],
    "number below": [number("sensor.lux", below=60)],
    "number above": [number("sensor.temperature", above=22.5)],
    "number band": [number("sensor.temperature", above=20, below=22)],
    "number for": [number("sensor.power", above=900, **{"for": "00:12:00"})],
    "number entity bound": [number("sensor.temperature", above="input_number.limit")],
    "number list": [number(["sensor.lux", "sensor.power"], above=200)],
    "number late": [number("sensor.late", above=50)],
    "number text": [number("sensor.text", above=5)],
    "number always inside": [number("sensor.always", above=5)],
    "number zone home": [number("zone.home", below=1)],
    "number zone home above": [number("zone.home", above=0, **{"for": "00:03"})],
    "sunset": [sun("sunset")],
    "sunrise later": [sun("sunrise", "+00:45:00")],
    "sunset earlier": [sun("sunset", "-01:30")],
    "sunset seconds": [sun("sunset", -754)],
    "pattern minutes": [pattern(minutes="/15")],
    "pattern hours": [pattern(hours="/3")],
    "pattern mixed": [pattern(hours="2", minutes="/20", seconds="30")],
    "pattern minute": [pattern(minutes=5)],
    "pattern seconds": [pattern(hours="1", minutes="59", seconds="/10")],
    "zone enters": [{"trigger": "zone", "entity_id": "person.anna", "zone": "zone.home", "event": "enter"}],
    "zone leaves": [
        {"trigger": "zone", "entity_id": ["person.anna", "person.ben"], "zone": "zone.home", "event": "leave"}
    ],
    "several": [MOTION, at("08:15:00"), sun("sunset"), number("sensor.lux", below=30)],
    "some disabled": [{**MOTION, "enabled": False}, at("09:00:00")],
}

CONDITIONS: dict[str, tuple[list[Config], Config]] = {
    "state": ([MOTION], when(is_state("light.hall", "off"))),
    "state list": ([MOTION], when(is_state("media_player.tv", ["playing", "paused"]))),
    "state all": ([MOTION], when(is_state(["light.hall", "light.kitchen"], "off"))),
    "state any match": ([MOTION], when(is_state(["light.hall", "light.kitchen"], "on", match="any"))),
    "state for": ([TICK], when(is_state("light.hall", "off", **{"for": {"minutes": 20}}))),
    "state for person": ([TICK], when(is_state("person.ben", "home", **{"for": "00:30:00"}))),
    "state never seen": ([TICK], when({"condition": "not", "conditions": [is_state("light.nowhere", "on")]})),
    "or with an error": (
        [TICK],
        when({"condition": "or", "conditions": [is_state("light.nowhere", "on"), is_state("switch.fan", "on")]}),
    ),
    "late": ([TICK], when(is_state("binary_sensor.late", "on"))),
    "number": ([MOTION], when({"condition": "numeric_state", "entity_id": "sensor.lux", "below": 90})),
    "number band": (
        [TICK],
        when({"condition": "numeric_state", "entity_id": "sensor.temperature", "above": 20, "below": 23}),
    ),
    "number entity": (
        [TICK],
        when({"condition": "numeric_state", "entity_id": "sensor.temperature", "below": "input_number.limit"}),
    ),
    "number text": ([TICK], when({"not": [{"condition": "numeric_state", "entity_id": "sensor.text", "above": 5}]})),
    "time": ([MOTION], when({"condition": "time", "after": "07:00:00", "before": "09:30:00"})),
    "time over midnight": (
        [TICK],
        when({"condition": "time", "after": "21:00:00", "before": "05:00:00", "weekday": ["fri", "sat"]}),
    ),
    "time after": ([MOTION], when({"condition": "time", "after": "20:00"})),
    "time weekday": ([at("07:30:00")], when({"condition": "time", "weekday": ["mon", "tue", "wed", "thu", "fri"]})),
    "time at its edge": (
        [pattern(minutes="/30")],
        when({"condition": "time", "after": "08:30:00", "before": "10:00:00"}),
    ),
    "time of an entity": ([TICK], when({"condition": "time", "after": "input_datetime.wake", "before": "12:00"})),
    "time of a sensor": ([TICK], when({"condition": "time", "before": "sensor.next_alarm"})),
    "time of nothing": ([TICK], when({"condition": "time", "after": "input_datetime.nowhere"})),
    "after sunset": ([TICK], when({"condition": "sun", "after": "sunset"})),
    "before sunrise": ([TICK], when({"condition": "sun", "before": "sunrise"})),
    "dark": ([MOTION], when({"condition": "sun", "after": "sunset", "before": "sunrise"})),
    "dark with offsets": (
        [TICK],
        when(
            {"condition": "sun", "after": "sunset", "after_offset": "-00:30", "before": "sunrise", "before_offset": 600}
        ),
    ),
    "day": ([TICK], when({"condition": "sun", "after": "sunrise", "before": "sunset"})),
    "sun entity": ([TICK], when(is_state("sun.sun", "below_horizon"))),
    "zone": ([TICK], when({"condition": "zone", "entity_id": "person.anna", "zone": "zone.home"})),
    "zone home": ([TICK], when({"condition": "numeric_state", "entity_id": "zone.home", "above": 0})),
    "and or not": (
        [TICK],
        when(
            {
                "or": [
                    {"and": [is_state("light.hall", "on"), {"condition": "time", "after": "18:00", "before": "23:00"}]},
                    {"not": [is_state("person.anna", "home"), is_state("person.ben", "home")]},
                ]
            }
        ),
    ),
    "trigger id": (
        [{**MOTION, "id": "seen"}, {**state("binary_sensor.desk", "on"), "id": "desk"}],
        when({"or": [{"condition": "trigger", "id": "desk"}, is_state("light.kitchen", "off")]}),
    ),
    "trigger number": ([MOTION, TICK], when({"condition": "trigger", "id": ["0"]})),
    "disabled": ([MOTION], when({**is_state("light.hall", "maybe"), "enabled": False})),
    "input select": ([TICK], when(is_state("input_select.mode", ["evening", "night"]))),
}

TEMPLATES: dict[str, tuple[list[Config], Any]] = {
    "is state": ([MOTION], "{{ is_state('light.kitchen', 'on') }}"),
    "is state list": ([TICK], "{{ is_state('media_player.tv', ['playing', 'paused']) }}"),
    "not is state": ([MOTION], "{{ not is_state('person.anna', 'home') }}"),
    "states equal": ([TICK], "{{ states('input_select.mode') == 'evening' }}"),
    "states in": ([TICK], "{{ states('climate.living') in ['heat', 'cool'] and is_state('person.ben', 'home') }}"),
    "float": ([TICK], "{{ states('sensor.temperature') | float(0) > 21.5 }}"),
    "float without default": ([TICK], "{{ states('sensor.temperature') | float < 21.5 }}"),
    "int": ([TICK], "{{ states('sensor.lux')|int(-1) >= 100 }}"),
    "float function": ([TICK], "{{ float(states('sensor.text'), 99) > 50 }}"),
    "text against number": ([TICK], "{{ states('sensor.text') > 5 }}"),
    "two sensors": ([TICK], "{{ states('sensor.temperature')|float(0) > states('input_number.limit')|float(0) }}"),
    "difference": (
        [TICK],
        "{{ (states('sensor.temperature')|float(0) - states('input_number.limit')|float(0)) | abs < 1 }}",
    ),
    "rounded": ([TICK], "{{ states('sensor.temperature') | float(0) | round(0) == 21 }}"),
    "hour": ([TICK], "{{ now().hour >= 22 or now().hour < 6 }}"),
    "weekday": ([TICK], "{{ now().weekday() < 5 and 7 <= now().hour < 9 }}"),
    "isoweekday": ([at("09:00:00")], "{{ now().isoweekday() in (6, 7) }}"),
    "strftime": ([TICK], "{{ now().strftime('%H:%M') > '21:30' }}"),
    "time of today": ([TICK], "{{ today_at('08:00') <= now() < today_at('11:30:00') }}"),
    "month": ([TICK], "{{ now().month in [4, 10] and now().day > 3 }}"),
    "state object": ([TICK], "{{ states.light.hall.state == 'on' }}"),
    "state object missing": ([TICK], "{{ states.light.nowhere.state == 'on' }}"),
    "last changed": ([TICK], "{{ (now() - states.light.hall.last_changed).total_seconds() > 1800 }}"),
    "as timestamp": ([TICK], "{{ as_timestamp(now()) - as_timestamp(states.light.hall.last_changed) > 900 }}"),
    "missing": ([TICK], "{{ states('light.nowhere') == 'unknown' and not has_value('light.nowhere') }}"),
    "number text is not true": ([TICK], "{{ 1 }}"),
    "if": ([TICK], "{% if is_state('light.hall', 'on') %}true{% else %}false{% endif %}"),
    "set": ([TICK], "{% set t = states('sensor.temperature')|float(0) %}{{ t > 20 and t < 22 }}"),
    "iif": ([TICK], "{{ iif(is_state('switch.fan', 'on'), 'True', 'no') }}"),
    "is number": ([TICK], "{{ is_number(states('sensor.text')) }}"),
    "trigger state": ([state("media_player.tv")], "{{ trigger.to_state.state == 'playing' }}"),
    "trigger states": (
        [state(["light.hall", "switch.fan"])],
        "{{ trigger.from_state.state != 'unavailable' and trigger.entity_id == 'light.hall' }}",
    ),
    "trigger id": (
        [{**MOTION, "id": "seen"}, at("10:00:00")],
        "{{ trigger.id == 'seen' or trigger.platform == 'time' }}",
    ),
    "trigger number": (
        [number("sensor.lux", below=80)],
        "{{ trigger.to_state.state|float < trigger.from_state.state|float(999) - 20 }}",
    ),
    "shorthand yes": ([at("11:00:00")], "{{ true }}"),
}

TEMPLATE_TRIGGERS: dict[str, Config] = {
    "is state": {"trigger": "template", "value_template": "{{ is_state('light.kitchen', 'on') }}"},
    "both": {
        "trigger": "template",
        "value_template": "{{ is_state('light.kitchen', 'on') and states('sensor.lux')|float(0) < 150 }}",
    },
    "number": {"trigger": "template", "value_template": "{{ states('sensor.temperature')|float > 22 }}"},
    "for": {"trigger": "template", "value_template": "{{ is_state('binary_sensor.desk', 'on') }}", "for": "00:20:00"},
    "clock": {"trigger": "template", "value_template": "{{ now().hour == 6 and now().minute >= 30 }}"},
    "text": {"trigger": "template", "value_template": "{{ states('switch.fan') }}"},
}

VALUE_TEMPLATES: dict[str, tuple[list[Config], Config]] = {
    "trigger": ([number("sensor.temperature", above=44, value_template="{{ state.state | float(0) * 2 }}")], {}),
    "condition": (
        [TICK],
        when(
            {
                "condition": "numeric_state",
                "entity_id": "sensor.temperature",
                "below": 42,
                "value_template": "{{ float(state.state, 0) * 2 }}",
            }
        ),
    ),
}


def target(*names: str) -> Config:
    return {"target": {"entity_id": list(names)}}


PURPOSE: dict[str, tuple[list[Config], Config]] = {
    "light turned on": ([{"trigger": "light.turned_on", **target("light.hall")}], {}),
    "switch turned off": ([{"trigger": "switch.turned_off", **target("switch.fan", "input_boolean.guest")}], {}),
    "motion detected": ([{"trigger": "motion.detected", **target("binary_sensor.hall_motion")}], {}),
    "motion of a door": ([{"trigger": "motion.detected", **target("binary_sensor.front_door")}], {}),
    "door opened for": (
        [{"trigger": "door.opened", **target("binary_sensor.front_door"), "options": {"for": "00:05:00"}}],
        {},
    ),
    "all lights": (
        [{"trigger": "light.turned_on", **target("light.hall", "light.kitchen"), "options": {"behavior": "all"}}],
        {},
    ),
    "first light": (
        [{"trigger": "light.turned_on", **target("light.hall", "light.kitchen"), "options": {"behavior": "first"}}],
        {},
    ),
    "player": ([{"trigger": "media_player.started_playing", **target("media_player.tv")}], {}),
    "player stopped for": (
        [{"trigger": "media_player.stopped_playing", **target("media_player.tv"), "options": {"for": {"minutes": 20}}}],
        {},
    ),
    "climate": ([{"trigger": "climate.turned_on", **target("climate.living")}], {}),
    "lock": ([{"trigger": "lock.unlocked", **target("lock.door")}], {}),
    "sunset": ([{"trigger": "sun.sunset", "options": {"offset": "-00:20:00"}}], {}),
    "dusk": ([{"trigger": "sun.dusk", "options": {"type": "nautical"}}], {}),
    "dawn": ([{"trigger": "sun.dawn"}], {}),
    "solar noon": ([{"trigger": "sun.solar_noon"}], {}),
    "light is on": ([TICK], when({"condition": "light.is_on", **target("light.hall", "light.kitchen")})),
    "all lights are off": (
        [TICK],
        when({"condition": "light.is_off", **target("light.hall", "light.kitchen"), "options": {"behavior": "all"}}),
    ),
    "motion is detected for": (
        [TICK],
        when(
            {
                "condition": "occupancy.is_detected",
                **target("binary_sensor.desk"),
                "options": {"for": {"minutes": 14}},
            }
        ),
    ),
    "player is on": ([TICK], when({"condition": "media_player.is_on", **target("media_player.tv")})),
    "weekday at": ([at("07:00:00", weekday=["mon", "sun"])], {}),
}
"""What Home Assistant knows since 2026."""

WAIT_OFF: Config = {
    "wait_for_trigger": [state("binary_sensor.hall_motion", "off", **{"for": "00:02"})],
    "timeout": "00:30",
}

MODES: dict[str, tuple[list[Config], Config]] = {
    "single delay": ([MOTION], does(ON, {"delay": "00:20:00"}, OFF)),
    "single delay mapping": ([MOTION], does(ON, {"delay": {"minutes": 45, "seconds": 30}}, OFF)),
    "single same length": ([pattern(minutes="/10")], does(ON, {"delay": "00:10:00"}, OFF)),
    "restart": ([MOTION], does(ON, {"delay": "00:20:00"}, OFF, mode="restart")),
    "queued": ([MOTION], does(ON, {"delay": "00:40:00"}, OFF, mode="queued", max=2)),
    "queued three": ([state("light.kitchen", "on")], does({"delay": "03:00:00"}, mode="queued", max=3)),
    "parallel": ([MOTION], does(ON, {"delay": "01:00:00"}, OFF, mode="parallel", max=3)),
    "wait": ([MOTION], does(ON, WAIT_OFF, OFF)),
    "wait forever": (
        [state("light.kitchen", "on")],
        does(ON, {"wait_for_trigger": [number("sensor.lux", below=20), at("23:00:00")]}, OFF),
    ),
    "wait stops": (
        [state("light.kitchen", "on")],
        does({"wait_for_trigger": MOTION, "timeout": 300, "continue_on_timeout": False}, {"delay": "01:00:00"}),
    ),
    "condition inside": ([MOTION], does(is_state("light.kitchen", "off"), ON, {"delay": "00:30:00"}, OFF)),
    "choose": (
        [MOTION],
        does(
            {
                "choose": [
                    {"conditions": [{"condition": "sun", "after": "sunset"}], "sequence": [ON, {"delay": "00:45:00"}]},
                    {
                        "conditions": is_state("light.kitchen", "on"),
                        "sequence": [{"delay": "00:05"}, {"stop": "enough"}],
                    },
                ],
                "default": [ON],
            },
            {"delay": "00:02"},
        ),
    ),
    "if": (
        [state("binary_sensor.desk", "on")],
        does({"if": [is_state("person.anna", "home")], "then": [{"delay": "02:00:00"}], "else": [{"delay": 60}]}, ON),
    ),
    "repeat count": ([MOTION], does({"repeat": {"count": 3, "sequence": [ON, {"delay": "00:04:00"}]}})),
    "repeat while": (
        [MOTION],
        does({"repeat": {"while": [is_state("binary_sensor.desk", "on")], "sequence": [ON, {"delay": "00:10:00"}]}}),
    ),
    "repeat until": (
        [state("light.kitchen", "on")],
        does({"repeat": {"until": [is_state("light.kitchen", "off")], "sequence": [{"delay": "00:07:00"}]}}),
    ),
    "parallel steps": (
        [MOTION],
        does({"parallel": [{"delay": "00:03:00"}, {"sequence": [{"delay": "00:25:00"}, ON]}]}),
    ),
    "inner condition": (
        [MOTION],
        does({"sequence": [is_state("light.kitchen", "on"), {"delay": "00:30:00"}]}, {"delay": "00:03:00"}),
    ),
    "wait template": (
        [MOTION],
        does(ON, {"wait_template": "{{ is_state('binary_sensor.desk', 'off') }}", "timeout": "01:00:00"}, {"delay": 5}),
    ),
    "wait template clock": (
        [state("light.kitchen", "on")],
        does(ON, {"wait_template": "{{ now().minute in [0, 30] }}"}, OFF),
    ),
    "wait sun": ([state("light.kitchen", "on")], does({"wait_for_trigger": sun("sunset"), "timeout": {"hours": 6}})),
    "delay template": ([MOTION], does(ON, {"delay": {"minutes": "{{ states('input_number.limit') | int(5) }}"}}, OFF)),
    "delay template text": ([MOTION], does(ON, {"delay": "00:{{ states('input_number.limit') | int(5) }}:00"}, OFF)),
    "disabled delay": ([MOTION], does(ON, {"delay": "05:00:00", "enabled": False}, OFF)),
}


def all_automations(newer: bool = True) -> list[Config]:
    """Every automation, each with its name as id; `newer` with those that only Home Assistant 2026 understands."""
    found: list[Config] = []
    for name, triggers in TRIGGERS.items():
        found.append({"id": f"trigger {name}", "triggers": triggers, **does(ON)})
    for name, (triggers, conditions) in CONDITIONS.items():
        found.append({"id": f"condition {name}", "triggers": triggers, **conditions, **does(ON)})
    for name, (triggers, actions) in MODES.items():
        found.append({"id": f"mode {name}", "triggers": triggers, **actions})
    for name, (triggers, source) in TEMPLATES.items():
        found.append({"id": f"template {name}", "triggers": triggers, **when(source), **does(ON)})
    for name, trigger in TEMPLATE_TRIGGERS.items():
        found.append({"id": f"trigger template {name}", "triggers": [trigger], **does(ON)})
    for name, (triggers, conditions) in VALUE_TEMPLATES.items():
        found.append({"id": f"value template {name}", "triggers": triggers, **conditions, **does(ON)})
    for name, (triggers, conditions) in PURPOSE.items() if newer else ():
        found.append({"id": f"purpose {name}", "triggers": triggers, **conditions, **does(ON)})
    return [{"alias": config["id"], **config} for config in found]
