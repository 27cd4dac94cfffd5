"""Thirty nasty days of made-up history: restarts, gaps, first appearances, flapping, drift, equal microseconds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from schemas.clock import microseconds
from schemas.events import Events
from schemas.home import Area, Entity, Home

Row = tuple[int, str, str]
MINUTE = 60_000_000

DEVICE_CLASSES = {
    "binary_sensor.hall_motion": "motion",
    "binary_sensor.front_door": "door",
    "binary_sensor.bath_window": "window",
    "binary_sensor.desk": "occupancy",
    "sensor.lux": "illuminance",
    "sensor.temperature": "temperature",
    "sensor.power": "power",
    "sensor.next_alarm": "timestamp",
}
AREAS = {"light.hall": "hall", "light.hall_lamp": "hall", "binary_sensor.hall_motion": "hall"}


@dataclass(frozen=True)
class Played:
    """A home and what happened in it; `start_us` is when the window begins, with the first states already there."""

    home: Home
    rows: list[Row]
    start_us: int
    end_us: int

    def events(self) -> Events:
        entities = tuple(dict.fromkeys(row[1] for row in self.rows))
        states = tuple(dict.fromkeys(row[2] for row in self.rows))
        entity = {name: code for code, name in enumerate(entities)}
        state = {text: code for code, text in enumerate(states)}
        return Events(
            np.array([row[0] for row in self.rows], np.int64),
            np.array([entity[row[1]] for row in self.rows], np.int32),
            np.array([state[row[2]] for row in self.rows], np.int32),
            np.zeros(len(self.rows), np.int8),
            entities,
            states,
        )


def played(timezone: str, latitude: float, longitude: float, first: datetime, days: int, seed: int) -> Played:
    """Days from `first` on, which is a local midnight; the same seed gives the same rows."""
    chance = random.Random(seed)
    start = microseconds(first)
    end = start + days * 24 * 60 * MINUTE
    rows = _first_states(start)
    for entity_id, texts, mean_minutes in _SWITCHED:
        rows += _switching(chance, entity_id, texts, mean_minutes, start, end)
    for entity_id, low, high, step, mean_minutes in _DRIFTING:
        rows += _drifting(chance, entity_id, (low, high, step), mean_minutes, start, end)
    rows += _bursts(chance, start, end)
    rows += _round_times(start, days)
    rows += _alarms(chance, start, days)
    rows = _with_restarts(chance, rows, start, end)
    entities = tuple(
        Entity(name, device_class=DEVICE_CLASSES.get(name), area_id=AREAS.get(name))
        for name in dict.fromkeys(row[1] for row in rows)
    )
    home = Home(timezone, latitude, longitude, areas=(Area("hall", "Hall"),), entities=entities)
    return Played(home, rows, start, end)


_SWITCHED: list[tuple[str, tuple[str, ...], float]] = [
    ("binary_sensor.hall_motion", ("off", "on"), 25),
    ("binary_sensor.front_door", ("off", "on"), 190),
    ("binary_sensor.bath_window", ("off", "on"), 300),
    ("binary_sensor.desk", ("off", "on"), 80),
    ("light.hall", ("off", "on"), 70),
    ("light.hall_lamp", ("off", "on"), 150),
    ("light.kitchen", ("off", "on"), 110),
    ("switch.fan", ("off", "on"), 240),
    ("person.anna", ("home", "not_home", "Work"), 230),
    ("person.ben", ("home", "not_home"), 310),
    ("input_boolean.guest", ("off", "on"), 1400),
    ("input_select.mode", ("day", "evening", "night"), 380),
    ("media_player.tv", ("off", "idle", "playing", "paused"), 130),
    ("cover.blind", ("closed", "opening", "open", "closing"), 200),
    ("lock.door", ("locked", "unlocked"), 260),
    ("climate.living", ("off", "heat", "cool"), 500),
]

_DRIFTING: list[tuple[str, float, float, float, float]] = [
    ("sensor.lux", 0, 400, 30, 11),
    ("sensor.temperature", 16, 26, 0.4, 17),
    ("sensor.power", 0, 2000, 350, 9),
    ("input_number.limit", 18, 24, 1, 900),
]


def _first_states(start: int) -> list[Row]:
    """`sensor.late` and `binary_sensor.late` are absent: they appear in the middle."""
    first = [(name, texts[0]) for name, texts, _ in _SWITCHED]
    first += [
        ("sensor.lux", "120"),
        ("sensor.temperature", "21.5"),
        ("sensor.power", "50"),
        ("input_number.limit", "21.0"),
    ]
    return [(start, name, text) for name, text in [*first, ("sensor.text", "calm"), ("sensor.always", "7")]]


def _switching(
    chance: random.Random, entity_id: str, texts: tuple[str, ...], mean_minutes: float, start: int, end: int
) -> list[Row]:
    rows, now, state = [], start, texts[0]
    while True:
        now += int(chance.expovariate(1 / mean_minutes) * MINUTE) + chance.choice([0, 1, 250_000])
        if now >= end:
            return rows
        state = chance.choice([text for text in texts if text != state])
        if chance.random() < 0.02:
            rows.append((now, entity_id, chance.choice(["unavailable", "unknown"])))
            now += chance.randrange(1, 20 * MINUTE)
        rows.append((min(now, end), entity_id, state))


def _drifting(
    chance: random.Random, entity_id: str, span: tuple[float, float, float], mean_minutes: float, start: int, end: int
) -> list[Row]:
    low, high, step = span
    rows, now, value = [], start, (low + high) / 2
    while True:
        now += int(chance.expovariate(1 / mean_minutes) * MINUTE) + 1
        if now >= end:
            return rows
        value = min(high, max(low, value + chance.uniform(-step, step)))
        text = str(round(value, 1))
        if chance.random() < 0.01:
            text = chance.choice(["unavailable", "unknown", "n/a"])
        rows.append((now, entity_id, text))


def _bursts(chance: random.Random, start: int, end: int) -> list[Row]:
    """Flapping contacts, and several changes in one microsecond."""
    rows: list[Row] = []
    for _ in range(25):
        now = chance.randrange(start + 1, end - MINUTE)
        rows += [(now + n * 700_000, "binary_sensor.front_door", "off" if n % 2 else "on") for n in range(8)]
    for _ in range(25):
        now = chance.randrange(start + 1, end)
        rows += [(now, "binary_sensor.hall_motion", "on"), (now, "light.hall", "off"), (now, "sensor.lux", "35.0")]
    middle = (start + end) // 2
    rows += [(middle, "sensor.late", "80"), (middle, "binary_sensor.late", "on")]
    for number in range(40):
        rows.append((middle + (number + 1) * 97 * MINUTE, "sensor.late", str((number * 37) % 100)))
        rows.append((middle + (number + 1) * 131 * MINUTE, "binary_sensor.late", "off" if number % 2 == 0 else "on"))
        rows.append((start + (number + 1) * 171 * MINUTE, "sensor.text", ["calm", "windy", "12", "storm"][number % 4]))
    return [row for row in rows if row[0] < end]


def _round_times(start: int, days: int) -> list[Row]:
    """Changes at full minutes, so that timers and changes fall on one microsecond."""
    rows: list[Row] = []
    for day in range(days):
        base = start + day * 24 * 60 * MINUTE
        for hour, state in ((6, "on"), (6.5, "off"), (7, "on"), (12, "off"), (20, "on"), (23, "off")):
            rows.append((base + int(hour * 60) * MINUTE, "switch.heater", state))
        pumped = [(0, "on"), (5, "off"), (10, "on"), (15, "off"), (20, "on"), (35, "off"), (40, "on")]
        rows += [(base + (18 * 60 + minute) * MINUTE, "switch.pump", state) for minute, state in pumped]
    return rows


def _alarms(chance: random.Random, start: int, days: int) -> list[Row]:
    """Entities that hold a time."""
    rows: list[Row] = [(start, "input_datetime.wake", "06:45:00"), (start, "sensor.next_alarm", "unknown")]
    for day in range(0, days, 3):
        now = start + day * 24 * 60 * MINUTE + chance.randrange(1, 600) * MINUTE
        rows.append((now, "input_datetime.wake", f"{chance.randrange(5, 9):02}:{chance.randrange(60):02}:00"))
        ring = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now + chance.randrange(1, 1500) * MINUTE)
        rows.append((now, "sensor.next_alarm", ring.replace(microsecond=0).isoformat()))
    return rows


def _with_restarts(chance: random.Random, rows: list[Row], start: int, end: int) -> list[Row]:
    """Some nights the home restarts: everything goes unavailable, and comes back as it was a few minutes later."""
    rows = sorted(rows, key=lambda row: row[0])
    restarts = sorted(chance.randrange(start + 1, end - 30 * MINUTE) for _ in range(6))
    for at in restarts:
        back = at + chance.randrange(1, 9) * MINUTE
        held = {name: state for time, name, state in rows if time <= back}
        away = [name for name in held if not name.startswith(("input_", "sun."))]
        rows = [row for row in rows if not (at <= row[0] <= back and row[1] in away)]
        known = {name for time, name, _ in rows if time < at}
        rows += [(at + place % 3, name, "unavailable") for place, name in enumerate(away) if name in known]
        rows += [(back + place * 1000, name, held[name]) for place, name in enumerate(away)]
        rows.sort(key=lambda row: row[0])
    return rows
