"""Plays automations with Home Assistant's engine and with ours, and says how far they agree.

python -m tests.e2e.engine.compare [windows [part of a name [version]]]    (or `make engine-compare`)
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automations.backtest.replay import backtest
from schemas.backtest import Backtest
from schemas.clock import datetime_from_us, microseconds
from tests.builders.real_home import CURRENT, OLDER
from tests.e2e.engine.automations import all_automations
from tests.e2e.engine.histories import AREAS, DEVICE_CLASSES, Played, played
from tests.e2e.verdicts import interpreter, run

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


def theirs(window: Played, configs: list[dict[str, Any]], version: str) -> dict[str, Any]:
    """What the engine of this release answers."""
    request = {
        "timezone": window.home.timezone,
        "latitude": window.home.latitude,
        "longitude": window.home.longitude,
        "start": window.start_us,
        "end": window.end_us,
        "history": window.rows,
        "automations": configs,
        "services": SERVICES,
        "device_classes": DEVICE_CLASSES,
        "areas": AREAS,
    }
    script = SCRIPT.read_text(encoding="utf-8")
    answer: dict[str, Any] = json.loads(run([*interpreter(version), "-c", script], version, json.dumps(request)))
    return answer


def agreements(window: Played, configs: list[dict[str, Any]], answer: dict[str, Any]) -> list[Agreement]:
    events, start, end = window.events(), datetime_from_us(window.start_us), datetime_from_us(window.end_us)
    home = replace(window.home, version=answer["version"])
    return [
        _agreement(config["id"], answer["fired"][config["id"]], backtest(config, events, home, start, end))
        for config in configs
    ]


def _agreement(name: str, fired: list[int], ours: Backtest) -> Agreement:
    mine = Counter(microseconds(at) // 1_000_000 for at in ours.fired)
    return Agreement(name, Counter(time // 1_000_000 for time in fired), mine, ours.computable, ours.reason)


@dataclass(frozen=True)
class Sum:
    """Shares over many automations, 0 to 1."""

    computable: float
    exact: float
    precision: float
    recall: float
    firings: int


def summed(every: list[Agreement]) -> Sum:
    told = [one for one in every if one.computable]
    return Sum(
        len(told) / len(every),
        sum(one.exact for one in told) / len(told),
        sum(one.precision for one in told) / len(told),
        sum(one.recall for one in told) / len(told),
        sum(one.theirs.total() for one in every),
    )


def differences(every: list[Agreement]) -> list[str]:
    """A line for each automation that is not exact: its first missing and its first extra firings."""
    return [
        f"{one.name}: {one.reason or ''} missing {_some(one.theirs - one.ours)}, extra {_some(one.ours - one.theirs)}"
        for one in every
        if not one.exact
    ]


def _some(times: Counter[int]) -> str:
    shown = ", ".join(datetime_from_us(time * 1_000_000).isoformat() for time in sorted(times)[:3])
    return f"{times.total()} ({shown})" if times else "none"


def main(count: int = 4, only: str = "", *versions: str) -> None:
    for version in versions or (CURRENT, OLDER):
        configs = [config for config in all_automations(version == CURRENT) if only in config["id"]]
        every: list[Agreement] = []
        for window in windows(count):
            every += agreements(window, configs, theirs(window, configs, version))
        print(version, f"{len(configs)} automations, {count} windows of 30 days,", summed(every))
        print("\n".join(differences(every)))


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:2]], *sys.argv[2:])
