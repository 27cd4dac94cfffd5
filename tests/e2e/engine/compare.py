"""Plays automations with Home Assistant's engine and with ours, and says how far they agree.

python -m tests.e2e.engine.compare [--python PATH] [--seeds N] [--only TEXT]
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automations.backtest.clock import instant, microseconds
from automations.backtest.replay import backtest
from schemas.backtest import Backtest
from tests.e2e.engine.histories import DEVICE_CLASSES, Played, played

SCRIPT = Path(__file__).parent / "virtual_home.py"
SERVICES = ["light.turn_on", "light.turn_off"]


@dataclass(frozen=True)
class Agreement:
    """One automation on one history; times in whole seconds."""

    name: str
    theirs: Counter[int]
    ours: Counter[int]
    computable: bool
    reason: str

    @property
    def exact(self) -> bool:
        return self.computable and self.theirs == self.ours

    @property
    def precision(self) -> float:
        return self._share(self.ours)

    @property
    def recall(self) -> float:
        return self._share(self.theirs)

    def _share(self, whole: Counter[int]) -> float:
        return (self.theirs & self.ours).total() / whole.total() if whole else 1.0


def windows(count: int) -> list[Played]:
    """Spring in Amsterdam, autumn in Los Angeles, southern autumn in Sydney: clocks turn in each."""
    spans = [
        ("Europe/Amsterdam", 52.37, 4.9, datetime(2025, 3, 15, 23, tzinfo=UTC)),
        ("America/Los_Angeles", 34.05, -118.24, datetime(2025, 10, 20, 7, tzinfo=UTC)),
        ("Australia/Sydney", -33.87, 151.2, datetime(2025, 3, 20, 13, tzinfo=UTC)),
        ("Europe/Helsinki", 60.17, 24.94, datetime(2025, 10, 12, 21, tzinfo=UTC)),
    ]
    return [played(*spans[seed % 4], days=30, seed=seed) for seed in range(count)]


def theirs(window: Played, configs: list[dict[str, Any]], python: list[str], folder: Path) -> dict[str, Any]:
    """What Home Assistant's engine answers; `python` is the command of its interpreter."""
    request = folder / "request.json"
    document = {
        "timezone": window.home.timezone,
        "latitude": window.home.latitude,
        "longitude": window.home.longitude,
        "start": window.start_us,
        "end": window.end_us,
        "history": window.rows,
        "automations": configs,
        "services": SERVICES,
        "device_classes": DEVICE_CLASSES,
    }
    request.write_text(json.dumps(document))
    done = subprocess.run([*python, str(SCRIPT), str(request)], capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def agreements(window: Played, configs: list[dict[str, Any]], answer: dict[str, Any]) -> list[Agreement]:
    events, start, end = window.events(), instant(window.start_us), instant(window.end_us)
    home = replace(window.home, version=answer["version"])
    return [
        _agreement(config["id"], answer["fired"][config["id"]], backtest(config, events, home, start, end))
        for config in configs
    ]


def _agreement(name: str, fired: list[int], ours: Backtest) -> Agreement:
    mine = Counter(microseconds(at) // 1_000_000 for at in ours.fired)
    return Agreement(name, Counter(time // 1_000_000 for time in fired), mine, ours.computable, ours.reason)
