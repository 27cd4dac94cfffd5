"""A home of the second maker while it is being made: its time, its things, and what is known to be true of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from astral import Observer
from astral.sun import sun
from numpy.typing import NDArray

from schemas.events import Events, Origin
from schemas.home import Area, Entity, Home
from schemas.patterns import Condition
from tests.homes import PlantedHome, Truth
from tests.other_homes.lifestyles import Lifestyle
from tests.other_homes.line import Act, Line, Passing
from tests.other_homes.stretches import Stretches

if TYPE_CHECKING:
    from tests.other_homes.people import Person

HOUR = 3600.0
MINUTE = 60.0


@dataclass(frozen=True)
class Habit(Truth):
    """A truth with every moment at which an automation would be right, in the days held back too.

    `due` are seconds since 1970; a firing from `early` seconds before to `late` seconds after one of them is right.
    """

    due: tuple[float, ...] = ()
    early: float = 900
    late: float = 900
    conditions: tuple[Condition, ...] = ()
    states: frozenset[str] = frozenset()
    """States of the target that mean the same, such as opening and open."""
    service: str = ""
    delay: float = 0.0
    """A person's usual seconds from the trigger to the doing, 0 at the clock."""
    who: int = -1
    """The person whose habit it is, by place; -1: anybody's."""


@dataclass(frozen=True)
class OtherHome(PlantedHome):
    """`events` are the days to learn from; `all_events` go on, from `split` (microseconds) with those held back."""

    all_events: Events = field(kw_only=True)
    split: int = field(kw_only=True)
    who: NDArray[np.int8] = field(kw_only=True)
    """The person behind each of `all_events`, by place in `persons`; -1 where nobody knows."""
    persons: tuple[str, ...] = field(kw_only=True)
    together: tuple[frozenset[str], ...] = field(kw_only=True)
    """Things that people turn one after another, as one doing."""

    @property
    def habits(self) -> tuple[Habit, ...]:
        return tuple(truth for truth in self.truths if isinstance(truth, Habit))


@dataclass
class World:
    rng: np.random.Generator
    life: Lifestyle
    seen_days: int
    days: int
    """Those held back included."""
    areas: list[Area] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    free: dict[str, list[str]] = field(default_factory=dict)
    series: list[tuple[str, NDArray[np.floating[Any]], list[str]]] = field(default_factory=list)
    """Numbers, whole series at once: entity, seconds since 1970, states."""
    people: list[Person] = field(default_factory=list)
    anyone: Stretches = field(default_factory=lambda: Stretches(()))
    """Somebody is home and awake."""
    empty: Stretches = field(default_factory=lambda: Stretches(()))
    """Nobody is home, as the home knows it."""
    habits: list[Habit] = field(default_factory=list)
    decoys: list[tuple[str, str, str]] = field(default_factory=list)
    automations: list[dict[str, Any]] = field(default_factory=list)
    together: list[frozenset[str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Taken by a habit or a trap; what is done to it at random is less."""
    still: set[str] = field(default_factory=set)
    """Nothing at random is done to these."""
    _suns: dict[int, dict[str, float]] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.life.zone)

    @cached_property
    def mood(self) -> list[float]:
        """Minutes by which a whole day runs late, each day akin to the one before."""
        moods = [0.0]
        for _ in range(self.days + 2):
            moods.append(0.5 * moods[-1] + float(self.rng.normal(0, 4)))
        return moods[1:]

    @cached_property
    def start(self) -> float:
        return self.moment(0, 0)

    @cached_property
    def split(self) -> float:
        return self.moment(self.seen_days, 0)

    @cached_property
    def end(self) -> float:
        return self.moment(self.days, 0)

    def moment(self, day: int, hours: float) -> float:
        """A local time of the clock as seconds since 1970; hours below 0 or above 24 are other days'."""
        whole, seconds = divmod(round(hours * HOUR, 3), 86_400)
        midnight = datetime.combine(self.life.first + timedelta(days=day + int(whole)), datetime.min.time(), self.zone)
        return (midnight + timedelta(seconds=seconds)).timestamp()

    def day_of(self, at: float) -> int:
        return (datetime.fromtimestamp(at, self.zone).date() - self.life.first).days

    def hour_of(self, at: float) -> float:
        local = datetime.fromtimestamp(at, self.zone)
        return local.hour + local.minute / 60 + local.second / 3600

    def weekday(self, day: int) -> int:
        return (self.life.first + timedelta(days=day)).weekday()

    def sun(self, day: int, event: str) -> float:
        if day not in self._suns:
            observer = Observer(self.life.latitude, self.life.longitude)
            found = sun(observer, self.life.first + timedelta(days=day), tzinfo=self.zone)
            self._suns[day] = {name: float(found[name].timestamp()) for name in ("sunrise", "sunset")}
        return self._suns[day][event]

    def dark(self, at: float) -> bool:
        day = self.day_of(at)
        return not self.sun(day, "sunrise") < at < self.sun(day, "sunset")

    def span(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, count: int) -> int:
        return int(self.rng.integers(count))

    def add(self, kind: str, entity: Entity, first: str, passing: Passing | None = None) -> str:
        self.entities.append(entity)
        self.lines[entity.entity_id] = Line(first, passing)
        self.free.setdefault(kind, []).append(entity.entity_id)
        return entity.entity_id

    def take(self, *kinds: str) -> str:
        """A thing that nothing else uses yet, of one of these kinds."""
        left = [kind for kind in kinds if self.free.get(kind)]
        things = self.free[left[self.pick(len(left))]]
        taken = things.pop(self.pick(len(things)))
        self.touched.add(taken)
        return taken

    def row(self, entity_id: str, at: float, state: str, origin: Origin = Origin.DEVICE, who: int = -1) -> None:
        self.lines[entity_id].rows.append(Act(at, state, origin, who))

    def decoy(self, name: str, target: str, *states: str) -> None:
        self.decoys += [(name, target, state) for state in states]

    def built(self) -> OtherHome:
        table = _Table(self)
        split = round(self.split * 1e6)
        home = Home(
            self.life.zone,
            self.life.latitude,
            self.life.longitude,
            tuple(self.areas),
            tuple(self.entities),
            automations=tuple(self.automations),
        )
        seen = table.events.between(0, split)
        persons = tuple(person.entity_id for person in self.people)
        return OtherHome(
            home,
            seen,
            tuple(self.habits),
            tuple(self.decoys),
            all_events=table.events,
            split=split,
            who=table.who,
            persons=persons,
            together=tuple(self.together),
        )


class _Table:
    """All lines and series of a home as typed columns."""

    def __init__(self, world: World) -> None:
        self._entities: dict[str, int] = {}
        self._states: dict[str, int] = {}
        first = world.start + 1
        parts = [
            self._line(entity, [Act(first, line.first), *line.changes(world.rng)])
            for entity, line in world.lines.items()
        ]
        parts += [self._series(*series) for series in world.series]
        at, entity, state, origin, who = (np.concatenate(column) for column in zip(*parts, strict=True))
        inside = (at >= world.start) & (at < world.end)
        order = np.argsort(at[inside], kind="stable")
        entity, state, origin = (column[inside][order] for column in (entity, state, origin))
        time = np.round(at[inside][order] * 1e6).astype(np.int64)
        self.events = Events(time, entity, state, origin, tuple(self._entities), tuple(self._states))
        self.who: NDArray[np.int8] = who[inside][order]

    def _line(self, entity_id: str, acts: list[Act]) -> tuple[NDArray[Any], ...]:
        entity = self._entities.setdefault(entity_id, len(self._entities))
        return (
            np.array([act.at for act in acts], np.float64),
            np.full(len(acts), entity, np.int32),
            np.array([self._states.setdefault(act.state, len(self._states)) for act in acts], np.int32),
            np.array([act.origin for act in acts], np.int8),
            np.array([act.who for act in acts], np.int8),
        )

    def _series(self, entity_id: str, at: NDArray[np.floating[Any]], texts: list[str]) -> tuple[NDArray[Any], ...]:
        entity = self._entities.setdefault(entity_id, len(self._entities))
        states = np.array([self._states.setdefault(text, len(self._states)) for text in texts], np.int32)
        count = len(states)
        origin, who = np.full(count, Origin.DEVICE, np.int8), np.full(count, -1, np.int8)
        return at, np.full(count, entity, np.int32), states, origin, who


def iso(at: float) -> str:
    """The state of an event entity or a button: when it was last pressed."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
