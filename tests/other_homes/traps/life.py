"""Traps by people: habits that ended, sold things, use at no hour, pets, and what must never be proposed."""

from __future__ import annotations

from schemas.events import Origin
from tests.other_homes.background import draw, move_about
from tests.other_homes.habits.by_clock import good_hour
from tests.other_homes.human import Clockwork, by_hand, do, some_use
from tests.other_homes.line import Act, Episode
from tests.other_homes.world import HOUR, World


def stopped(world: World) -> None:
    """People did it until two weeks before the end."""
    _until(world, "stopped habit", world.take("lamp"), world.seen_days - 14)


def sold(world: World) -> None:
    """A lamp with a habit, sold in the last third."""
    lamp, last = world.take("lamp"), world.seen_days - 8
    world.still.add(lamp)
    _until(world, "sold lamp", lamp, last)
    world.row(lamp, world.moment(last, 12), "unavailable")


def _until(world: World, name: str, lamp: str, last: int) -> None:
    days = list(range(max(0, last)))
    habit = Clockwork(world, good_hour(world, days, world.anyone, (8, 22)), 5)
    for day in days:
        if world.anyone.covers(at := habit.usual(day)) and world.chance(0.9):
            do(world, lamp, ("on", "off"), at, some_use(world, 40))
    world.decoy(name, lamp, "on")


def evening_use(world: World) -> None:
    lamp = world.take("lamp")
    for day in range(world.days):
        if world.anyone.covers(at := world.moment(day, world.span(17.5, 22.5))) and world.chance(0.85):
            do(world, lamp, ("on", "off"), at, some_use(world, 50))
    world.decoy("evening use", lamp, "on", "off")


def off_at_bedtime(world: World) -> None:
    """What was left on goes off with the last who goes to bed, which is at no hour of its own."""
    lamps = [world.take("lamp") for _ in range(4)]
    world.together.append(frozenset(lamps))
    for day in range(world.days):
        bed = world.moment(day, world.span(21.3, 24.8))
        if world.empty.covers(bed):
            continue
        for lamp in lamps:
            if world.chance(0.7):
                acts = (by_hand(world, bed - world.span(0.3, 4) * HOUR, "on"), by_hand(world, bed, "off"))
                world.lines[lamp].episodes.append(Episode(acts))
            bed += world.span(2, 25)
    for lamp in lamps:
        world.decoy("off at bedtime", lamp, "on", "off")


def cat(world: World) -> None:
    """Something moves all day and all night; a lamp in that room is used at any hour."""
    motion, lamp = world.take("motion"), world.take("lamp")
    for at in sorted(world.span(world.start, world.end) for _ in range(30 * world.days)):
        world.lines[motion].rows += [Act(at, "on"), Act(at + 45, "off")]
    for at in draw(world, 2.5):
        world.lines[motion].rows += [Act(at - world.span(5, 40), "on"), Act(at + 40, "off")]
        do(world, lamp, ("on", "off"), at, some_use(world, 15), firm=False)
    world.decoy("a cat before everything", lamp, "on", "off")


def flapping(world: World) -> None:
    door = world.take("contact")
    for at in sorted(world.span(world.start, world.end) for _ in range(150 * world.days)):
        world.lines[door].rows += [Act(at, "on"), Act(at + world.span(0.4, 3), "off")]


def post(world: World) -> None:
    """The letterbox has an hour; nobody can do it."""
    box = world.take("contact")
    for day in range(world.days):
        at = world.moment(day, 11 + float(world.rng.normal(0, 0.15)))
        world.lines[box].rows += [Act(at, "on"), Act(at + 8, "off")]
    world.decoy("letterbox", box, "on", "off")


def restarts(world: World) -> None:
    """After a restart at night some lamps come back on; a device turns them off later, or somebody."""
    lamps = [world.take("lamp") for _ in range(2)]
    for day in range(2, world.days, 3):
        at = world.moment(day, 4.2)
        for lamp in [*lamps, *world.free["lamp"], *world.free["plug"]]:
            back = "on" if lamp in lamps else "off"
            world.lines[lamp].rows += [Act(at, "unavailable"), Act(at + 40, back, Origin.UNKNOWN)]
            if lamp in lamps:
                world.row(lamp, at + 2400, "off", Origin.UNKNOWN)
    for lamp in lamps:
        world.decoy("comes back on after a restart", lamp, "on", "off")


def two_who_never_met(world: World) -> None:
    """One motion sensor and one lamp are busy in the same hours, each for itself."""
    motion, lamp = world.take("motion"), world.take("lamp")
    move_about(world, motion, 35)
    for at in draw(world, 3):
        do(world, lamp, ("on", "off"), at, some_use(world, 12), firm=False)
    world.decoy("busy in the same hours", lamp, "on", "off")


def safety(world: World) -> None:
    """True habits with things that nobody should automate: a lock, a garage, an oven, an alarm."""
    hours = {"lock.front_door": 22.4, "switch.oven": 18.1, "alarm_control_panel.house": 22.8, "cover.garage": 8.2}
    ways = {
        "lock.front_door": ("locked", "unlocked"),
        "switch.oven": ("on", "off"),
        "alarm_control_panel.house": ("armed_night", "disarmed"),
        "cover.garage": ("open", "closed"),
    }
    for thing, hour in hours.items():
        habit = Clockwork(world, hour + world.span(-0.4, 0.4), 5)
        for day in range(world.days):
            if not world.empty.covers(at := habit.usual(day)) and world.chance(0.92):
                do(world, thing, ways[thing], at, world.span(0.6, 7) * HOUR)
        world.decoy("safety", thing, *ways[thing])
