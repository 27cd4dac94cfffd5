"""Habits with numbers, modes, climates and players."""

from __future__ import annotations

from schemas.patterns import StateTrigger
from tests.homes import EVERY_DAY
from tests.other_homes.background import draw, other_value
from tests.other_homes.habits.by_clock import at_the_clock
from tests.other_homes.habits.record import respond
from tests.other_homes.human import apart, do, some_use
from tests.other_homes.world import World


def number(world: World) -> None:
    _dialled(world, "number", world.take("number"), ("75.0", "15.0"))


def input_number(world: World) -> None:
    _dialled(world, "input number", world.take("input number"), ("21.5", "17.0"))


def _dialled(world: World, kind: str, target: str, values: tuple[str, str]) -> None:
    """A value of its own at an hour; later somebody turns it to another."""
    ways = (values[0], _not(world, target, values))
    at_the_clock(world, kind, EVERY_DAY, target=target, states=ways, minutes_of_use=300)


def _not(world: World, target: str, values: tuple[str, str]) -> str:
    value = other_value(world, target)
    return value if value != values[0] else values[1]


def select_mode(world: World) -> None:
    target = "input_select.house_mode"
    world.touched.add(target)
    kind, ways = "select mode", ("night", "day")
    at_the_clock(world, kind, EVERY_DAY, hours=(20.5, 23), target=target, states=ways, minutes_of_use=500)


def climate(world: World) -> None:
    target, ways = world.take("climate"), ("heat", "off")
    at_the_clock(world, "climate", EVERY_DAY, target=target, states=ways, minutes_of_use=200)


def player(world: World) -> None:
    at_the_clock(world, "player, at an hour", EVERY_DAY, target=world.take("player"), states=("playing", "idle"))


def lamp_off_for_the_player(world: World) -> None:
    """A film begins; a little later the lamp goes off."""
    tv = world.take("player")
    starts = plays(world, tv, 1.6)
    trigger = StateTrigger(tv, "playing")
    respond(world, "player plays, then lamp off", world.take("lamp"), ("off", "on"), trigger, starts, (15, 150))


def plays(world: World, player: str, a_day: float) -> list[float]:
    """Films of an hour or so; when each begins."""
    world.still.add(player)
    starts = apart(draw(world, a_day), 3 * 3600)
    for at in starts:
        do(world, player, ("playing", "idle"), at, min(2.8 * 3600, some_use(world, 75)))
    return starts
