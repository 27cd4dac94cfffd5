"""The days of people: when they sleep, where they are, what kind of day it is; and how a home comes to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.events import Origin
from schemas.home import Entity
from tests.other_homes.lifestyles import ROTATION
from tests.other_homes.line import Act
from tests.other_homes.stretches import Pair, Stretches
from tests.other_homes.world import HOUR, MINUTE, World

Out = tuple[float, float, str]
"""From and to in hours of the day (a night's shift ends at 30), and the zone."""


@dataclass
class Person:
    entity_id: str
    role: str
    kinds: list[str]
    """Of each day: office, home office, part time, early, late, night, school, free, trip."""
    awake: Stretches
    home: Stretches
    left: list[float]
    """When the home knew that this person had gone; and had come."""
    came: list[float]
    doors: list[float]
    """When this person really goes through the front door."""


@dataclass(frozen=True)
class Day:
    kind: str
    wake: float
    bed: float
    out: tuple[Out, ...] = ()


def move_in(world: World) -> None:
    for name, role in zip(("ana", "ben", "chi", "dov", "eli"), world.life.roles, strict=False):
        world.people.append(_person(world, name, role))
    homes = Stretches(pair for person in world.people for pair in person.home.pairs)
    known = Stretches(_known_home(world))
    world.empty = known.gaps(world.start, world.end)
    world.anyone = Stretches(pair for one in world.people for pair in one.home.both(one.awake).pairs).both(homes)


def holidays(world: World) -> frozenset[int]:
    """Working days on which nobody works."""
    return frozenset({world.seen_days // 3, world.seen_days // 2 + 4, world.seen_days + 9})


def on_trip(world: World, day: int) -> bool:
    return world.life.trip is not None and world.life.trip[0] <= day < world.life.trip[1] and world.seen_days > 20


def working(world: World, day: int) -> bool:
    return world.weekday(day) in world.life.work_days and day not in holidays(world)


def shift_of(world: World, day: int) -> str:
    return ROTATION[day % len(ROTATION)]


def _person(world: World, name: str, role: str) -> Person:
    usual = {"wake": world.span(-0.4, 0.4), "leave": world.span(-0.4, 0.4), "back": world.span(-0.5, 0.8)}
    days = [_day(world, role, day, usual) for day in range(world.days)]
    gone = [
        (world.moment(day, start), world.moment(day, end), zone)
        for day, one in enumerate(days)
        for start, end, zone in one.out
    ]
    awake = Stretches((world.moment(day, one.wake), world.moment(day, one.bed)) for day, one in enumerate(days))
    entity_id = world.add("person", Entity(f"person.{name}", name.title()), "home")
    tracker = world.add("tracker", Entity(f"device_tracker.{name}_phone"), "home")
    out = Stretches((start, end) for start, end, _ in gone)
    person = Person(entity_id, role, [day.kind for day in days], awake, out.gaps(world.start, world.end), [], [], [])
    for start, end in out.pairs:
        _go_and_come(world, person, tracker, start, end, next(zone for at, _, zone in gone if at >= start))
    return person


def _day(world: World, role: str, day: int, usual: dict[str, float]) -> Day:
    """One person's plan for a day, in hours."""

    def around(hour: float, minutes: float) -> float:
        return hour + float(world.rng.normal(0, minutes)) / 60 + world.mood[day] / 120

    if on_trip(world, day):
        last = world.life.trip is not None and day == world.life.trip[1] - 1
        start = around(9.5, 5) if world.life.trip and day == world.life.trip[0] else 0.0
        return Day("trip", 8, 23, ((start, around(17.5, 5) if last else 24.0, "not_home"),))
    wake, leave, back = around(6.7 + usual["wake"], 9), around(8 + usual["leave"], 10), around(17.2 + usual["back"], 28)
    if role == "office" and working(world, day):
        if world.weekday(day) in world.life.home_office:
            return Day("home office", wake + 0.6, around(23, 20), _errands(world, 0.4, 12, 18))
        return Day("office", wake, around(22.8, 20), ((leave, back, "work"), *_errands(world, 0.12, 19, 20)))
    if role == "part time" and world.weekday(day) in world.life.part_days and day not in holidays(world):
        return Day("part time", wake, around(22.6, 20), ((leave + 0.4, around(13, 15), "work"),))
    if role == "school" and working(world, day):
        return Day("school", wake + 0.1, around(20.9, 12), ((leave - 0.15, around(14.6, 25), "school"),))
    if role == "shift":
        return _shift(world, shift_of(world, day), shift_of(world, day + len(ROTATION) - 1), around)
    late = 0.0 if role in ("home", "retired") else 1.2
    busy = 0.8 if role in ("home", "retired") else 1.1
    return Day("free", around(7.4 + late, 25), around(23 + late / 3, 30), _errands(world, busy, 9.5, 19.5))


def _shift(world: World, shift: str, before: str, around: Callable[[float, float], float]) -> Day:
    wake = around(14.5, 20) if before == "night" else around(8.3, 30)
    if shift == "early":
        return Day("early", around(4.6, 6), around(21.4, 15), ((around(5.3, 5), around(14.4, 10), "work"),))
    if shift == "late":
        return Day("late", wake, around(24.3, 15), ((around(13.2, 6), around(22.6, 10), "work"),))
    if shift == "night":
        return Day("night", wake, around(31.4, 12), ((around(21.2, 6), around(30.6, 12), "work"),))
    return Day("free", wake, around(23, 30), _errands(world, 0.9, max(10, wake + 1), 19.5))


def _errands(world: World, a_day: float, after: float, before: float) -> tuple[Out, ...]:
    starts = sorted(world.span(after, before) for _ in range(world.rng.poisson(a_day)))[:2]
    return tuple((start, start + world.span(0.5, 2.6), "not_home") for start in starts)


def _go_and_come(world: World, person: Person, tracker: str, start: float, end: float, zone: str) -> None:
    """Phones are slow: the home learns of leaving late, of coming a little early or late."""
    left, came = start + world.span(20, 150), end - world.span(-50, 120)
    if came < left + 300:
        came = left + 300
    person.left.append(left)
    person.came.append(came)
    person.doors += [start, end]
    steps = [(left, "not_home"), (came, "home")]
    if zone != "not_home" and came - left > 3 * HOUR:
        steps += [(left + world.span(15, 40) * MINUTE, zone), (came - world.span(15, 40) * MINUTE, "not_home")]
    for at, state in steps:
        world.row(tracker, at - 0.4, state)
        world.row(person.entity_id, at, state)


def _known_home(world: World) -> Iterable[Pair]:
    for person in world.people:
        yield from Stretches(zip(person.left, person.came, strict=True)).gaps(world.start, world.end).pairs


def tell_of_people(world: World) -> None:
    """The number of people at home, the front door, and what the home knows of the day."""
    world.lines["zone.home"].first = str(len(world.people))
    gone = [(at, -1) for person in world.people for at in person.left]
    steps = sorted(gone + [(at, 1) for person in world.people for at in person.came])
    count = len(world.people)
    for at, step in steps:
        count += step
        world.row("zone.home", at + 0.2, str(count))
    for at in (at for person in world.people for at in person.doors):
        open_door(world, "binary_sensor.front_door", at + world.span(-20, 5), world.span(5, 25))
    for day in range(world.days):
        if world.life.tells_workday:
            world.row("binary_sensor.workday", world.moment(day, 0.01), "on" if working(world, day) else "off")
        if world.life.tells_shift:  # somebody looks at the roster in the evening before
            at = world.moment(day, -world.span(0.4, 2.5))
            world.row("input_select.shift", at, shift_of(world, day), Origin.APP, 0)


def open_door(world: World, door: str, at: float, seconds: float) -> None:
    """A contact; now and then it bounces."""
    rows = world.lines[door].rows
    rows += [Act(at, "on"), Act(at + seconds, "off")]
    if world.chance(0.1):
        rows += [Act(at + seconds + 0.3, "on"), Act(at + seconds + 0.7, "off")]
