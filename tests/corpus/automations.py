"""Whole automations as people write them, in both spellings."""

from __future__ import annotations

from typing import Final

from tests.corpus.actions import Actions
from tests.corpus.values import Config

TEXTS: Final = [
    "Hall light on motion",
    "Żółw 🐢 licht",
    "Nacht: alles uit!",
    "a",
    '#1 "quoted" it\'s',
    "café",
    "x" * 200,
]


class Automations(Actions):
    def automation(self) -> Config:
        node: Config = {}
        if self.maybe(0.7):
            node["id"] = self.pick("1712345678901", "hall_light", "a.b-c")
        if self.maybe(0.9):
            node["alias"] = self.pick(*TEXTS, 5)
        if self.maybe(0.5):
            node["description"] = self.pick("", "Because", "line one\nline two", 5)
        old = self.maybe(0.45)
        node["trigger" if old else "triggers"] = self.made(
            *[lambda: [self.trigger() for _ in range(self.random.randint(1, 3))]] * 5, self.trigger, list
        )
        if self.maybe(0.7):
            node["condition" if self.maybe(0.9) == old else "conditions"] = self.pick(
                self.conditions(), [], self.conditions()
            )
        node["action" if self.maybe(0.9) == old else "actions"] = self.actions()
        if self.maybe(0.6):
            node["mode"] = self.pick("single", "restart", "queued", "parallel")
        for key, values, chance in (
            ("max", (2, 10, "25"), 0.1),
            ("max_exceeded", ("silent", "WARNING", "debug"), 0.08),
            ("initial_state", (True, "on", False), 0.08),
            ("hide_entity", (True, "false"), 0.04),
            ("trace", ({"stored_traces": 20}, {}), 0.04),
            ("variables", ({"a": "{{ b }}"}, {}), 0.08),
            ("trigger_variables", ({"x": 1},), 0.04),
        ):
            if self.maybe(chance):
                node[key] = self.pick(*values)
        return node
