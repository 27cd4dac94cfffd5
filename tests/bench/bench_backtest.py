"""Processor time of one backtest over 30 days of a million changes: `python -m tests.bench.bench_backtest`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from automations.backtest.replay import backtest
from schemas.clock import SECOND_US, microseconds
from schemas.events import Events
from schemas.home import Home

ROWS, DAYS, ENTITIES = 1_000_000, 30, 60
ON = {"action": "light.turn_on", "target": {"entity_id": "light.hall"}}
OFF = {"action": "light.turn_off", "target": {"entity_id": "light.hall"}}
MOTION = {"trigger": "state", "entity_id": "binary_sensor.motion", "to": "on"}
WAIT = {"wait_for_trigger": [{**MOTION, "to": "off", "for": "00:02:00"}], "timeout": "00:30:00"}

AUTOMATIONS: dict[str, dict[str, Any]] = {
    "time": {"triggers": [{"trigger": "time", "at": "07:00:00"}]},
    "sunset": {"triggers": [{"trigger": "sun", "event": "sunset"}]},
    "every five minutes": {"triggers": [{"trigger": "time_pattern", "minutes": "/5"}]},
    "state, dark": {"triggers": [MOTION], "conditions": [{"condition": "sun", "after": "sunset", "before": "sunrise"}]},
    "number for": {"triggers": [{"trigger": "numeric_state", "entity_id": "sensor.s7", "above": 300, "for": "00:05"}]},
    "any change of a sensor": {"triggers": [{"trigger": "state", "entity_id": "sensor.s7"}]},
    "sun entity": {"triggers": [{"trigger": "state", "entity_id": "sun.sun"}]},
    "template": {"triggers": [MOTION], "conditions": ["{{ states('sensor.s7') | float(0) > 100 and now().hour > 6 }}"]},
    "delay, single": {"triggers": [MOTION], "actions": [ON, {"delay": "00:05:00"}, OFF]},
    "wait, single": {"triggers": [MOTION], "actions": [ON, WAIT, OFF]},
    "wait, queued": {"triggers": [MOTION], "actions": [ON, WAIT, OFF], "mode": "queued"},
}


def history() -> Events:
    """Sixty entities that change at random, four of them by switching."""
    random = np.random.default_rng(1)
    start = microseconds(datetime(2025, 3, 10, tzinfo=UTC))
    entity = random.integers(0, ENTITIES, ROWS).astype(np.int32)
    numbers = random.integers(2, 5002, ROWS).astype(np.int32)
    state = np.where(entity < 4, random.integers(0, 2, ROWS).astype(np.int32), numbers)
    names = ("binary_sensor.motion", "light.hall", "light.lamp", "switch.fan")
    return Events(
        np.sort(random.integers(start, start + DAYS * 86_400 * SECOND_US, ROWS)),
        entity,
        state,
        np.zeros(ROWS, np.int8),
        (*names, *(f"sensor.s{number}" for number in range(ENTITIES - len(names)))),
        ("on", "off", *(str(number / 10) for number in range(5000))),
    )


def main() -> None:
    events, home = history(), Home("Europe/Amsterdam", 52.37, 4.9)
    for name, config in AUTOMATIONS.items():
        began = time.process_time()
        found = backtest({"actions": [ON], **config}, events, home)
        spent = time.process_time() - began
        print(f"{name:24} {spent * 1000:5.0f} ms, {len(found.fired)} firings {found.reason}")


if __name__ == "__main__":
    main()
