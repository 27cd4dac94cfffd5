"""Habits that hold only at night, when it is warm, while something plays, in a mode, for one person."""

from __future__ import annotations

from bisect import bisect_right
from statistics import median

from schemas.patterns import ClockCondition, NumericCondition, StateCondition, StateTrigger
from tests.homes import EVERY_DAY
from tests.other_homes.background import draw, guests, visit
from tests.other_homes.habits.by_clock import at_the_clock
from tests.other_homes.habits.by_event import openings
from tests.other_homes.habits.of_values import plays
from tests.other_homes.habits.record import Unfit, respond, wishes
from tests.other_homes.human import some_use
from tests.other_homes.stretches import Stretches
from tests.other_homes.telemetry import outside, tell
from tests.other_homes.world import World


def motion_at_night(world: World) -> None:
    """Who gets up at night lights a lamp; by day nobody does."""
    sensor, lamp = world.take("motion"), world.take("lamp")
    world.still.add(lamp)
    for at in draw(world, 15):
        if 6 < world.hour_of(at) < 23:
            visit(world, sensor, at, min(1200.0, some_use(world, 4)))
    nights = [world.moment(day, world.span(0.1, 4.9)) for day in range(world.days) if world.chance(0.8)]
    up = [at for at in nights if not world.empty.covers(at)]
    for at in up:
        visit(world, sensor, at, 60)
    starts = sorted(act.at for act in world.lines[sensor].rows if act.state == "on")
    moments = [at for at in starts if world.hour_of(at) < 5 and not any(0 < at - other < 400 for other in starts)]
    trigger, window = StateTrigger(sensor, "on"), (ClockCondition(0, 5 * 3600),)
    kind, ways = "motion at night", ("on", "off")
    respond(world, kind, lamp, ways, trigger, moments, (4, 25), minutes_of_use=10, conditions=window, late=420.0)


def warm_evenings(world: World) -> None:
    """A fan at an hour of the evening, when it is warm outside."""
    at, values = outside(world)
    tell(world, "sensor.outside_temperature", at, values, 1)
    evenings = [float(values[bisect_right(at, world.moment(day, 20.5)) - 1]) for day in range(world.days)]
    bound = round(median(evenings), 0)

    def warm(day: int) -> bool:
        return evenings[day] > bound

    condition = (NumericCondition("sensor.outside_temperature", above=bound),)
    kind, hours, ways = "warm evenings only", (20.2, 20.8), ("on", "off")
    fan = world.take("fan")
    at_the_clock(world, kind, EVERY_DAY, warm, hours=hours, target=fan, states=ways, conditions=condition)


def while_it_plays(world: World) -> None:
    player = "media_player.tv"
    plays(world, player, 2.6)
    spans = [(one.start, one.end) for one in world.lines[player].episodes]
    _only(world, "only while the player plays", Stretches(spans), StateCondition(player, "playing"))


def in_a_mode(world: World) -> None:
    condition = StateCondition("input_boolean.guests", "on")
    _only(world, "only with guests", guests(world), condition)


def while_a_person_is_home(world: World) -> None:
    """Only for the one of them, of those who are often away while somebody is there."""
    shares = [_share(world, person.home) for person in world.people]
    who = shares.index(min(shares))
    if shares[who] > 0.8:
        raise Unfit("only while a person is home")
    person = world.people[who]
    known = Stretches(zip(person.left, person.came, strict=True)).gaps(world.start, world.end)
    _only(world, "only while a person is home", known, StateCondition(person.entity_id, "home"), who)


def _share(world: World, home: Stretches) -> float:
    """The part of the time in which somebody is up and about that falls into these stretches."""
    moments = world.anyone.draw(world.rng, 400)
    return sum(home.covers(at) for at in moments) / len(moments)


def _only(world: World, kind: str, when: Stretches, condition: StateCondition, who: int = -1) -> None:
    opened, moments = openings(world, 4, 1200)
    meant = [at for at in moments if when.covers(at)]
    target = world.take("lamp", "plug")
    trigger = StateTrigger(opened, "on")
    respond(world, kind, target, wishes(target), trigger, meant, (5, 75), conditions=(condition,), who=who)
