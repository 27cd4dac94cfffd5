"""Seeded homes with planted habits and every trap that has fooled a miner; what stands in the trees of truth is known.

`planted_home(seed)` is the ordinary one: about 100 entities with random names, 30 days, some fifteen habits, and the
decoys. `noise_home(seed)` has no habit at all. A `Style` changes jitter, misses, delays and noise, so that a miner
cannot be tuned to one generator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from astral import Observer
from astral.sun import sun

from schemas.events import ORIGIN_OF_CAUSE_TEXT, Cause, Events, Origin
from schemas.home import Area, Entity, Home
from schemas.patterns import ClockTrigger, NumericTrigger, StateTrigger, SunTrigger, Trigger
from tests.planting.timeline import Timeline

EVERY_DAY, WEEKDAYS, WEEKEND = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})


@dataclass(frozen=True)
class Style:
    """How a home's people behave; spans are drawn evenly from (low, high)."""

    jitter_minutes: tuple[float, float] = (2, 25)
    misses: tuple[float, float] = (0, 0.25)
    shape: str = "normal"
    """Of jitter: normal, uniform or laplace."""
    noise_a_day: tuple[float, float] = (0.2, 2)
    """Switchings without a habit, per entity that has a habit or none."""
    delay_seconds: tuple[float, float] = (5, 240)
    delay_spread: tuple[float, float] = (0.15, 0.4)
    """Of a person's delay, as a share of the delay."""
    motion_a_day: tuple[float, float] = (20, 80)
    telemetry_minutes: float = 20
    holiday: bool = False
    people: int = 2
    zone: str = "Europe/Amsterdam"
    latitude: float = 52.37
    longitude: float = 4.9
    first: date = date(2026, 2, 20)
    machine_delay: tuple[float, float] = (0.1, 3)
    """Span of the delays of automations, seconds."""
    sloppy: bool = False
    """Machines keep their own delay within a tenth of a second; sloppy ones anywhere in the span, timers within 2 %."""
    wall_share: float = 0.1
    """Share of a person's changes whose cause nobody knows."""


STYLES: tuple[Style, ...] = (
    Style(),
    Style(shape="uniform", noise_a_day=(0.5, 4), holiday=True, first=date(2026, 9, 20)),
    Style(shape="laplace", misses=(0, 0.3), people=1, zone="America/New_York", latitude=40.7, longitude=-74.0),
    Style(jitter_minutes=(2, 30), delay_seconds=(3, 600), people=3, zone="Europe/Berlin", first=date(2026, 3, 10)),
    Style(
        jitter_minutes=(5, 15),
        misses=(0.05, 0.3),
        motion_a_day=(60, 200),
        telemetry_minutes=5,
        zone="Australia/Sydney",
        latitude=-33.9,
        longitude=151.2,
        first=date(2026, 8, 10),
        wall_share=0.0,
    ),
    Style(
        sloppy=True,
        jitter_minutes=(3, 20),
        misses=(0, 0.3),
        machine_delay=(0.2, 2.5),
        zone="Europe/London",
        latitude=51.5,
        longitude=-0.1,
        first=date(2026, 10, 10),
        people=1,
        noise_a_day=(0.1, 3),
    ),
    Style(
        sloppy=True,
        shape="uniform",
        delay_seconds=(10, 120),
        delay_spread=(0.3, 0.6),
        machine_delay=(0.05, 1.0),
        zone="America/Denver",
        latitude=39.7,
        longitude=-105.0,
        first=date(2026, 5, 25),
        noise_a_day=(1, 5),
    ),
)


@dataclass(frozen=True)
class Truth:
    """A planted habit; `times` are when it was done (seconds since 1970), `tolerance_seconds` holds for its trigger."""

    name: str
    target: str
    state: str
    trigger: Trigger
    weekdays: frozenset[int] = EVERY_DAY
    tolerance_seconds: float = 900
    times: tuple[float, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    """Further targets and states of a chain."""


@dataclass(frozen=True)
class PlantedHome:
    home: Home
    events: Events
    truths: tuple[Truth, ...]
    decoys: tuple[tuple[str, str, str], ...]
    """Name, target and state of what must not be proposed."""

    def without_causes(self) -> Events:
        events = self.events
        return Events(
            events.time,
            events.entity,
            events.state,
            np.full(len(events), Origin.UNKNOWN, np.int8),
            events.entities,
            events.states,
        )


def planted_home(seed: int, days: int = 30, style: Style | None = None) -> PlantedHome:
    from tests.planting.decoys import plant_decoys
    from tests.planting.habits import plant_habits

    rng = np.random.default_rng(seed)
    builder = Builder(rng, style or STYLES[seed % len(STYLES)], days)
    builder.furnish()
    plant_habits(builder)
    plant_decoys(builder)
    builder.live()
    return builder.built()


def noise_home(seed: int, days: int = 30, style: Style | None = None) -> PlantedHome:
    """A home where people switch things at any hour, somewhat more in the evening, and nothing has a habit."""
    rng = np.random.default_rng(seed)
    builder = Builder(rng, style or STYLES[seed % len(STYLES)], days)
    builder.furnish()
    builder.live()
    return builder.built()


@dataclass
class Builder:
    """A home being built: who lives in it, what stands in it, and what happened."""

    rng: np.random.Generator
    style: Style
    days: int
    entities: list[Entity] = field(default_factory=list)
    free: dict[str, list[str]] = field(default_factory=dict)
    """Entity ids by what they are, for habits and decoys to take."""
    lines: dict[str, Timeline] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)
    decoys: list[tuple[str, str, str]] = field(default_factory=list)
    automations: list[dict[str, Any]] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    """When nobody is home, seconds since 1970."""
    outings: list[list[tuple[float, float]]] = field(default_factory=list)
    """When each person is away, seconds since 1970."""
    quiet: set[str] = field(default_factory=set)
    """What does nothing beside what was planted."""

    def furnish(self) -> None:
        rooms = [self._word() for _ in range(8)]
        self.areas = tuple(Area(room, room.title()) for room in rooms)
        for kind, count, domain, device_class in FURNITURE:
            for _ in range(count):
                self.add(kind, domain, device_class, rooms[int(self.rng.integers(8))])
        for _ in range(self.style.people):
            self.add("person", "person", None, None)
        first = self.rng.integers(6, max(7, self.days - 8)) if self.style.holiday and self.days >= 20 else -1
        self.holiday = range(int(first), int(first) + 5) if first >= 0 else range(0)
        self._come_and_go()

    def add(self, kind: str, domain: str, device_class: str | None, area: str | None, name: str = "") -> str:
        entity_id = f"{domain}.{name or self._word() + '_' + self._word()}"
        if entity_id in self.lines:
            return self.add(kind, domain, device_class, area)
        self.entities.append(Entity(entity_id, None, area, f"d_{len(self.entities)}", device_class))
        self.lines[entity_id] = Timeline(*STATES.get(domain, ("on", "off")))
        self.free.setdefault(kind, []).append(entity_id)
        return entity_id

    def take(self, *kinds: str) -> str:
        """An entity that no habit or decoy has yet."""
        full = [kind for kind in kinds if self.free.get(kind)]
        kind = full[int(self.rng.integers(len(full)))]
        return self.free[kind].pop(int(self.rng.integers(len(self.free[kind]))))

    def moment(self, day: int, seconds: float) -> float:
        """Local time of day as seconds since 1970."""
        whole = self.style.first + timedelta(days=day + int(seconds // 86_400))
        within = seconds % 86_400
        clock = time(int(within // 3600), int(within // 60 % 60), int(within % 60))
        return datetime.combine(whole, clock, self.zone).timestamp() + within % 1

    def sun(self, day: int, event: str) -> float:
        observer = Observer(self.style.latitude, self.style.longitude)
        return float(sun(observer, self.style.first + timedelta(days=day), tzinfo=self.zone)[event].timestamp())

    def weekday(self, day: int) -> int:
        return (self.style.first + timedelta(days=day)).weekday()

    def jitter(self, minutes: float) -> float:
        """Seconds with the standard deviation of `minutes` (laplace: scale), at most 2.5 of them away."""
        draw = {
            "normal": lambda: self.rng.normal(0, minutes),
            "uniform": lambda: self.rng.uniform(-minutes * 1.7, minutes * 1.7),
            "laplace": lambda: self.rng.laplace(0, minutes / 1.41),
        }[self.style.shape]
        return float(np.clip(draw(), -2.5 * minutes, 2.5 * minutes)) * 60

    def span(self, pair: tuple[float, float]) -> float:
        return float(self.rng.uniform(*pair))

    def happens(self, day: int, misses: float) -> bool:
        return day not in self.holiday and bool(self.rng.random() >= misses)

    def someone_home(self, at: float) -> bool:
        return not any(start <= at < end for start, end in self.away)

    @property
    def zone(self) -> Any:
        return Home(self.style.zone).tzinfo

    def live(self) -> None:
        from tests.planting.noise import plant_noise

        plant_noise(self)

    def built(self) -> PlantedHome:
        rows = sorted(
            (at, entity_id, state, cause)
            for entity_id, line in self.lines.items()
            for at, state, cause in line.changes(self.rng, self.style.wall_share)
            if self.moment(0, 0) <= at < self.moment(self.days, 0)
        )
        home = Home(
            self.style.zone,
            self.style.latitude,
            self.style.longitude,
            self.areas,
            tuple(self.entities),
            automations=tuple(self.automations),
        )
        return PlantedHome(home, events_from(rows), tuple(self.truths), tuple(self.decoys))

    def _word(self) -> str:
        letters = "bcdfghklmnprstvz"
        return "".join(f"{letters[int(self.rng.integers(16))]}{'aeiou'[int(self.rng.integers(5))]}" for _ in range(3))

    def _come_and_go(self) -> None:
        """People leave in the morning and come back, each at their own times; holidays are spent elsewhere."""
        for person in self.free.get("person", []):
            leaves, returns = self.rng.uniform(7.5, 9), self.rng.uniform(16.5, 18.5)
            out = self._outings(leaves, returns)
            self.outings.append(out)
            line = self.lines[person]
            line.events.append((self.moment(0, 60), "home", "device"))
            for start, end in out:
                line.events += [(start, "not_home", "device"), (end, "home", "device")]
        self.lines["zone.home"] = Timeline()
        self._count_people()

    def _outings(self, leaves: float, returns: float) -> list[tuple[float, float]]:
        out = []
        day = 0
        while day < self.days:
            if day in self.holiday:
                out.append((self.moment(day, 9 * 3600), self.moment(self.holiday[-1], 20 * 3600)))
                day = self.holiday[-1] + 1
                continue
            if self.weekday(day) < 5 and self.rng.random() < 0.9:
                start = self.moment(day, leaves * 3600 + self.rng.normal(0, 20) * 60)
                out.append((start, self.moment(day, returns * 3600 + self.rng.normal(0, 35) * 60)))
            elif self.rng.random() < 0.7:
                start = self.moment(day, self.rng.uniform(9, 15) * 3600)
                out.append((start, start + self.rng.uniform(0.7, 4) * 3600))
            day += 1
        return out

    def _count_people(self) -> None:
        steps = sorted((at, step) for out in self.outings for start, end in out for at, step in ((start, -1), (end, 1)))
        count = len(self.outings)
        self.lines["zone.home"].events.append((self.moment(0, 60), str(count), "device"))
        gone = None
        for at, step in steps:
            count += step
            self.lines["zone.home"].events.append((at + 0.2, str(count), "device"))
            if count == 0:
                gone = at
            elif gone is not None:
                self.away.append((gone, at))
                gone = None


STATES = {"cover": ("open", "closed"), "media_player": ("playing", "idle")}
FURNITURE: tuple[tuple[str, int, str, str | None], ...] = (
    ("light", 34, "light", None),
    ("switch", 14, "switch", None),
    ("fan", 8, "fan", None),
    ("cover", 4, "cover", "blind"),
    ("media", 6, "media_player", None),
    ("motion", 10, "binary_sensor", "motion"),
    ("contact", 12, "binary_sensor", "door"),
    ("power", 6, "sensor", "power"),
    ("humidity", 5, "sensor", "humidity"),
    ("temperature", 8, "sensor", "temperature"),
    ("illuminance", 3, "sensor", "illuminance"),
    ("update", 3, "update", None),
    ("mode", 2, "input_boolean", None),
)


def events_from(rows: list[tuple[float, str, str, str]]) -> Events:
    """Rows (seconds since 1970, entity, state, cause) as typed columns."""
    entities: dict[str, int] = {}
    states: dict[str, int] = {}
    return Events(
        np.array([round(at * 1e6) for at, *_ in rows], np.int64),
        np.array([entities.setdefault(entity, len(entities)) for _, entity, _, _ in rows], np.int32),
        np.array([states.setdefault(state, len(states)) for _, _, state, _ in rows], np.int32),
        np.array([ORIGIN_OF_CAUSE_TEXT[cause] for *_, cause in rows], np.int8),
        tuple(entities),
        tuple(states),
    )


def rows_from(events: Events) -> list[tuple[str, str, str, str]]:
    """The rows of a history file: time, entity_id, state, cause."""
    words = {Cause.PERSON: "person", Cause.AUTOMATION: "automation", Cause.DEVICE: "device", Cause.UNKNOWN: ""}
    return [
        (
            datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            events.entities[entity],
            events.states[state],
            words[Cause(cause)],
        )
        for at, entity, state, cause in zip(
            events.time.tolist(), events.entity.tolist(), events.state.tolist(), events.cause.tolist(), strict=True
        )
    ]


__all__ = [
    "STYLES",
    "ClockTrigger",
    "NumericTrigger",
    "PlantedHome",
    "StateTrigger",
    "Style",
    "SunTrigger",
    "Truth",
    "noise_home",
    "planted_home",
]
