"""Purpose-specific kinds with the target and options that each asks for."""

from __future__ import annotations

from typing import Any

from schemas.automation.purpose_specific import KindSpec
from tests.corpus.values import Config, Values


class Purposes(Values):
    def target(self) -> Config:
        target: Config = self.pick(
            {"entity_id": self.pick("light.kitchen", ["light.kitchen", "light.hal"])},
            {"area_id": "kitchen"},
            {"device_id": ["abc"]},
            {"floor_id": "up"},
            {"label_id": ["night", "x"]},
            {"entity_id": "light.a", "area_id": ["b"]},
        )
        if self.maybe(0.08):
            target["exclude"] = {"entity_id": "light.hal"}
        return target

    def options(self, shape: KindSpec) -> Config:
        chosen = {name: kind for name, kind in shape.options.items() if name in shape.required or self.maybe(0.3)}
        return {name: self.option(kind) for name, kind in chosen.items()}

    def option(self, kind: str) -> Any:
        name, _, detail = kind.partition(":")
        if name == "threshold":
            units = [unit for unit in detail.partition(":")[2].split("|") if unit]

            def number() -> Config:
                return {
                    "number": self.pick(5, 21.5, "7"),
                    **({"unit_of_measurement": self.pick(*units)} if units else {}),
                }

            def entity() -> Config:
                return {"entity": "input_number.threshold"}

            return self.made(
                lambda: {"type": self.pick("above", "below"), "value": self.made(number, entity)},
                lambda: {"type": self.pick("between", "outside"), "value_min": entity(), "value_max": number()},
            )
        if name in ("one_of", "some_of"):
            return self.pick(*detail.split("|"))
        simple: dict[str, Any] = {
            "some_text": self.pick("x", ["a", "b"]),
            "text": "hello",
            "time": self.offset(),
            "zone": "zone.home",
            "positive_time": self.pick("00:05:00", 30, {"minutes": 1}),
            "positive_time_dict": {"minutes": 5},
        }
        return simple[name]

    def purposeful(self, key: str, kinds: dict[str, KindSpec]) -> Config:
        kind = self.pick(*sorted(kinds))
        shape = kinds[kind]
        node: Config = {key: kind}
        if shape.needs_target:
            node["target"] = self.target()
        if options := self.options(shape):
            node["options"] = options
        return node
