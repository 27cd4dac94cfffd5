"""Small homes for tests: a few entities, every habit written out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from schemas.events import Events
from schemas.home import Entity, Home
from tests.homes import events_from

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
Row = tuple[float, str, str, str]


def home_of(*entity_ids: str, timezone: str = "UTC", place: bool = False, **changes: object) -> Home:
    entities = tuple(Entity(entity_id) for entity_id in entity_ids)
    latitude, longitude = (52.37, 4.9) if place else (None, None)
    return Home(timezone, latitude, longitude, entities=entities, **changes)  # type: ignore[arg-type]


def at(day: int, hour: float, first: datetime = FIRST) -> float:
    return (first + timedelta(days=day, hours=float(hour))).timestamp()


def daily(
    entity_id: str,
    hour: float,
    days: Iterable[int] = range(30),
    jitter_minutes: float = 6,
    seed: int = 0,
    cause: str = "person",
    first: datetime = FIRST,
) -> list[Row]:
    """On at about `hour`, off again at a random time in the next four hours."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in days:
        on = at(day, hour, first) + rng.normal(0, jitter_minutes) * 60
        rows += [(on, entity_id, "on", cause), (on + rng.uniform(0.3, 4) * 3600, entity_id, "off", cause)]
    return rows


def random_use(entity_id: str, a_day: float, days: int = 30, seed: int = 1, cause: str = "person") -> list[Row]:
    rng = np.random.default_rng(seed)
    starts = np.sort(rng.uniform(at(0, 0), at(days, 0), int(a_day * days)))
    ends = np.minimum(starts + rng.exponential(1800, len(starts)), np.append(starts[1:], at(days, 0)) - 1)
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    return [row for on, off in pairs for row in ((on, entity_id, "on", cause), (off, entity_id, "off", cause))]


def events_of(*parts: list[Row]) -> Events:
    return events_from(sorted(row for part in parts for row in part))
