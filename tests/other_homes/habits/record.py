"""Writes down what is true of a habit, and lets people do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from schemas.patterns import Trigger
from tests.homes import EVERY_DAY
from tests.other_homes.background import WAYS
from tests.other_homes.human import delays, do, some_use
from tests.other_homes.world import Habit, World

ALIKE = {
    "open": frozenset({"open", "opening"}),
    "closed": frozenset({"closed", "closing"}),
    "playing": frozenset({"playing", "buffering"}),
}
SERVICES = {
    "cover": {"open": "open_cover", "closed": "close_cover"},
    "media_player": {"playing": "media_play", "idle": "media_stop"},
    "climate": {"heat": "set_hvac_mode", "off": "set_hvac_mode"},
}
VALUES = {"number": "set_value", "input_number": "set_value", "input_select": "select_option"}


class Unfit(Exception):
    """Nobody in this home could have such a habit; another is planted instead."""


def record(
    world: World,
    kind: str,
    target: str,
    state: str,
    trigger: Trigger,
    due: Iterable[float],
    done: list[float],
    least: int = 6,
    **more: Any,
) -> None:
    """Before anything is done: who does it too seldom to be learned from or judged by has no such habit."""
    moments, more = tuple(due), {"weekdays": EVERY_DAY} | more
    learned, held = sum(at < world.split for at in done), sum(at >= world.split for at in moments)
    if learned < least or held < 2:
        raise Unfit(f"{kind}: {learned} times, {held} held back")
    domain = target.split(".")[0]
    verb = SERVICES.get(domain, {}).get(state) or VALUES.get(domain) or f"turn_{state}"
    states = ALIKE.get(state, frozenset({state}))
    more |= {"times": tuple(done), "due": moments, "states": states, "service": f"{domain}.{verb}"}
    world.habits.append(Habit(kind, target, state, trigger, **more))


def wishes(target: str) -> tuple[str, str]:
    """The state in which a thing does something, and the other."""
    return WAYS[target.split(".")[0]]


def missed(world: World) -> Callable[[], bool]:
    """People forget, each habit at its own rate."""
    share = world.span(*world.life.misses)
    return lambda: world.chance(share)


def respond(
    world: World,
    kind: str,
    target: str,
    states: tuple[str, str],
    trigger: Trigger,
    causes: list[float],
    seconds: tuple[float, float],
    *,
    minutes_of_use: float = 9.0,
    who: int = -1,
    **more: Any,
) -> list[float]:
    """After each of the causes a person does it, some seconds later."""
    middle, delay = delays(world, *seconds)
    forgets = missed(world)
    done = [at + delay() for at in causes if not forgets()]
    more = {"early": 60.0, "late": max(180.0, 3 * middle), "delay": middle, "who": who} | more
    record(world, kind, target, states[0], trigger, causes, done, **more)
    for at in done:
        do(world, target, states, at, some_use(world, minutes_of_use), who)
    return done
