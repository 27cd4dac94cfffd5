"""Breaks an automation in one place, in the ways that people and models get it wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

Config = dict[str, Any]

BAD_VALUES: Final[dict[str, list[Any]]] = {
    "entity_id": [
        "kitchen",
        "light",
        "light.kitchen lamp",
        "light..x",
        5,
        None,
        "light.",
        "_light.x",
        "light.x.y",
        "light.kitchen;",
    ],
    "at": ["25:00:00", "7", 63000, "07:60", "half past seven", "light.x", None, {"offset": "1"}],
    "for": ["5 minutes", {"minute": 5}, None, "-00:05:00", {"minutes": "x"}, [], {"minutes": -1}, {}],
    "delay": ["soon", {"second": 5}, None, "1:2:3:4", {"minutes": None}, "-5"],
    "timeout": ["later", {"secs": 1}],
    "offset": ["30 minutes", None, "1h", {"hour": 1}],
    "mode": ["sinlge", "Restart", 1, None, "loop"],
    "max": [1, "many", 0, None],
    "max_exceeded": ["quiet", 5],
    "to": [True, 5, {"a": 1}, [1], 21.5],
    "from": [False, 0, [None]],
    "state": [True, 5, None, {"a": 1}],
    "above": ["high", None, "light.x", [5]],
    "below": ["low", None, "a.b"],
    "event": ["noon", "begin", 5, None, "entered"],
    "weekday": ["monday", ["mon", "funday"], 1],
    "after": ["25:00", "dusk", 5],
    "before": ["24:00:00", "dawn"],
    "service": ["turn_on", "light turn_on", None, "light.turn-on", "light.turn_on.now", 5],
    "action": ["turn_on", "light:turn_on", None, "light.", ["light.turn_on"]],
    "data": [None, ["a"], 5.5],
    "target": [
        "light.kitchen",
        None,
        ["light.kitchen"],
        {"entity": "light.x"},
        {"entity_id": "kitchen"},
        {"area": "x"},
    ],
    "value_template": [
        "{{ states('a.b' }}",
        "{% if x %}a",
        "{{ x | no_such_filter }}",
        "{{ }}",
        None,
        "{{ x is no_such_test }}",
        ["a"],
    ],
    "wait_template": ["{{ a", "{% endif %}", None, "{{ a b }}"],
    "enabled": ["{{ x", None, []],
    "id": [5, None, ["a"]],
    "alias": [None, ["x"], {"a": 1}],
    "description": [None, []],
    "platform": ["stat", "tiem", "mqqt", None, 5, "light", "numeric"],
    "trigger": ["stat", "times", None, "light.bogus", 5, "motion"],
    "condition": ["stat", "nor", "light.bogus", 5, "numeric"],
    "conditions": ["on", [5], {"a": 1}],
    "sequence": ["light.turn_on", [5], [{}]],
    "then": ["x", [None]],
    "count": [None, [1], {"a": 1}],
    "event_type": [None, {"a": 1}, "state_reported"],
    "event_data": ["x", [1], None],
    "topic": ["a/#/b", "a/b+", "", None],
    "qos": [3, "x"],
    "zone": ["home", "light.x y"],
    "hours": ["25", "*/2", "/0x"],
    "minutes": ["60", "every", "/0", -1],
    "variables": ["x", [1], None, {1: 2}],
    "device_id": [None, 5],
    "options": [{"bogus": 1}, None, "x", {"behavior": "never"}],
    "scene": ["movie", "light.x", None],
    "local_only": ["yes", 1],
    "allowed_methods": ["PATCH", ["GET", "GET"]],
    "command": ["", "turn on!", [], None],
    "domain": [None, 5],
    "attribute": [],
    "match": ["some"],
    "initial_state": ["maybe", None],
    "continue_on_error": ["perhaps", None],
    "stop": [["x"]],
    "response_variable": [5, None],
    "threshold": [5, {"type": "above"}, {"type": "near", "value": {"number": 5}}, {"type": "above", "value": 5}],
}


def places(node: Any, plain: bool = False) -> Iterator[Config]:
    """Every mapping that Home Assistant has a schema for; what stands in `data` and the like is free."""
    if isinstance(node, dict):
        if not plain:
            yield node
        for key, value in node.items():
            yield from places(
                value, plain or key in ("data", "data_template", "variables", "event_data", "context", "metadata")
            )
    elif isinstance(node, list):
        for item in node:
            yield from places(item, plain)


def broken(config: Config, random: Random) -> tuple[Config, str]:
    """A copy that differs in one place, and how; it may still be accepted: only Home Assistant can tell."""
    for _ in range(50):
        copied = copy.deepcopy(config)
        place = random.choice(list(places(copied)))
        name, breaker = random.choice(BREAKERS)
        if breaker(place, random):
            return copied, name
    return {**config, "automaton": True}, "extra key"


def _misspell(place: Config, random: Random) -> bool:
    keys = [key for key in place if isinstance(key, str) and len(key) > 2]
    if not keys:
        return False
    key = random.choice(keys)
    at = random.randrange(len(key) - 1)
    wrong = random.choice(
        [key[:at] + key[at + 1 :], key[:at] + key[at + 1] + key[at] + key[at + 2 :], key + "s", key.upper(), f"{key}_"]
    )
    if wrong == key:
        return False
    place[wrong] = place.pop(key)
    return True


def _drop(place: Config, random: Random) -> bool:
    if not place:
        return False
    place.pop(random.choice(list(place)))
    return True


def _extra(place: Config, random: Random) -> bool:
    key = random.choice(
        ["comment", "name", "when", "entity", "to_state", "brightness", "delay_on", "room", "priority", "then_do", "x"]
    )
    place[key] = random.choice(["x", 5, True, {"a": 1}, ["b"]])
    return True


def _both(place: Config, random: Random) -> bool:
    pairs = {
        "trigger": "platform",
        "platform": "trigger",
        "action": "service",
        "service": "action",
        "triggers": "trigger",
        "actions": "action",
        "conditions": "condition",
        "to": "not_to",
        "from": "not_from",
        "count": "until",
    }
    keys = [key for key in place if key in pairs]
    if not keys:
        return False
    key = random.choice(keys)
    place[pairs[key]] = place[key]
    return True


def _bad_value(place: Config, random: Random) -> bool:
    keys = [key for key in place if BAD_VALUES.get(key)]
    if not keys:
        return False
    key = random.choice(keys)
    place[key] = random.choice(BAD_VALUES[key])
    return True


def _bad_template(place: Config, random: Random) -> bool:
    keys = [key for key, value in place.items() if isinstance(value, str) and "{{" in value]
    if not keys:
        return False
    key = random.choice(keys)
    place[key] = random.choice(
        [
            place[key].replace("}}", "}", 1),
            place[key].replace("{{", "{{ (", 1),
            place[key] + "{% if %}",
            place[key] + "{{",
        ]
    )
    return True


def _wrong_type(place: Config, random: Random) -> bool:
    if not place:
        return False
    key = random.choice(list(place))
    place[key] = random.choice([None, 5, "x", True, [], {}, ["x"], {"a": "b"}, [None]])
    return True


def _swapped_bounds(place: Config, _: Random) -> bool:
    if not {"above", "below"} & set(place):
        return False
    place |= {"above": 30, "below": 20}
    return True


BREAKERS: Final[list[tuple[str, Callable[[Config, Random], bool]]]] = [
    ("misspelt key", _misspell),
    ("misspelt key", _misspell),
    ("missing key", _drop),
    ("missing key", _drop),
    ("extra key", _extra),
    ("both spellings", _both),
    ("bad value", _bad_value),
    ("bad value", _bad_value),
    ("bad value", _bad_value),
    ("bad template", _bad_template),
    ("wrong type", _wrong_type),
    ("swapped bounds", _swapped_bounds),
]
