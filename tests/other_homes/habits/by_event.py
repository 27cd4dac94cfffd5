"""Habits that follow what happens: doors, remotes, bells, the first motion of a day, steam."""

from __future__ import annotations

from schemas.patterns import ClockCondition, DarkCondition, NumericTrigger, StateTrigger
from tests.other_homes.background import draw, move_about, press
from tests.other_homes.habits.record import respond, wishes
from tests.other_homes.human import apart, delays, do, some_use
from tests.other_homes.line import Act
from tests.other_homes.people import open_door
from tests.other_homes.telemetry import steam
from tests.other_homes.world import World


def openings(world: World, a_day: float, pause: float = 1500) -> tuple[str, list[float]]:
    """A door that nothing else opens, and when it is opened."""
    door = world.take("contact")
    world.free["used contact"] = [*world.free.get("used contact", []), door]
    moments = apart(draw(world, a_day), pause)
    for at in moments:
        open_door(world, door, at, some_use(world, 0.5))
    return door, moments


def door(world: World) -> None:
    opened, moments = openings(world, world.span(1, 3))
    target = world.take("lamp", "plug", "fan")
    respond(world, "door, then light", target, wishes(target), StateTrigger(opened, "on"), moments, (6, 120))


def door_when_dark(world: World) -> None:
    opened, moments = openings(world, world.span(4, 6), 900)
    dark = [at for at in moments if world.dark(at)]
    trigger, condition = StateTrigger(opened, "on"), (DarkCondition(),)
    target = world.take("lamp")
    respond(world, "door, then light, when dark", target, ("on", "off"), trigger, dark, (5, 60), conditions=condition)


def remote(world: World) -> None:
    _pressed(world, "remote, pressed once", world.take("remote"))


def button(world: World) -> None:
    _pressed(world, "button", world.take("press"))


def doorbell(world: World) -> None:
    _pressed(world, "doorbell", "event.doorbell")


def _pressed(world: World, kind: str, pressed: str) -> None:
    """What was pressed is told as a time; so any change is the trigger."""
    moments = apart(draw(world, world.span(0.9, 2.5)), 1500)
    press(world, pressed, moments)
    world.touched.add(pressed)
    target = world.take("lamp", "plug")
    respond(world, kind, target, wishes(target), StateTrigger(pressed, ""), moments, (4, 45))


def action_sensor(world: World) -> None:
    """Pressed twice it means this lamp; pressed once or held, something else."""
    sensor = world.take("action")
    moments = apart(draw(world, world.span(1, 2.5)), 1500)
    rows = world.lines[sensor].rows
    for at in moments:
        rows += [Act(at, "double"), Act(at + 0.25, "")]
    press(world, sensor, draw(world, 2))
    trigger = StateTrigger(sensor, "double")
    respond(world, "remote, action sensor", world.take("lamp"), ("on", "off"), trigger, moments, (4, 45))


def chain(world: World) -> None:
    opened, moments = openings(world, world.span(1, 2))
    lamp, plug = world.take("lamp"), world.take("plug")
    _, later = delays(world, 10, 90)
    trigger = StateTrigger(opened, "on")
    done = respond(world, "chain of two", lamp, ("on", "off"), trigger, moments, (6, 60), also=((plug, "on"),))
    for at in done:
        if world.chance(0.9):
            do(world, plug, ("on", "off"), at + later(), some_use(world, 12))


def first_time_today(world: World) -> None:
    """The first motion of the morning in one room, and then coffee; all later motion means nothing."""
    sensor, plug = world.take("motion"), world.take("plug")
    move_about(world, sensor, 18)
    rows = sorted(act.at for act in world.lines[sensor].rows if act.state == "on")
    first: dict[int, float] = {}
    for at in rows:
        if 4 < world.hour_of(at) < 11:
            first.setdefault(world.day_of(at), at)
    moments = list(first.values())
    trigger, latest = StateTrigger(sensor, "on"), max(world.hour_of(at) for at in moments)
    window, kind = (ClockCondition(4 * 3600, round(latest * 3600) + 60),), "first time today"
    respond(world, kind, plug, ("on", "off"), trigger, moments, (40, 200), minutes_of_use=330, conditions=window)


def humidity(world: World) -> None:
    sensor, bound = world.take("humidity"), round(world.span(62, 70), 0)
    showers = apart(draw(world, 1.4), 3 * 3600)
    passed = apart(steam(world, sensor, showers, bound), 2400)
    trigger = NumericTrigger(sensor, above=bound)
    respond(world, "humidity, then fan", world.take("fan"), ("on", "off"), trigger, passed, (30, 200), late=700.0)
