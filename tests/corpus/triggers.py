"""Every kind of trigger, as people write it."""

from __future__ import annotations

from typing import Any

from schemas.automation.purpose_specific import purpose_triggers
from tests.corpus.purposes import Purposes
from tests.corpus.values import Config


class Triggers(Purposes):
    def trigger(self) -> Config:
        kinds = [self.state_trigger] * 5 + [
            self.numeric_trigger,
            self.numeric_trigger,
            self.time_trigger,
            self.time_trigger,
            self.pattern_trigger,
            self.event_trigger,
            self.homeassistant_trigger,
            self.sun_trigger,
            self.template_trigger,
            self.zone_trigger,
            self.calendar_trigger,
            self.tag_trigger,
            self.webhook_trigger,
            self.mqtt_trigger,
            self.conversation_trigger,
            self.notification_trigger,
            self.device_trigger,
            self.geo_trigger,
            self.trigger_group,
        ]
        if self.new:
            kinds += [self.purpose_trigger] * 3
        node: Config = self.made(*kinds)
        if "triggers" in node:
            return node
        if (
            self.new
            and self.maybe(0.05)
            and "trigger" in node
            and "." not in node["trigger"]
            and node["trigger"] != "device"
        ):
            kind = node.pop("trigger")
            node = {"trigger": kind, "options": node}
        node = self.with_common(node, is_trigger=True)
        if self.maybe(0.45):
            node = {"platform" if key == "trigger" else key: value for key, value in node.items()}
        return node

    def trigger_group(self) -> Config:
        return {"triggers": self.pick([self.state_trigger(), self.sun_trigger()], self.time_trigger())}

    def state_trigger(self) -> Config:
        node: Config = {"trigger": "state", "entity_id": self.entities()}
        if self.maybe(0.7):
            node["to"] = self.pick(self.state(), self.state(), self.state(), None)
        elif self.maybe(0.2):
            node["not_to"] = self.state()
        if self.maybe(0.35):
            node["from"] = self.pick(self.state(), self.state(), None)
        elif self.maybe(0.1):
            node["not_from"] = ["unknown", "unavailable"]
        if self.maybe(0.3):
            node["for"] = self.duration()
        if self.maybe(0.1):
            node["attribute"] = self.pick("brightness", "current_temperature")
            node["to"] = self.pick(5, "heat", [1, 2], True)
            node.pop("not_to", None)
        return node

    def bound(self) -> Any:
        return self.pick(20, 21.5, "30", "-5", "input_number.threshold", "sensor.temperature", 0)

    def numeric_trigger(self) -> Config:
        node: Config = {"trigger": "numeric_state", "entity_id": self.entities("sensor", "input_number")}
        both = self.maybe(0.2)
        if both:
            node |= {"above": self.pick(5, "10", 12.5), "below": self.pick(20, "40", "input_number.threshold")}
        else:
            node[self.pick("above", "below")] = self.bound()
        if self.maybe(0.15):
            node["attribute"] = "elevation"
        if self.maybe(0.1):
            node["value_template"] = "{{ state.attributes.value | float + 1 }}"
        if self.maybe(0.3):
            node["for"] = self.duration()
        return node

    def time_trigger(self) -> Config:
        at = self.made(
            self.clock,
            self.clock,
            self.clock,
            lambda: "input_datetime.wake_up",
            lambda: "sensor.next_alarm",
            lambda: [self.clock(), "input_datetime.wake_up"],
            lambda: {"entity_id": "sensor.next_alarm", "offset": self.offset()},
            lambda: "{{ states('input_datetime.wake_up') }}",
            lambda: [{"entity_id": "input_datetime.wake_up"}],
        )
        node: Config = {"trigger": "time", "at": at}
        if self.new and self.maybe(0.15):
            node["weekday"] = self.pick("mon", ["sat", "sun"])
        return node

    def pattern_trigger(self) -> Config:
        parts = {
            "hours": self.pick("/2", "*", 5, "7"),
            "minutes": self.pick("/5", 0, "30", "*", "/15"),
            "seconds": self.pick("/10", 0),
        }
        keys = self.random.sample(list(parts), self.random.randint(1, 3))
        return {"trigger": "time_pattern", **{key: parts[key] for key in keys}}

    def event_trigger(self) -> Config:
        node: Config = {
            "trigger": "event",
            "event_type": self.pick("zha_event", "timer.finished", ["a", "b_{{ x }}"], "call_service", 5),
        }
        if self.maybe(0.6):
            node["event_data"] = self.pick(
                {"device_ieee": "00:15:8d", "command": "on", "args": [1, 2]},
                {"a": "{{ b }}"},
                {"id": 5, "nested": {"x": None}},
                {},
            )
        if self.maybe(0.1):
            node["context"] = {"user_id": ["abc", "def"]}
        return node

    def homeassistant_trigger(self) -> Config:
        return {"trigger": "homeassistant", "event": self.pick("start", "shutdown")}

    def sun_trigger(self) -> Config:
        node: Config = {"trigger": "sun", "event": self.pick("sunset", "sunrise", "Sunset")}
        if self.maybe(0.5):
            node["offset"] = self.offset()
        return node

    def template_trigger(self) -> Config:
        node: Config = {"trigger": "template", "value_template": self.template()}
        if self.maybe(0.3):
            node["for"] = self.duration()
        return node

    def zone_trigger(self) -> Config:
        node: Config = {"trigger": "zone", "entity_id": self.entities("person", "device_tracker"), "zone": "zone.home"}
        if self.maybe(0.8):
            node["event"] = self.pick("enter", "leave")
        return node

    def geo_trigger(self) -> Config:
        return {
            "trigger": "geo_location",
            "source": "nsw_fires",
            "zone": "zone.bushfire",
            "event": self.pick("enter", "leave"),
        }

    def calendar_trigger(self) -> Config:
        node: Config = {"trigger": "calendar", "entity_id": "calendar.waste"}
        if self.maybe(0.7):
            node["event"] = self.pick("start", "end")
        if self.maybe(0.5):
            node["offset"] = self.offset()
        return node

    def tag_trigger(self) -> Config:
        node: Config = {"trigger": "tag", "tag_id": self.pick("abc-123", ["x", "y"], 1234)}
        if self.maybe(0.2):
            node["device_id"] = self.pick("0e19cd3cf2b311ea88f469a7512c307d", ["a", "b"])
        return node

    def webhook_trigger(self) -> Config:
        node: Config = {"trigger": "webhook", "webhook_id": "-secret-id_1"}
        if self.maybe(0.6):
            node |= {"allowed_methods": self.pick(["POST", "PUT"], "get", ["HEAD"]), "local_only": self.maybe()}
        return node

    def mqtt_trigger(self) -> Config:
        node: Config = {
            "trigger": "mqtt",
            "topic": self.pick("a/b/c", "zigbee2mqtt/+/action", "home/#", "x_{{ y }}", "frigate/events"),
        }
        if self.maybe(0.5):
            node["payload"] = self.pick("on", "{{ 'x' }}", 5, "")
        if self.maybe(0.2):
            node["value_template"] = "{{ value_json.after.id }}"
        if self.maybe(0.2):
            node |= {"qos": self.pick(0, "1", 2), "encoding": self.pick("utf-8", "")}
        return node

    def conversation_trigger(self) -> Config:
        return {
            "trigger": "conversation",
            "command": self.pick("turn on [the] light", ["movie (time|night)", "it's dark"], "play {album}"),
        }

    def notification_trigger(self) -> Config:
        node: Config = {"trigger": "persistent_notification"}
        if self.maybe():
            node |= {"update_type": self.pick("added", ["added", "removed"]), "notification_id": "x"}
        return node

    def device_trigger(self) -> Config:
        return {
            "trigger": "device",
            "device_id": "ca1b5e39dee4dec7d1e0fcb8d2c3e7a1",
            "domain": self.pick("zha", "mqtt", "hue", "binary_sensor", "light"),
            "type": self.pick("turned_on", "remote_button_short_press", "action", "motion"),
            **self.pick(
                {"subtype": "button_1"},
                {"entity_id": self.entity(), "for": {"minutes": 2}},
                {"discovery_id": "0x1 a"},
                {"entity_id": "0123456789abcdef0123456789abcdef", "above": 5},
                {"metadata": {"secondary": False}},
            ),
        }

    def purpose_trigger(self) -> Config:
        return self.purposeful("trigger", purpose_triggers())
