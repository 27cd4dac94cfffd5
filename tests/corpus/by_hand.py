"""Automations that the seeded makers would hardly make: odd values, odd texts, and the corners of YAML 1.1."""
# ruff: noqa: E501

from __future__ import annotations


def _trigger(text: str) -> str:
    return f"triggers:\n  - {text}\nactions: []\n"


def _action(text: str) -> str:
    return f"triggers: []\nactions:\n  - {text}\n"


def _condition(text: str) -> str:
    return f"triggers: []\nconditions:\n  - {text}\nactions: []\n"


BY_HAND: tuple[str, ...] = (
    "triggers: []\nactions: []\n",
    "trigger:\naction:\ncondition:\n",
    "triggers: []\n",
    "alias: x\n",
    "[]\n",
    "- triggers: []\n  actions: []\n",
    "triggers: null\nactions: null\nconditions: null\n",
    "triggers: x\nactions: y\n",
    *(_trigger(f"{{trigger: time, at: {at}}}") for at in (
        "17:30:00", "07:30:00", "'17:30:00'", "17:30", "7:30", "'7:30:15.5'", "24:00:00", "'23:59:60'", "'1:2'", "' 7: 30'", "noon",
        "2026-01-01", "5.5", "true", "[]", "''", "input_datetime.a", "INPUT_DATETIME.A", "sensor.x", "binary_sensor.x", "'{{ x }}'",
        "'{{ x'", "{entity_id: sensor.x, offset: 1}", "{entity_id: light.x}", "{entity_id: [sensor.x]}", "'input_datetime.a,sensor.b'",
    )),
    *(_trigger(f"{{trigger: state, entity_id: light.a, to: {to}}}") for to in (
        "on", "'on'", "off", "yes", "null", "~", "5", "'5'", "[on]", "['on', off]", "[]", "{a: b}", "1.5", "2026-01-01", "y", "OFF", "None", "=",
    )),
    *(_trigger(f"{{trigger: state, entity_id: light.a, for: {time}}}") for time in (
        "5", "5.5", "-5", "'5'", "'-5'", "'00:05'", "00:05:00", "10:00", "'1:2:3:4'", "'1:2:x'", "{minutes: 5}", "{minutes: -5}",
        "{minutes: 5, seconds: -1}", "{minute: 5}", "{}", "null", "'{{ x }}'", "'{{ x'", "{minutes: '{{ x }}'}", "{'{{ a }}': 5}", "[5]", "true",
        "inf", ".inf", ".nan", "1e400", "999999999999", "'+00:05'", "'00:05:00.25'", "'  5 '", "''", "{minutes: null}", "{minutes: []}",
    )),
    *(_trigger(f"{{trigger: state, entity_id: {entity}}}") for entity in (
        "light.a", "LIGHT.A", "'light.a, light.b'", "'light.a,light.b,'", "[light.a, LIGHT.B]", "[]", "''", "null", "5", "[5]", "{a: b}",
        "light.a_", "light._a", "light__x.a", "light.a__b", "l.1", "1.a", "light.ä", "light.a-b", "0123456789abcdef0123456789abcdef",
        "0123456789ABCDEF0123456789abcdef", "all", "'{{ x }}'", "light.*", "[[light.a]]",
    )),
    *(_trigger(f"{{trigger: numeric_state, entity_id: sensor.a, {bounds}}}") for bounds in (
        "above: 5", "above: '5'", "above: x", "above: sensor.b", "above: light.b", "above: 5, below: 5", "above: 6, below: 5", "above: '6', below: 5",
        "above: null", "above: true", "above: [5]", "below: .inf", "above: '{{ x }}'", "above: zone.home", "attribute: x", "above: 5, attribute: [1]",
        "above: 5, value_template: 5", "above: 5, for: '{{ x }}'", "above: 0x10", "above: 1_000", "above: '1_000'",
    )),
    *(_trigger(f"{{trigger: time_pattern, {parts}}}") for parts in (
        "minutes: /5", "minutes: '*'", "minutes: '*/5'", "minutes: 60", "minutes: -1", "minutes: 5.5", "minutes: '05'", "hours: 24", "minutes: null",
        "minutes: /0", "minutes: /60", "minutes: [5]", "seconds: true", "minutes: ''", "days: 5",
    )),
    *(_trigger(text) for text in (
        "{trigger: sun, event: SUNSET}", "{trigger: sun, event: noon}", "{trigger: sun}", "{trigger: sun, event: sunset, offset: {}}",
        "{trigger: sun, event: sunset, offset: {minutes: -5}}", "{trigger: sun, options: {event: sunset}}",
        "{trigger: sun, options: {event: sunset}, offset: 5}", "{trigger: sun, event: sunset, for: 5}", "{platform: sun, event: sunset, id: 5}",
        "{trigger: state, options: {entity_id: light.a}}", "{trigger: state, options: {entity_id: light.a}, variables: {a: 1}}",
        "{trigger: state, options: {entity_id: light.a}, to: 'on'}", "{trigger: state, options: {}, entity_id: light.a}",
        "{trigger: state, entity_id: light.a, target: {entity_id: light.a}}", "{trigger: mqtt, topic: a, payload: on}",
        "{trigger: mqtt, topic: a//b, qos: '2'}", "{trigger: mqtt, topic: +/b/#}", "{trigger: mqtt, topic: 'a/+b'}", "{trigger: mqtt}",
        "{trigger: webhook, webhook_id: a, local_only: 'yes'}", "{trigger: webhook, webhook_id: [a]}", "{trigger: webhook, webhook_id: '{{ x'}",
        "{trigger: webhook, webhook_id: a, allowed_methods: [post, Post]}", "{trigger: tag, tag_id: null}", "{trigger: tag, tag_id: []}",
        "{trigger: conversation, command: 'turn on!'}", "{trigger: conversation, command: [a, '']}", "{trigger: conversation, command: 'a [b'}",
        "{trigger: conversation, command: \"it's {a} now\"}", "{trigger: conversation, command: a (b|c) d}", "{trigger: conversation, command: 5}",
        "{trigger: event, event_type: []}", "{trigger: event, event_type: [state_reported]}", "{trigger: event, event_type: a, event_data: {5: '{{ x'}}",
        "{trigger: event, event_type: a, context: {user_id: [b]}}", "{trigger: homeassistant, event: Start}", "{trigger: zone, entity_id: person.a, zone: [zone.home]}",
        "{trigger: zone, entity_id: person.a, zone: light.home}", "{trigger: geo_location, source: a, zone: zone.home}",
        "{trigger: geo_location, source: a, zone: light.home}", "{trigger: calendar, entity_id: [calendar.a]}", "{trigger: calendar, entity_id: calendar.a, event: begin}",
        "{trigger: template, value_template: true}", "{trigger: template, value_template: '{{ x | nope }}'}", "{trigger: device, device_id: a}",
        "{trigger: device, device_id: a, domain: b}", "{trigger: device, device_id: a, domain: b, type: c, metadata: 5}",
        "{trigger: persistent_notification, update_type: [added, gone]}", "{triggers: [{trigger: sun, event: sunset}]}", "{triggers: []}",
        "{triggers: [{triggers: [{trigger: sun, event: sunset}]}]}", "{triggers: [], alias: x}", "sunset", "5", "null", "{}", "{trigger: null}",
        "{trigger: [state], entity_id: a.b}", "{trigger: light.turned_on}", "{trigger: light.turned_on, target: {}}",
        "{trigger: light.turned_on, target: {entity_id: LIGHT.A}}", "{trigger: light.turned_on, target: {entity_id: light.a}, options: null}",
        "{trigger: light.turned_on, target: {exclude: {entity_id: light.a}}}", "{trigger: light.turned_on, target: {entity_id: light.a}, entity_id: light.a}",
        "{trigger: light.turned_on, target: {entity_id: light.a}, options: {for: '{{ x }}'}}", "{trigger: homeassistant.updated}",
        "{trigger: homeassistant.updated, options: {}}", "{trigger: light, entity_id: light.a}", "{trigger: timer.remaining_time_reached, target: {entity_id: timer.a}}",
        "{trigger: timer.remaining_time_reached, target: {entity_id: timer.a}, options: {remaining: 5}}",
        "{trigger: state, entity_id: light.a, enabled: 5}", "{trigger: state, entity_id: light.a, enabled: x}", "{trigger: state, entity_id: light.a, alias: 5}",
        "{trigger: state, entity_id: light.a, variables: {5: a}}", "{trigger: state, entity_id: light.a, to: 'on', not_to: 'off'}",
    )),
    *(_condition(text) for text in (
        "'{{ true }}'", "'true'", "true", "'{{ x'", "null", "{}", "[]", "[{condition: sun, after: sunset}]", "{and: []}", "{or: null}", "{not: '{{ x }}'}",
        "{and: [x]}", "{and: [], or: []}", "{and: [], alias: x, enabled: false}", "{and: [], conditions: []}", "{condition: and}", "{condition: [and]}",
        "{condition: []}", "{condition: [{condition: sun, after: sunset}, '{{ x }}'], alias: a}", "{condition: '{{ x }}'}", "{condition: state, entity_id: a.b}",
        "{condition: state, entity_id: a.b, state: on}", "{condition: state, entity_id: a.b, state: ['on', 5]}", "{condition: state, entity_id: a.b, state: []}",
        "{condition: state, entity_id: a.b, state: 5, attribute: x}", "{condition: state, entity_id: a.b, state: x, attribute: 5}",
        "{condition: state, entity_id: a.b, state: x, from: y}", "{condition: state, entity_id: a.b, state: x, for: 5, attribute: y}",
        "{condition: state, entity_id: a.b, state: input_select.x, for: 5}", "{condition: state, entity_id: a.b, state: ['a', input_text.x], for: '{{ a }}'}",
        "{condition: state, entity_id: [], state: x, match: Any}", "{condition: numeric_state, entity_id: a.b, above: 5, below: 4}",
        "{condition: numeric_state, entity_id: a.b}", "{condition: numeric_state, entity_id: a.b, above: 5, attribute: 5}",
        "{condition: time}", "{condition: time, after: 22:00:00}", "{condition: time, after: '22:00'}", "{condition: time, after: sunset}",
        "{condition: time, weekday: []}", "{condition: time, weekday: Mon}", "{condition: time, weekday: [mon, mon]}", "{condition: time, before: TIME.x}",
        "{condition: sun}", "{condition: sun, after: sunset, after_offset: x}", "{condition: sun, options: {after: sunset}}", "{condition: sun, before_offset: 5}",
        "{condition: zone, entity_id: person.a, zone: zone.home, event: enter}", "{condition: zone, entity_id: person.a}",
        "{condition: zone, options: {entity_id: person.a, zone: zone.home}}", "{condition: trigger}", "{condition: trigger, id: []}", "{condition: trigger, id: 5}",
        "{condition: template, value_template: ''}", "{condition: template}", "{condition: device, device_id: 5, domain: a}",
        "{condition: device, device_id: a, domain: b, enabled: '{{ x }}'}", "{condition: device, device_id: a, domain: b, foo: bar}",
        "{condition: light.is_on, target: {entity_id: light.a}, options: {behavior: each}}", "{condition: light.is_on, options: {behavior: all}}",
        "{condition: temperature.is_value, target: {area_id: a}, options: {threshold: {type: above, value: {number: 5}}}}",
        "{condition: temperature.is_value, target: {area_id: a}, options: {threshold: {type: above, value: {number: 5, unit_of_measurement: '°C'}}}}",
        "{condition: sun.is_up}", "{condition: sun.is_up, target: {}}", "{condition: State, entity_id: a.b, state: x}", "{foo: 1}",
    )),
    *(_action(text) for text in (
        "{}", "null", "x", "[{stop: x}]", "{action: light.turn_on}", "{action: LIGHT.turn_on}", "{action: light}", "{action: '{{ x }}'}", "{action: '{{ x'}",
        "{action: a.b, data: null}", "{action: a.b, data: {}}", "{action: a.b, data: x}", "{action: a.b, data: [x]}", "{action: a.b, data: {a: '{{ x'}}",
        "{action: a.b, data: {a: {b: ['{{ x | nope }}']}}}", "{action: a.b, data: 5}", "{action: a.b, target: null}", "{action: a.b, target: {}}",
        "{action: a.b, target: light.a}", "{action: a.b, target: '{{ x }}'}", "{action: a.b, target: {entity_id: [x, 5]}}", "{action: a.b, target: {entity_id: x}}",
        "{action: a.b, target: {entity_id: ALL}}", "{action: a.b, target: {entity_id: null}}", "{action: a.b, target: {area_id: null}}", "{action: a.b, target: {area_id: [5]}}",
        "{action: a.b, target: {device_id: '{{ x'}}", "{action: a.b, target: {exclude: {area_id: x}, area_id: y}}", "{action: a.b, target: {exclude: {area_id: x}}}",
        "{action: a.b, entity_id: '{{ x }}'}", "{action: a.b, entity_id: [light.a]}", "{action: a.b, entity_id: none}", "{action: a.b, entity_id: 0123456789abcdef0123456789abcdef}",
        "{action: a.b, service: a.b}", "{service_template: a.b}", "{service_template: a.b, service: a.b}", "{service: a.b, data: {}, data_template: {}}",
        "{action: a.b, response_variable: 5}", "{action: a.b, metadata: 5}", "{action: a.b, device_id: x}", "{action: a.b, delay: 5}", "{action: a.b, enabled: '{{ x }}'}",
        "{action: a.b, continue_on_error: maybe}", "{action: a.b, alias: null}", "{action: a.b, alias: 5}", "{delay: 00:00:05}", "{delay: 1:30}", "{delay: '{{ x }}'}",
        "{delay: {seconds: '{{ x }}', minutes: 1}}", "{delay: {seconds: x}}", "{delay: null}", "{delay: ''}", "{delay: '00:{{ x }}:00'}", "{wait_template: x}",
        "{wait_template: '{{ x }}', timeout: {}}", "{wait_template: null}", "{wait_for_trigger: []}", "{wait_for_trigger: {platform: state, entity_id: a.b}}",
        "{wait_for_trigger: null}", "{event: 5}", "{event: null}", "{event: a, event_data: null}", "{event: a, event_data: [1]}", "{scene: scene.a}", "{scene: light.a}",
        "{scene: 'scene.a, scene.b'}", "{scene: [scene.a]}", "{scene: SCENE.A}", "{repeat: {count: 5}}", "{repeat: {count: x, sequence: []}}", "{repeat: {count: '{{ x', sequence: []}}",
        "{repeat: {count: 5, until: [], sequence: []}}", "{repeat: {for_each: x, sequence: []}}", "{repeat: {for_each: [], sequence: []}}", "{repeat: {for_each: {a: b}, sequence: []}}",
        "{repeat: {while: null, sequence: null}}", "{repeat: []}", "{choose: []}", "{choose: null}", "{choose: {conditions: [], sequence: []}}", "{choose: [{conditions: []}]}",
        "{choose: [{conditions: '{{ x }}', sequence: {stop: a}}], default: null}", "{choose: [{conditions: [], sequence: [], note: x}]}",
        "{choose: [{conditions: [], sequence: [], enabled: false}]}", "{choose: [{condition: [], sequence: []}]}", "{if: [], then: []}", "{if: '{{ x }}', then: {stop: x}, else: null}",
        "{if: [], else: []}", "{if: [], then: [], elif: []}", "{parallel: []}", "{parallel: {stop: x}}", "{parallel: [[{stop: x}], {sequence: []}]}", "{parallel: [x]}", "{parallel: null}",
        "{sequence: []}", "{sequence: [], metadata: {}}", "{sequence: null, enabled: no}", "{variables: {}}", "{variables: {5: a}}", "{variables: null}", "{variables: {a: '{{ x'}}",
        "{stop: null}", "{stop: x, error: true, response_variable: y}", "{stop: x, error: false, response_variable: y}", "{stop: x, error: maybe}",
        "{set_conversation_response: null}", "{set_conversation_response: [x]}", "{set_conversation_response: '{{ x'}", "{condition: '{{ x }}'}", "{condition: x}",
        "{condition: state, entity_id: a.b, state: 'on', continue_on_error: true}", "{or: ['{{ x }}']}", "{device_id: a, domain: b, type: c}", "{device_id: a}", "{device_id: 5, domain: b}",
        "{device_id: a, domain: b, enabled: '{{ x }}'}", "{device_id: '', domain: mobile_app, type: notify, message: '{{ x'}",
    )),
    *(f"triggers: []\nactions: []\n{text}\n" for text in (
        "id: 5", "id: null", "id: ''", "alias: 5", "alias: null", "alias: [x]", "alias: on", "description: 5", "description: null", "mode: Single", "mode: null", "max: 1", "max: '5'", "max: 2.9",
        "max: x", "max_exceeded: Silent", "max_exceeded: nope", "initial_state: 'off'", "initial_state: 2", "initial_state: x", "hide_entity: true", "trace: {}", "trace: null",
        "trace: {stored_traces: -1}", "trace: {stored_traces: 5, x: 1}", "variables: null", "variables: {a: '{{ x'}", "trigger_variables: {a: 1}", "trigger: []", "action: []", "condition: '{{ x }}'",
        "enabled: true", "note: x", "icon: mdi:x", "on: x", "5: x", "conditions: []\ncondition: []",
    )),
    *(_action(f"{{wait_template: {template}}}") for template in (
        "'{% for a in b %}{% continue %}{% endfor %}'", "'{% do a.append(1) %}'", "'{% from \"x.jinja\" import y %}{{ y() }}'", "'{% include x %}'", "'{% extends x %}'",
        "'{% trans %}a{% endtrans %}'", "'{% block a %}{% endblock %}'", "'{% block a %}{% endblock %}{% block a %}{% endblock %}'", "'{{ x if y }}'", "'{{ x is defined and x is not none }}'",
        "'{% set a %}b{% endset %}'", "'{% filter upper %}a{% endfilter %}'", "'{% filter nope %}a{% endfilter %}'", "'{% if x %}{{ y | nope }}{% endif %}'", "'{{ a ~ b }}'", "'{{ a; b }}'",
        "'{{ a && b }}'", "'{{ !a }}'", "'{{ a ? b : c }}'", "'{{ {1: 2}[1] }}'", "'{{ [1, 2][0:1] }}'", "'{{ a.b().c[\"d\"] }}'", "'{{ \"\\\" }}'", "'{{ 1_000 }}'", "'{{ 0x1f }}'", "'{{ 5..6 }}'",
        "'{{ a | default(b, true) | int(0) }}'", "'{{ states.light | map(attribute=\"x\") | list }}'", "'{{ x | selectattr(\"a\", \"nope\") }}'", "'{{ x is nope }}'", "'{% with a=1 %}{{ a }}{% endwith %}'",
        "'{% autoescape true %}{% endautoescape %}'", "'{% break %}'", "'{# x'", "'{{ }}'", "'{%%}'", "'{% raw %}{{{% endraw %}'", "'}}'", "'{{ none }} {{ None }} {{ true }}'", "'{{ a\nb }}'",
        "'{{ namespace(a=1).a }}'", "'{% set x.y = 1 %}'", "'{% macro a(b, c=1) %}{% endmacro %}{% call a(1) %}x{% endcall %}'", "'{{ loop.index }}'", "'{{ super() }}'", "'{{ lambda x: x }}'",
        "'{{ a | map(\"float\") | sum / 2 }}'", "'{{ floors() }} {{ x | floors }}'", "'{{ x | apply(y) }} {{ x is apply(y) }}'",
    )),
)  # fmt: skip
