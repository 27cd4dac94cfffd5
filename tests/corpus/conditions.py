"""Every kind of condition, as people write it."""

from __future__ import annotations

from typing import Any

from schemas.automation.purpose_specific import purpose_conditions
from tests.corpus.purposes import Purposes
from tests.corpus.values import Config


class Conditions(Purposes):
    def condition(self, depth: int = 0) -> Any:
        kinds = [self.state_condition] * 4 + [
            self.numeric_condition,
            self.time_condition,
            self.time_condition,
            self.sun_condition,
            self.zone_condition,
            self.template_condition,
            self.trigger_condition,
            self.device_condition,
        ]
        if depth < 3:
            kinds += [lambda: self.logic(depth), lambda: self.logic(depth)]
        if self.new:
            kinds += [lambda: self.purposeful("condition", purpose_conditions())]
        if self.maybe(0.08):
            return self.template()
        return self.with_common(self.made(*kinds))

    def conditions(self, depth: int = 0) -> Any:
        return self.made(
            lambda: self.condition(depth),
            *[lambda: [self.condition(depth) for _ in range(self.random.randint(1, 3))]] * 4,
            list,
        )

    def logic(self, depth: int) -> Config:
        name = self.pick("and", "or", "not")
        inner = self.conditions(depth + 1)
        return self.pick({"condition": name, "conditions": inner}, {name: inner})

    def state_condition(self) -> Config:
        node: Config = {"condition": "state", "entity_id": self.entities(), "state": self.state()}
        if self.maybe(0.15):
            node["for"] = self.duration()
        elif self.maybe(0.1):
            node |= {"attribute": "preset_mode", "state": self.pick("eco", 5, True, None)}
        if self.maybe(0.08):
            node["match"] = self.pick("any", "all", "ANY")
        return node

    def numeric_condition(self) -> Config:
        node: Config = {
            "condition": "numeric_state",
            "entity_id": self.entities(),
            self.pick("above", "below"): self.bound(),
        }
        if self.maybe(0.2):
            node["attribute"] = "elevation"
        if self.maybe(0.15):
            node["value_template"] = self.template()
        return node

    def time_condition(self) -> Config:
        node: Config = {"condition": "time"}
        if self.maybe(0.6):
            node["after"] = self.pick(self.clock(), "input_datetime.wake_up", "sensor.next_alarm")
        if self.maybe(0.6):
            node["before"] = self.pick(self.clock(), "time.bed")
        if self.maybe(0.4) or len(node) == 1:
            node["weekday"] = self.pick(["mon", "tue", "wed"], "sun", ["sat"])
        return node

    def sun_condition(self) -> Config:
        node: Config = {"condition": "sun", self.pick("after", "before"): self.pick("sunset", "sunrise")}
        if self.maybe(0.4):
            node[f"{next(key for key in node if key != 'condition')}_offset"] = self.offset()
        return node

    def zone_condition(self) -> Config:
        return {
            "condition": "zone",
            "entity_id": self.pick("person.anna", ["person.anna", "device_tracker.x"]),
            "zone": "zone.home",
        }

    def template_condition(self) -> Config:
        return {"condition": "template", "value_template": self.pick(self.template(), self.template(), "true")}

    def trigger_condition(self) -> Config:
        return {"condition": "trigger", "id": self.pick("morning", ["a", "b"], 1)}

    def device_condition(self) -> Config:
        return {
            "condition": "device",
            "device_id": "ca1b",
            "domain": "light",
            "type": "is_on",
            "entity_id": self.entity(),
        }
