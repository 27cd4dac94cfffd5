"""Numbers: slow sensors that report each five to thirty minutes, meters, batteries, the washing machine's power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.other_homes.human import apart
from tests.other_homes.world import HOUR, MINUTE, World

Floats = NDArray[np.floating[Any]]

SHAPES: dict[str, tuple[float, float, float, int]] = {
    # kind: middle, swing over the day, wander, digits
    "temperature": (20.5, 1.2, 0.8, 1),
    "humidity": (47, 4, 4, 1),
    "lux": (150, 120, 60, 0),
    "co2": (650, 180, 90, 0),
    "link": (-62, 0, 4, 0),
    "power": (60, 25, 40, 1),
}


def measure(world: World) -> None:
    """Every sensor that no habit has written yet."""
    told = {entity_id for entity_id, *_ in world.series}
    for kind, (middle, swing, wander, digits) in SHAPES.items():
        for sensor in (one for one in world.free[kind] if one not in told):
            at = reports(world)
            values = middle + swing * day_wave(world, at) + wander * _walk(world, len(at))
            tell(world, sensor, at, values, digits)
    for battery in world.free["battery"]:
        at = world.start + np.arange(world.days) * 86_400 + world.span(0, 86_400)
        tell(world, battery, at, world.span(60, 100) - np.arange(world.days) * world.span(0, 0.3), 0)
    for sensor, series in (("sensor.outside_temperature", outside(world)), ("sensor.outside_brightness", sky(world))):
        if sensor not in told:
            tell(world, sensor, *series, 1)
    if "sensor.washing_machine_power" not in told:
        washing(world)


def reports(world: World, minutes: float = 0.0) -> Floats:
    """When a sensor reports."""
    every = (minutes or world.span(*world.life.slow_minutes)) * MINUTE
    gaps = world.rng.uniform(0.9, 1.1, int((world.end - world.start) / every / 0.9) + 2) * every
    at = world.start + np.cumsum(gaps)
    return at[at < world.end]


def tell(world: World, sensor: str, at: Floats, values: Floats, digits: int) -> None:
    """A report that says the same as before is no change."""
    rounded = np.round(values, digits)
    changed = np.concatenate([[True], np.diff(rounded) != 0])
    texts = [f"{value:.{digits}f}" for value in rounded[changed]]
    world.series.append((sensor, at[changed], texts))


def day_wave(world: World, at: Floats) -> Floats:
    """-1 before dawn, 1 in the afternoon."""
    hours = (at - world.start) / HOUR
    return np.sin((hours - 9.5) / 24 * 2 * np.pi)


def _walk(world: World, count: int) -> Floats:
    steps = np.cumsum(world.rng.normal(0, 1, count))
    return (steps - np.linspace(0, steps[-1], count)) / max(1.0, float(np.std(steps)))


def outside(world: World) -> tuple[Floats, Floats]:
    """Warm and cold spells of some days; half of the evenings are warm."""
    at = reports(world, 11)
    spells = world.rng.permutation(np.resize([-4.5, 4.5], world.days // 2 + 3))
    spell = np.interp(at, world.start + np.arange(len(spells)) * 2 * 86_400, spells)
    return at, 17 + spell + 4 * day_wave(world, at) + world.rng.normal(0, 0.2, len(at))


def sky(world: World) -> tuple[Floats, Floats]:
    """Lux outside: clouds over a day's light, little at sunset and nothing an hour later."""
    at = reports(world, 6)
    light = np.zeros(len(at))
    for day in range(-1, world.days + 1):
        rise, down = world.sun(day, "sunrise"), world.sun(day, "sunset")
        light = np.maximum(light, 300 * np.exp(np.clip(np.minimum(at - rise, down - at) / 1100, -12, 4)))
    return at, light * np.exp(world.rng.normal(0, 0.2, len(at)))


@dataclass(frozen=True)
class Wash:
    start: float
    end: float


def washing(world: World) -> list[Wash]:
    """Some runs a week that end while somebody is there; pauses in which it draws next to nothing; then silence."""
    starts = apart(world.anyone.draw(world.rng, int(world.days * 0.9)), 4 * HOUR)
    at: list[float] = [world.start + 5]
    watts: list[float] = [0.5]
    washes = []
    for start in starts:
        moment, end = start, start + world.span(60, 140) * MINUTE
        if not world.anyone.covers(end + 300):
            continue
        while moment < end:
            pause = world.chance(0.06) and end - moment > 600
            part = world.span(60, 170) if pause else world.span(120, 700)
            level = world.span(1, 4) if pause else float(world.rng.choice([2100.0, 180.0, 320.0]))
            while part > 0 and moment < end:
                at.append(moment)
                watts.append(level * world.span(0.9, 1.1))
                step = world.span(15, 45)
                moment, part = moment + step, part - step
        at += [moment, moment + 1]
        watts += [1.8, 0.5]
        washes.append(Wash(start, moment))
    tell(world, "sensor.washing_machine_power", np.array(at), np.array(watts), 1)
    return washes


def steam(world: World, sensor: str, showers: list[float], bound: float) -> list[float]:
    """A bathroom's humidity: it climbs within minutes of a shower and falls for an hour; when it passed the bound."""
    at = reports(world, 2.5)
    level = 46 + world.rng.normal(0, 0.7, len(at))
    for shower in showers:
        since = (at - shower) / MINUTE
        rise = np.where(since > 0, np.minimum(since / 10, 1) * np.exp(-np.maximum(since - 14, 0) / 25), 0)
        level = np.maximum(level, 46 + (bound - 36) * rise)
    tell(world, sensor, at, level, 1)
    above = np.round(level, 1) > bound
    return [float(moment) for moment in at[1:][above[1:] & ~above[:-1]]]
