"""Laws of the codec, and what its YAML looks like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from automations.config.normalize import equivalent, modernize
from automations.config.yaml import decode, encode
from tests.builders.configs import CONFIGS


@given(CONFIGS)
def test_yaml_keeps_the_meaning(config: dict[str, Any]) -> None:
    assert decode(encode(config)).config == modernize(config)


@given(CONFIGS)
def test_modern_spelling_is_reached_in_one_step_and_means_the_same(config: dict[str, Any]) -> None:
    assert modernize(modernize(config)) == modernize(config)
    assert equivalent(config, modernize(config))


def test_old_keys_are_renamed_at_every_depth_but_not_inside_data() -> None:
    old = {
        "trigger": {"platform": "state", "entity_id": "a.b"},
        "action": [
            {"service": "a.b", "data": {"service": "kept", "trigger": "kept"}},
            {
                "choose": [{"conditions": [], "sequence": {"service": "a.b"}}],
                "default": [{"service_template": "{{ x }}"}],
            },
            {"repeat": {"count": 2, "sequence": [{"if": [], "then": {"service": "a.b", "data_template": {"x": 1}}}]}},
            {"wait_for_trigger": [{"platform": "time", "at": "07:00"}]},
            {"parallel": [[{"service": "a.b"}]]},
        ],
    }

    assert modernize(old) == {
        "triggers": {"trigger": "state", "entity_id": "a.b"},
        "actions": [
            {"action": "a.b", "data": {"service": "kept", "trigger": "kept"}},
            {"choose": [{"conditions": [], "sequence": {"action": "a.b"}}], "default": [{"action": "{{ x }}"}]},
            {"repeat": {"count": 2, "sequence": [{"if": [], "then": {"action": "a.b", "data": {"x": 1}}}]}},
            {"wait_for_trigger": [{"trigger": "time", "at": "07:00"}]},
            {"parallel": [[{"action": "a.b"}]]},
        ],
    }


def test_a_node_with_both_spellings_is_left_for_the_schema_to_refuse() -> None:
    both = {"triggers": [], "trigger": [], "actions": [{"service": "a.b", "action": "a.b"}]}

    assert modernize(both) == both


SUNSET = {"trigger": "sun", "event": "sunset"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mode": "single"}, {}),
        ({"id": "1"}, {"id": "2"}),
        ({"triggers": {"platform": "state", "to": "on"}}, {"trigger": [{"trigger": "state", "to": ["on"]}]}),
        ({"conditions": "{{ x }}"}, {"conditions": [{"condition": "template", "value_template": "{{ x }}"}]}),
        ({"conditions": {"and": ["{{ x }}"]}}, {"conditions": [{"condition": "and", "conditions": "{{ x }}"}]}),
        (
            {"actions": {"service": "a.b", "entity_id": "a.c, a.d"}},
            {"actions": [{"action": "a.b", "target": {"entity_id": ["a.c", "a.d"]}}]},
        ),
        ({"triggers": [{**SUNSET, "enabled": True}]}, {"triggers": [SUNSET]}),
    ],
)
def test_the_same_in_other_words(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert equivalent(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mode": "restart"}, {}),
        ({"alias": "a"}, {"alias": "b"}),
        ({"variables": {"a": True}}, {"variables": {"a": 1}}),
        ({"actions": [{"delay": 1}, {"delay": 2}]}, {"actions": [{"delay": 2}, {"delay": 1}]}),
        ({"triggers": [{**SUNSET, "enabled": False}]}, {"triggers": [SUNSET]}),
    ],
)
def test_not_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert not equivalent(first, second)


def test_yaml_is_for_people() -> None:
    config = {
        "mode": "restart",
        "action": [{"data": {"message": "one\ntwo"}, "service": "notify.notify"}],
        "trigger": [{"to": "on", "platform": "time", "at": "17:30:00"}],
        "alias": "Żółw",
    }

    assert encode(config) == (
        "alias: Żółw\n"
        "triggers:\n"
        "- trigger: time\n"
        "  to: 'on'\n"
        "  at: '17:30:00'\n"
        "actions:\n"
        "- action: notify.notify\n"
        "  data:\n"
        "    message: |-\n"
        "      one\n"
        "      two\n"
        "mode: restart\n"
    )
