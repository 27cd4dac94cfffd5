"""A sample home to try Nightshift on: eight rooms, two invented people, 30 days of habits and noise; seeded."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from astral import Observer

from automations.timeline.sun import local_sun_event
from generator.drafting.privacy.ha_vocabulary import SERVICES
from schemas.home import Area, Entity, Home, Service, document_from_home

AREAS = ("Kitchen", "Living room", "Bedroom", "Bathroom", "Hallway", "Office", "Outside", "Utility room")
ENTITIES = """
light.kitchen_ceiling Kitchen  light.kitchen_counter Kitchen  light.living_room_ceiling Living_room
light.reading_lamp Living_room  light.tv_backlight Living_room  light.bedroom_ceiling Bedroom  light.bedside Bedroom
light.bathroom_mirror Bathroom  light.hallway Hallway  light.desk Office  light.office_ceiling Office
light.porch Outside  light.garden Outside  light.utility Utility_room
switch.coffee_machine Kitchen  switch.bathroom_fan Bathroom  switch.office_monitor Office
switch.washing_machine Utility_room
switch.electric_blanket Bedroom  switch.garden_pump Outside
media_player.tv Living_room  media_player.kitchen_radio Kitchen  media_player.speaker Office
cover.living_room_blind Living_room  cover.bedroom_blind Bedroom  lock.front_door Hallway
climate.living_room Living_room
fan.bedroom Bedroom  vacuum.robot Hallway  input_boolean.guests Hallway
binary_sensor.kitchen_motion Kitchen motion  binary_sensor.hallway_motion Hallway motion
binary_sensor.bathroom_motion Bathroom motion  binary_sensor.living_room_motion Living_room motion
binary_sensor.office_motion Office motion  binary_sensor.utility_motion Utility_room motion
binary_sensor.front_door Hallway door  binary_sensor.back_door Kitchen door  binary_sensor.fridge_door Kitchen door
binary_sensor.bedroom_window Bedroom window  binary_sensor.bathroom_window Bathroom window
sensor.kitchen_temperature Kitchen temperature  sensor.living_room_temperature Living_room temperature
sensor.bedroom_temperature Bedroom temperature  sensor.outside_temperature Outside temperature
sensor.bathroom_humidity Bathroom humidity  sensor.bedroom_humidity Bedroom humidity
sensor.hallway_illuminance Hallway illuminance  sensor.outside_illuminance Outside illuminance
sensor.washing_machine_power Utility_room power  sensor.house_power Utility_room power
sensor.phone_battery Office battery  sensor.router_uptime Utility_room duration
person.alex -  person.sam -  zone.home -  sun.sun -  update.router Utility_room  device_tracker.phone_alex -
device_tracker.phone_sam -
"""
COMMON_DOMAINS = ("automation", "homeassistant", "scene", "script")
NOTIFY_SERVICES = (Service("notify", "notify"), Service("persistent_notification", "create"))
AMSTERDAM = (52.37, 4.89, "Europe/Amsterdam")
MINUTE, HOUR = 60.0, 3600.0
SEED = 7


@dataclass
class EventLog:
    """Writes events as seconds since local midnight of one day."""

    home: Home
    rng: random.Random
    rows: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    day: date = date.min

    def add(self, seconds: float, entity_id: str, state: str, cause: str = "") -> None:
        midnight = datetime.combine(self.day, datetime.min.time(), self.home.tzinfo)
        moment = (midnight + timedelta(seconds=seconds)).astimezone(UTC)
        self.rows.append((moment, entity_id, state, cause))

    def time_near(self, clock: str, jitter_minutes: float) -> float:
        """A time near `HH:MM`, normally distributed."""
        hours, minutes = clock.split(":")
        return int(hours) * HOUR + int(minutes) * MINUTE + self.rng.gauss(0, jitter_minutes * MINUTE)

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def sun_seconds(self, event: str) -> float:
        """Local seconds of sunrise or sunset on this day."""
        # In Amsterdam the sun rises and sets every day.
        moment = cast(datetime, local_sun_event(Observer(*AMSTERDAM[:2], 0), event, self.day, self.home.tzinfo))
        return moment.hour * HOUR + moment.minute * MINUTE + moment.second


def sample_home() -> Home:
    latitude, longitude, timezone = AMSTERDAM
    areas = tuple(Area(name.lower().replace(" ", "_"), name) for name in AREAS)
    entities = tuple(_entities())
    services = (*_services({*COMMON_DOMAINS, *(entity.domain for entity in entities)}), *NOTIFY_SERVICES)
    return Home(timezone, latitude, longitude, areas, entities, services)


def sample_rows(until: date, days: int = 30, seed: int = SEED) -> list[tuple[datetime, str, str, str]]:
    """Time (UTC), entity, state and cause of every change of the `days` before `until`, sorted by time."""
    log = EventLog(sample_home(), random.Random(seed))  # noqa: S311 - a sample, not a secret
    for number in range(days, 0, -1):
        log.day = until - timedelta(days=number)
        for write_habit in HABITS:
            write_habit(log)
        _daily_noise(log)
    return sorted(log.rows, key=lambda row: row[0])


def write_sample(folder: Path, until: date, seed: int = SEED) -> int:
    """`home.json` and `history.csv.gz` in `folder`; the number of changes. Same day and seed, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sample_rows(until, seed=seed)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("time", "entity_id", "state", "cause"))
    writer.writerows((f"{at.isoformat(timespec='milliseconds')[:-6]}Z", *rest) for at, *rest in rows)
    (folder / "history.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    document = json.dumps(document_from_home(sample_home()), indent=1, ensure_ascii=False)
    (folder / "home.json").write_text(document, encoding="utf-8")
    return len(rows)


def _services(domains: set[str]) -> Iterator[Service]:
    for full_name in sorted(SERVICES):
        domain, _, name = full_name.partition(".")
        if domain in domains:
            yield Service(domain, name)


def _entities() -> Iterator[Entity]:
    words = ENTITIES.split()
    starts = [n for n, word in enumerate(words) if "." in word]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        entity_id, area, *device_class = words[start:end]
        domain, _, object_id = entity_id.partition(".")
        name = object_id.replace("_", " ").capitalize() + (
            " light" if domain == "light" and "lamp" not in object_id else ""
        )
        area_id = None if area == "-" else area.lower()
        yield Entity(entity_id, name, area_id, device_class=device_class[0] if device_class else None)


# --- what the people of the sample home do -------------------------------------------------


def _weekday_morning(d: EventLog) -> None:
    if d.day.weekday() > 4 or not d.happens(0.93):
        return
    wake = d.time_near("06:41", 5)
    d.add(wake, "light.kitchen_ceiling", "on", "person")
    d.add(d.time_near("07:48", 12), "light.kitchen_ceiling", "off", "person")
    if d.happens(0.92):
        d.add(wake + d.rng.uniform(40, 150), "switch.coffee_machine", "on", "person")
        d.add(wake + 50 * MINUTE, "switch.coffee_machine", "off", "device")


def _weekend_morning(d: EventLog) -> None:
    if d.day.weekday() < 5 or not d.happens(0.9):
        return
    d.add(d.time_near("09:12", 11), "media_player.kitchen_radio", "playing", "person")
    d.add(d.time_near("11:00", 35), "media_player.kitchen_radio", "off", "person")


def _porch_at_sunset(d: EventLog) -> None:
    if d.happens(0.9):
        d.add(d.sun_seconds("sunset") + d.rng.gauss(12, 4) * MINUTE, "light.porch", "on", "person")
    d.add(d.time_near("23:25", 20), "light.porch", "off", "person")


def _evening(d: EventLog) -> None:
    start = d.time_near("20:05", 40)
    d.add(start, "media_player.tv", "playing", "person")
    if d.happens(0.9):
        d.add(start + d.rng.uniform(15, 70), "light.tv_backlight", "on", "person")
    end = start + d.rng.uniform(1.2, 2.4) * HOUR
    d.add(end, "media_player.tv", "off", "person")
    if d.happens(0.9):
        d.add(end + d.rng.uniform(10, 60), "light.tv_backlight", "off", "person")


def _bedtime(d: EventLog) -> None:
    if d.happens(0.92):
        d.add(d.time_near("22:52", 9), "light.bedside", "on", "person")
    d.add(d.time_near("23:34", 14), "light.bedside", "off", "person")


def _shower(d: EventLog) -> None:
    start = d.time_near("07:05", 25)
    level = 52.0
    for minute in range(0, 60, 4):
        rising = minute < 16
        level += d.rng.uniform(3, 7) if rising else -d.rng.uniform(1, 3)
        d.add(start + minute * MINUTE, "sensor.bathroom_humidity", f"{level:.0f}")
    if d.happens(0.9):
        d.add(start + 13 * MINUTE + d.rng.uniform(0, 120), "switch.bathroom_fan", "on", "person")
        d.add(start + 55 * MINUTE, "switch.bathroom_fan", "off", "device")


def _dark_hallway(d: EventLog) -> None:
    """In the dark somebody switches the light when they come through; by day nobody does."""
    for _ in range(d.rng.randint(6, 11)):
        start = d.rng.uniform(6.5, 23.3) * HOUR
        d.add(start, "binary_sensor.hallway_motion", "on")
        d.add(start + d.rng.uniform(50, 110), "binary_sensor.hallway_motion", "off")
        dark = start < d.sun_seconds("sunrise") or start > d.sun_seconds("sunset")
        if dark and d.happens(0.9):
            d.add(start + d.rng.uniform(3, 12), "light.hallway", "on", "person")
            d.add(start + d.rng.uniform(4, 9) * MINUTE, "light.hallway", "off", "person")


def _leaving(d: EventLog) -> None:
    if d.day.weekday() > 4:
        return
    alex, sam = d.time_near("08:10", 18), d.time_near("08:32", 20)
    for person, moment in (("alex", alex), ("sam", sam)):
        d.add(moment, f"person.{person}", "not_home")
        d.add(moment + 3, f"device_tracker.phone_{person}", "not_home")
    first, last = sorted((alex, sam))
    d.add(first, "zone.home", "1")
    d.add(last, "zone.home", "0")
    back = d.time_near("17:40", 30)
    d.add(back, "person.alex", "home")
    d.add(back, "zone.home", "1")
    d.add(back + d.rng.uniform(5, 70) * MINUTE, "person.sam", "home")
    d.add(back + 75 * MINUTE, "zone.home", "2")


def _automated_already(d: EventLog) -> None:
    """The home's own automation and a device that acts by itself: no habits."""
    d.add(d.sun_seconds("sunset") + 2, "light.garden", "on", "automation")
    d.add(23.0 * HOUR, "light.garden", "off", "automation")
    d.add(3.5 * HOUR + d.rng.uniform(0, 30), "switch.garden_pump", "on", "device")
    d.add(3.75 * HOUR, "switch.garden_pump", "off", "device")


HABITS: tuple[Callable[[EventLog], None], ...] = (
    _weekday_morning,
    _weekend_morning,
    _porch_at_sunset,
    _evening,
    _bedtime,
    _shower,
    _dark_hallway,
    _leaving,
    _automated_already,
)

LAMPS = ("light.living_room_ceiling", "light.reading_lamp", "light.desk", "light.office_ceiling", "light.utility")
MOTIONS = ("kitchen", "bathroom", "living_room", "office", "utility")


def _daily_noise(d: EventLog) -> None:
    """What a home does all day without any habit in it."""
    for lamp in LAMPS:
        for _ in range(d.rng.randint(0, 3)):
            start = d.rng.uniform(7, 23) * HOUR
            d.add(start, lamp, "on", "person")
            d.add(start + d.rng.uniform(5, 90) * MINUTE, lamp, "off", "person")
    for room in MOTIONS:
        for _ in range(d.rng.randint(8, 30)):
            start = d.rng.uniform(6, 23.8) * HOUR
            d.add(start, f"binary_sensor.{room}_motion", "on")
            d.add(start + d.rng.uniform(30, 200), f"binary_sensor.{room}_motion", "off")
    for door in ("front_door", "back_door", "fridge_door"):
        for _ in range(d.rng.randint(2, 12)):
            start = d.rng.uniform(6, 23) * HOUR
            d.add(start, f"binary_sensor.{door}", "on")
            d.add(start + d.rng.uniform(4, 40), f"binary_sensor.{door}", "off")
    for sensor, base, swing in (("kitchen", 20, 1.5), ("living_room", 20.5, 1), ("bedroom", 18, 1), ("outside", 9, 5)):
        for hour in range(24):
            value = base + swing * d.rng.uniform(-1, 1)
            d.add(hour * HOUR + d.rng.uniform(0, 3000), f"sensor.{sensor}_temperature", f"{value:.1f}")
    for quarter in range(96):
        d.add(quarter * 900 + d.rng.uniform(0, 600), "sensor.house_power", f"{d.rng.uniform(180, 2400):.0f}")
