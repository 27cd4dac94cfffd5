"""How people time what they do: never around a minute alone, and never the same in every week."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.events import Origin
from tests.other_homes.line import Act, Episode
from tests.other_homes.world import MINUTE, World


@dataclass(frozen=True)
class Clockwork:
    """A person's hour for something, by day: its centre moves with the season, each day's own time strays."""

    world: World
    hour: float
    spread: float
    """Minutes."""
    drift: float = 0.0
    """Minutes by which it has moved at the end of the days to learn from."""

    def centre(self, day: int) -> float:
        moved = self.drift * (min(day / self.world.seen_days, 1.0) - 1) / 60
        return self.world.moment(day, self.hour + moved)

    def usual(self, day: int) -> float:
        return self.centre(day) + stray(self.world, self.spread, day) * MINUTE


def stray(world: World, spread: float, day: int) -> float:
    """Minutes: most of it skewed, some far too late, some early, and a part that the whole day shares."""
    rng, kind = world.rng, world.rng.random()
    if kind < 0.8:
        own = (rng.gamma(4) - 3.67) / 2 * spread
    elif kind < 0.94:
        own = rng.exponential(1.6 * spread)
    else:
        own = -abs(rng.normal(0, 1.5 * spread))
    return float(own) + world.mood[day] * spread / 12


def delays(world: World, low: float, high: float) -> tuple[float, Callable[[], float]]:
    """A person's usual seconds to react, somewhere in the span, and how to draw one of them."""
    middle = float(low * (high / low) ** world.rng.random())
    sigma = world.span(0.2, 0.45)

    def draw() -> float:
        slow = 2.5 if world.chance(0.08) else 1.0
        return float(max(1.5, middle * slow * world.rng.lognormal(0, sigma)))

    return middle, draw


def hand(world: World, at: float, who: int = -1) -> tuple[Origin, int]:
    """Who a change is told to be by: at the wall nobody, else one who is home (or was meant)."""
    home = [place for place, person in enumerate(world.people) if person.home.covers(at)]
    person = who if who >= 0 else home[world.pick(len(home))] if home else world.pick(len(world.people))
    way = world.rng.random()
    if home and way < world.life.wall_share:
        return Origin.UNKNOWN, -1
    if home and way < world.life.wall_share + world.life.voice_share:
        return Origin.VOICE, person
    return Origin.APP, person


def by_hand(world: World, at: float, state: str, who: int = -1) -> Act:
    return Act(at, state, *hand(world, at, who))


def do(
    world: World,
    target: str,
    states: tuple[str, str],
    at: float,
    use: float,
    who: int = -1,
    *,
    firm: bool = True,
    origin: Origin | None = None,
) -> None:
    """The target turns to the first of `states` at `at`; it was, or will be, in the other for `use` seconds.

    Ends of using come at no time of their own. A state that a thing rests in is prepared before, others end after.
    """
    wish, other = states
    line = world.lines[target]
    done = by_hand(world, at, wish, who) if origin is None else Act(at, wish, origin)
    before = wish == line.first
    turned = by_hand(world, at - use if before else at + use, other)
    acts = (turned, done) if before else (done, turned)
    line.episodes.append(Episode(acts, firm))


def some_use(world: World, middle_minutes: float) -> float:
    """Seconds for which something is used."""
    return float(max(40.0, middle_minutes * MINUTE * world.rng.lognormal(0, 0.7)))


def apart(moments: Iterable[float], seconds: float) -> list[float]:
    """Without those that come too soon after another."""
    kept: list[float] = []
    for at in sorted(moments):
        if not kept or at - kept[-1] > seconds:
            kept.append(at)
    return kept
