"""Habits of coming and going."""

from __future__ import annotations

from schemas.patterns import NumericTrigger, StateCondition, StateTrigger
from tests.other_homes.habits.record import Unfit, respond, wishes
from tests.other_homes.line import Act
from tests.other_homes.people import Person
from tests.other_homes.world import World


def last_leaves(world: World) -> None:
    target = world.take("lamp", "plug")
    gone = [start for start, _ in world.empty.pairs]
    trigger = NumericTrigger("zone.home", below=1)
    respond(world, "last leaves", target, ("off", "on"), trigger, gone, (20, 200), minutes_of_use=60, early=150.0)


def first_arrives(world: World) -> None:
    target = world.take("lamp", "plug", "fan")
    came = [end for _, end in world.empty.pairs if end < world.end]
    trigger = NumericTrigger("zone.home", above=0)
    respond(world, "first arrives", target, wishes(target), trigger, came, (20, 240), minutes_of_use=60, early=150.0)


def somebody_arrives(world: World) -> None:
    """One of them, whoever else is there."""
    person: Person = max(world.people, key=lambda one: len(one.came))
    who, target = world.people.index(person), world.take("lamp", "plug")
    trigger = StateTrigger(person.entity_id, "home")
    kind = "somebody arrives"
    respond(world, kind, target, wishes(target), trigger, person.came, (20, 200), who=who, early=150.0)


def gate_closes_behind_all(world: World) -> None:
    """The gate closes when the last has gone; then, from outside, something is put out."""
    target, closed = world.take("lamp", "plug"), []
    for start, end in world.empty.pairs:
        at = start + world.span(20, 90)
        closed.append(at + world.span(15, 40))
        if closed[-1] > end:
            raise Unfit("nobody home, gate closes")
        world.lines["binary_sensor.gate"].rows += [Act(at, "on"), Act(closed[-1], "off")]
    trigger, condition = StateTrigger("binary_sensor.gate", "off"), (StateCondition("zone.home", "0"),)
    kind, ways = "nobody home, gate closes", ("off", "on")
    respond(world, kind, target, ways, trigger, closed, (15, 150), minutes_of_use=50, conditions=condition, early=150.0)
