"""Writes large histories for the benchmark: mostly telemetry and motion, some switching, a few habits; seeded.

`python -m tests.bench.big_home FOLDER EVENTS ENTITIES` does it in a process of its own: on Linux a process begins with
the peak memory of the one that started it, so whoever measures must be small.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DAYS = 30
START = np.datetime64("2026-03-01T00:00:00", "us").astype(np.int64)
DAY_US = 86_400_000_000
SWITCHED_A_DAY = 6.0
MOVED_SHARE = 0.15
"""Of the events are motion; what switching and motion leave is telemetry."""


def write_home(folder: Path, events: int, entities: int, seed: int = 1) -> tuple[Path, Path]:
    """`history.csv` and `home.json` in `folder`: so many events and entities over 30 days."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    lights = [f"light.lamp_{number}" for number in range(entities // 3)]
    motions = [f"binary_sensor.motion_{number}" for number in range(entities // 4)]
    gauges = [f"sensor.gauge_{number}" for number in range(entities - len(lights) - len(motions))]
    names = np.array([*lights, *motions, *gauges])
    parts = [_switching(rng, number) for number in range(len(lights))]
    left = max(0, events - sum(len(time) for time, _, _ in parts))
    moved = int(events * MOVED_SHARE)
    parts += [_toggling(rng, len(lights) + number, moved // len(motions)) for number in range(len(motions))]
    first = len(lights) + len(motions)
    parts += [_gauge(rng, first + number, (left - moved) // len(gauges)) for number in range(len(gauges))]
    _write(folder / "history.csv", names, parts)
    home = {
        "timezone": "Europe/Amsterdam",
        "latitude": 52.37,
        "longitude": 4.9,
        "entities": [{"entity_id": str(name), "name": str(name)} for name in names],
    }
    (folder / "home.json").write_text(json.dumps(home), encoding="utf-8")
    return folder / "history.csv", folder / "home.json"


Part = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]]


def _switching(rng: np.random.Generator, entity: int) -> Part:
    """On and off at any waking hour; every fourth lamp also at its own time every morning."""
    count = rng.poisson(SWITCHED_A_DAY * DAYS / 2)
    on = rng.integers(0, DAYS, count) * DAY_US + rng.integers(6 * 3600, 22 * 3600, count) * 1_000_000
    if entity % 4 == 0:
        own = rng.uniform(6, 9) * 3600
        on = np.append(on, np.arange(DAYS) * DAY_US + ((own + rng.normal(0, 500, DAYS)) * 1e6).astype(np.int64))
    on = np.sort(on)
    off = on + (rng.exponential(1800, len(on)) * 1e6).astype(np.int64)
    off[:-1] = np.minimum(off[:-1], on[1:] - 1)
    return _columns(np.stack([on, off], axis=1).ravel(), entity, np.tile(np.array(["on", "off"]), len(on)))


def _toggling(rng: np.random.Generator, entity: int, count: int) -> Part:
    return _columns(np.sort(rng.integers(0, DAYS * DAY_US, count)), entity, np.resize(np.array(["on", "off"]), count))


def _gauge(rng: np.random.Generator, entity: int, count: int) -> Part:
    time = np.sort(rng.integers(0, DAYS * DAY_US, count))
    value = 20 + 3 * np.sin(time / DAY_US * 2 * np.pi) + rng.normal(0, 0.3, count)
    return _columns(time, entity, np.char.mod("%.1f", value))


def _columns(time: NDArray[np.int64], entity: int, state: NDArray[np.str_]) -> Part:
    return time, np.full(len(time), entity), state


def _write(path: Path, names: NDArray[np.str_], parts: list[Part]) -> None:
    time = np.concatenate([part[0] for part in parts])
    entity = np.concatenate([part[1] for part in parts])
    state = np.concatenate([part[2] for part in parts])
    order = np.argsort(time, kind="stable")
    stamps = np.datetime_as_string((time[order] // 1000 * 1000 + START).astype("datetime64[us]"), unit="ms")
    with path.open("w", encoding="utf-8") as file:
        file.write("time,entity_id,state,cause\n")
        rows = zip(stamps.tolist(), names[entity[order]].tolist(), state[order].tolist(), strict=True)
        file.writelines(f"{stamp}Z,{name},{text},\n" for stamp, name, text in rows)


if __name__ == "__main__":
    write_home(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
