"""`other_home(seed)` and `quiet_home(seed)`: a home of the second maker, with habits and traps or with neither."""

from __future__ import annotations

import numpy as np

from tests.other_homes.background import live
from tests.other_homes.furniture import furnish
from tests.other_homes.habits.plant import plant_habits
from tests.other_homes.lifestyles import LIFESTYLES
from tests.other_homes.people import move_in, tell_of_people
from tests.other_homes.telemetry import measure
from tests.other_homes.traps.plant import plant_traps
from tests.other_homes.world import OtherHome, World

HELD_DAYS = 28
"""Days after those to learn from, on which what was learned is judged: four of each weekday."""


def other_home(seed: int, days: int = 30, held_days: int = HELD_DAYS) -> OtherHome:
    world = _world(seed, days, held_days)
    plant_habits(world, seed)
    plant_traps(world)
    return _lived(world)


def quiet_home(seed: int, days: int = 30) -> OtherHome:
    """People live in it as in any other, and nothing that they do has an hour or a cause."""
    return _lived(_world(seed, days, 0))


def _world(seed: int, days: int, held_days: int) -> World:
    life = LIFESTYLES[seed % len(LIFESTYLES)]
    world = World(np.random.default_rng([seed, 2]), life, days, days + held_days)
    furnish(world)
    move_in(world)
    return world


def _lived(world: World) -> OtherHome:
    tell_of_people(world)
    live(world)
    measure(world)
    return world.built()
