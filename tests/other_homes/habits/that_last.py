"""Habits that wait: so long no motion, so long an open door, the wash done, the fan long enough on."""

from __future__ import annotations

from typing import Any

from schemas.patterns import NumericTrigger, StateTrigger
from tests.other_homes.background import draw, visit
from tests.other_homes.habits.record import missed, record, respond
from tests.other_homes.human import apart, by_hand, do, some_use
from tests.other_homes.line import Episode
from tests.other_homes.people import open_door
from tests.other_homes.telemetry import washing
from tests.other_homes.world import MINUTE, World


def _waits(world: World, wait: float, spread: float) -> float:
    return max(wait * 0.4, wait * float(world.rng.normal(1, spread)))


def no_motion(world: World) -> None:
    """A lamp is lit somewhere in a visit; when nothing has moved for so many minutes, somebody puts it out."""
    sensor, lamp, wait = world.take("motion"), world.take("lamp"), world.span(8, 22) * MINUTE
    world.still.add(lamp)
    spread, forgets, due, done = world.span(0.08, 0.16), missed(world), [], []
    starts = apart(draw(world, 7), 3600)
    for at, following in zip(starts, [*starts[1:], world.end + 9e5], strict=True):
        end = visit(world, sensor, at, min(1500.0, some_use(world, 9)), wait * 0.5)
        if end + wait * 1.4 > following or world.chance(0.25):
            continue
        out = end + (wait * world.span(1.8, 4) if forgets() else _waits(world, wait, spread))
        lit = at + world.span(0.1, 0.9) * (end - at)
        world.lines[lamp].episodes.append(Episode((by_hand(world, lit, "on"), by_hand(world, out, "off"))))
        due.append(end + wait)
        done.append(out)
    trigger = StateTrigger(sensor, "off", for_seconds=round(wait))
    window: dict[str, Any] = {"early": 0.4 * wait, "late": 0.5 * wait + 120}
    record(world, "no motion for minutes", lamp, "off", trigger, due, done, delay=wait, **window)


def open_too_long(world: World) -> None:
    """Most doors are shut at once; one that stands open for ten minutes is told by a lamp."""
    door, wait, spread = world.take("contact"), world.span(7, 13) * MINUTE, world.span(0.08, 0.16)
    due, done, forgets, lamp = [], [], missed(world), world.take("lamp")
    for at in apart(draw(world, 5), 4000):
        long = world.chance(0.3)
        open_door(world, door, at, world.span(1.9, 5) * wait if long else some_use(world, 0.6))
        if long:
            due.append(at + wait)
        if long and not forgets():
            done.append(at + _waits(world, wait, spread))
            do(world, lamp, ("on", "off"), done[-1], some_use(world, 8))
    trigger = StateTrigger(door, "on", for_seconds=round(wait))
    window: dict[str, Any] = {"early": 0.4 * wait, "late": 0.6 * wait + 120}
    record(world, "door open for minutes", lamp, "on", trigger, due, done, delay=wait, **window)


def washing_done(world: World) -> None:
    ends = [wash.end for wash in washing(world)]
    lamp, trigger = world.take("lamp"), NumericTrigger("sensor.washing_machine_power", below=10, for_seconds=240)
    due = [end + 180 for end in ends]
    kind, ways = "washing done", ("on", "off")
    respond(world, kind, lamp, ways, trigger, due, (60, 300), minutes_of_use=25, early=170.0, late=1200.0)


def fan_long_enough(world: World) -> None:
    """Switched on at any hour, off after so many minutes by the one who wanted it."""
    fan, wait, spread = world.take("fan"), world.span(10, 25) * MINUTE, world.span(0.1, 0.18)
    world.still.add(fan)
    starts, forgets, done = apart(draw(world, world.span(1, 2.5)), 2.5 * 3600), missed(world), []
    for at in starts:
        off = at + (wait * world.span(2, 4) if forgets() else _waits(world, wait, spread))
        done.append(off)
        world.lines[fan].episodes.append(Episode((by_hand(world, at, "on"), by_hand(world, off, "off"))))
    trigger = StateTrigger(fan, "on", for_seconds=round(wait))
    due = [at + wait for at in starts]
    window: dict[str, Any] = {"early": 0.4 * wait, "late": 0.5 * wait}
    record(world, "fan off after minutes", fan, "off", trigger, due, done, delay=wait, **window)
