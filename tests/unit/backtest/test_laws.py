"""Laws that hold for every automation and history."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from automations.backtest.replay import backtest
from tests.unit.backtest.build import HOME, at, events

ENTITIES = ["binary_sensor.a", "light.hall", "sensor.t"]
TEXTS = ["on", "off", "unavailable", "20", "22.5"]

rows = st.lists(
    st.tuples(st.integers(0, 2879), st.sampled_from(ENTITIES), st.sampled_from(TEXTS)), min_size=1, max_size=60
)
triggers = st.one_of(
    st.fixed_dictionaries(
        {"trigger": st.just("state"), "entity_id": st.sampled_from(ENTITIES)},
        optional={"to": st.sampled_from(TEXTS), "from": st.sampled_from(TEXTS), "for": st.integers(0, 7200)},
    ),
    st.fixed_dictionaries(
        {"trigger": st.just("numeric_state"), "entity_id": st.just("sensor.t"), "above": st.integers(19, 23)},
        optional={"for": st.just("00:10:00")},
    ),
    st.fixed_dictionaries({"trigger": st.just("time"), "at": st.sampled_from(["07:00:00", "23:59"])}),
    st.fixed_dictionaries({"trigger": st.just("sun"), "event": st.sampled_from(["sunrise", "sunset"])}),
)
some_triggers = st.lists(triggers, min_size=1, max_size=3)
conditions = st.one_of(
    st.fixed_dictionaries(
        {"condition": st.just("state"), "entity_id": st.sampled_from(ENTITIES), "state": st.sampled_from(TEXTS)}
    ),
    st.fixed_dictionaries({"condition": st.just("time"), "after": st.just("06:00"), "before": st.just("20:00")}),
)
actions = st.one_of(
    st.just({"action": "light.turn_on", "target": {"entity_id": "light.hall"}}),
    st.fixed_dictionaries({"delay": st.integers(0, 4000)}),
)


def history(made: list[tuple[int, str, str]]) -> Any:
    return events(*((f"{10 + m // 1440} {m // 60 % 24:02}:{m % 60:02}", name, text) for m, name, text in made))


@given(
    rows, st.lists(triggers, min_size=1, max_size=3), st.lists(conditions, max_size=2), st.lists(actions, max_size=3)
)
def test_old_and_new_spelling_give_the_same_backtest(made: Any, when: Any, only_if: Any, then: Any) -> None:
    new = {"triggers": when, "conditions": only_if, "actions": then}
    old = {
        "trigger": [{("platform" if key == "trigger" else key): value for key, value in one.items()} for one in when],
        "condition": only_if,
        "action": [{("service" if key == "action" else key): value for key, value in one.items()} for one in then],
    }

    assert backtest(new, history(made), HOME) == backtest(old, history(made), HOME)


@given(
    rows, st.lists(triggers, min_size=1, max_size=3), st.lists(conditions, max_size=2), st.lists(actions, max_size=3)
)
def test_firings_lie_in_the_window_in_order_and_each_is_one_thing_at_most(
    made: Any, when: Any, only_if: Any, then: Any
) -> None:
    config = {"triggers": when, "conditions": only_if, "actions": then}

    found = backtest(config, history(made), HOME, at("10 06:00"), at("11 06:00"))

    assert found.computable, found.reason
    assert list(found.fired) == sorted(found.fired)
    assert all(found.start <= moment <= found.end for moment in found.fired)
    assert found.matched + len(found.false) + found.already <= len(found.fired)


@given(rows, some_triggers)
def test_a_condition_only_takes_firings_away(made: Any, when: Any) -> None:
    plain = backtest({"triggers": when, "actions": []}, history(made), HOME)
    halved = backtest(
        {"triggers": when, "conditions": [{"condition": "time", "after": "12:00"}], "actions": []}, history(made), HOME
    )

    assert set(halved.fired) <= set(plain.fired)


words = st.sampled_from(
    [
        "trigger", "triggers", "conditions", "actions", "platform", "state", "time", "at", "for", "entity_id", "to",
        "from", "above", "delay", "choose", "repeat", "count", "sequence", "parallel", "wait_template",
        "wait_for_trigger", "value_template", "condition", "if", "then", "template", "sun", "mode", "max",
    ]
)  # fmt: skip
texts = st.sampled_from(["", "light.hall", "state", "{{ 1 }}"])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)


@given(st.fixed_dictionaries({"triggers": anything, "conditions": anything, "actions": anything, "mode": anything}))
def test_no_config_whatever_raises(config: Any) -> None:
    found = backtest(config, events(("10 00:00", "light.hall", "off"), ("10 01:00", "light.hall", "on")), HOME)

    assert found.computable or found.reason.startswith("Not computable, because ")


def test_a_template_cannot_ask_for_endless_work() -> None:
    row = ("10 00:00", "light.hall", "off")
    bombs = ["{{ 9 ** 9 ** 9 ** 9 > 1 }}", "{{ 'x' * 9999999999 == 'y' }}", "{{ '%9999999999d' % 1 == '' }}"]

    for bomb in bombs:
        config = {"triggers": [{"trigger": "time", "at": "07:00"}], "conditions": [bomb], "actions": []}
        assert backtest(config, events(row), HOME, at("10 00:00"), at("12 00:00")).fired == ()
