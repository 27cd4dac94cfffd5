"""Every kind of action, nested, as people write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.corpus.conditions import Conditions
from tests.corpus.triggers import Triggers
from tests.corpus.values import Config

SERVICES: Final = [
    "light.turn_on",
    "light.turn_off",
    "light.toggle",
    "switch.turn_on",
    "homeassistant.turn_off",
    "notify.mobile_app_phone",
    "notify.Family",
    "script.good_night",
    "scene.turn_on",
    "climate.set_temperature",
    "cover.open_cover",
    "media_player.play_media",
    "input_boolean.toggle",
    "automation.trigger",
    "tts.google_say",
    "telegram_bot.send_message",
    "mqtt.publish",
    "persistent_notification.create",
    "input_select.select_option",
    "vacuum.start",
    "shell_command.x1",
    "weather.get_forecasts",
    "Light.Turn_On",
    "timer.start",
    "rest_command.call_2",
    "calendar.get_events",
    "python_script.p",
]


class Actions(Triggers, Conditions):
    def action(self, depth: int = 0) -> Config:
        kinds: list[Callable[[], Any]] = [self.call] * 9 + [
            self.delay,
            self.delay,
            self.wait_template,
            self.wait_for_trigger,
            self.fire_event,
            self.device_action,
            self.scene,
            self.set_variables,
            self.stop,
            self.condition_action,
            self.condition_action,
            self.respond,
        ]
        if depth < 3:
            nested = [self.choose, self.choose, self.if_then, self.if_then, self.repeat, self.parallel, self.sequence]
            kinds += [lambda make=make: make(depth) for make in nested]
        return self.with_common(self.made(*kinds), is_action=True)

    def actions(self, depth: int = 0) -> Any:
        return self.made(
            lambda: self.action(depth),
            *[lambda: [self.action(depth) for _ in range(self.random.randint(1, 3))]] * 5,
        )

    def call(self) -> Config:
        node: Config = {self.pick("action", "service"): self.pick(*SERVICES)}
        if self.maybe(0.08):
            node = {self.pick("service", "action", "service_template"): "light.turn_{{ trigger.to_state.state }}"}
        where = self.random.random()
        if where < 0.5:
            node["target"] = self.pick(
                {"entity_id": self.entities()},
                {"entity_id": "all"},
                {"area_id": ["kitchen", "hall"]},
                {"device_id": "abc"},
                {"entity_id": "{{ x }}"},
                {"entity_id": ["light.a", "{{ y }}"]},
                {"label_id": "{{ z }}"},
                {},
                "{{ t }}",
                {"floor_id": "up", "entity_id": "light.a"},
                {"entity_id": "none"},
            )
        elif where < 0.7:
            node["entity_id"] = self.pick(self.entity(), [self.entity()], "all", "light.a,light.b")
        if self.maybe(0.6):
            node[self.pick("data", "data", "data", "data_template")] = self.pick(
                {"brightness_pct": 50, "transition": 2},
                {"entity_id": self.entities()},
                {"message": self.template(), "title": "x"},
                {},
                {"data": {"actions": [{"action": "YES", "title": "Yes"}], "ttl": 0, "push": {"sound": None}}},
                {"rgb_color": [255, 0, 0]},
                {"temperature": "{{ x }}", "hvac_mode": "heat"},
                "{{ {'a': 1} }}",
                {"entity_id": "{{ e }}", "level": "{{ 3 }}"},
            )
        if self.maybe(0.06):
            node["response_variable"] = "answer"
        if self.maybe(0.05):
            node["metadata"] = {}
        return node

    def delay(self) -> Config:
        return {"delay": self.duration()}

    def wait_template(self) -> Config:
        node: Config = {"wait_template": self.template()}
        if self.maybe():
            node |= {"timeout": self.duration(), "continue_on_timeout": self.pick(True, False, "no")}
        return node

    def wait_for_trigger(self) -> Config:
        node: Config = {
            "wait_for_trigger": self.pick([self.trigger()], self.trigger(), [self.trigger(), self.trigger()])
        }
        if self.maybe():
            node |= {"timeout": self.duration(), "continue_on_timeout": False}
        return node

    def fire_event(self) -> Config:
        return {
            "event": "my_event",
            **self.pick({}, {"event_data": {"a": self.template()}}, {"event_data_template": {"b": 1}}),
        }

    def device_action(self) -> Config:
        return {
            "device_id": "ca1b",
            "domain": self.pick("light", "mobile_app", "climate"),
            "type": "turn_on",
            "entity_id": self.entity(),
        }

    def scene(self) -> Config:
        return {"scene": self.pick("scene.movie", "scene.Night_1")}

    def set_variables(self) -> Config:
        return {"variables": {"a": self.template(), "b": [1, "{{ c }}"], "d": {"e": None}}}

    def stop(self) -> Config:
        return {"stop": self.pick("done", "", None), **self.pick({}, {"error": True}, {"response_variable": "x"})}

    def respond(self) -> Config:
        return {"set_conversation_response": self.pick("Done", "{{ 'ok' }}", None)}

    def condition_action(self) -> Config:
        found = self.condition(1)
        return {"condition": found} if isinstance(found, str) else found

    def choose(self, depth: int) -> Config:
        def option() -> Config:
            made = {"conditions": self.conditions(depth + 1), "sequence": self.actions(depth + 1)}
            return {**made, "alias": "way"} if self.maybe(0.15) else made

        node: Config = {"choose": self.pick([option()], [option(), option()], option())}
        if self.maybe(0.5):
            node["default"] = self.pick(self.actions(depth + 1), [])
        return node

    def if_then(self, depth: int) -> Config:
        node: Config = {"if": self.conditions(depth + 1), "then": self.actions(depth + 1)}
        if self.maybe(0.4):
            node["else"] = self.actions(depth + 1)
        return node

    def repeat(self, depth: int) -> Config:
        way = self.pick(
            {"count": self.pick(3, "{{ n }}", "5")},
            {"while": self.conditions(depth + 1)},
            {"until": self.conditions(depth + 1)},
            {"for_each": self.pick(["a", "b"], "{{ list }}", [{"x": 1}])},
        )
        return {"repeat": {**way, "sequence": self.actions(depth + 1)}}

    def parallel(self, depth: int) -> Config:
        return {
            "parallel": self.pick(
                [self.action(depth + 1), self.action(depth + 1)],
                [{"sequence": self.actions(depth + 1)}, self.action(depth + 1)],
                self.action(depth + 1),
                [[self.action(depth + 1)], self.action(depth + 1)],
            )
        }

    def sequence(self, depth: int) -> Config:
        return {"sequence": self.actions(depth + 1)}
