"""Who is in a zone, as Home Assistant counts it: `zone.home` says how many people are at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from schemas.home import Home
from schemas.states import UNAVAILABLE_STATES

HOME_ZONE: Final = "zone.home"
AWAY: Final = ("not_home", *UNAVAILABLE_STATES)


def is_person(entity_id: str) -> bool:
    return entity_id.startswith("person.")


def states_in_zone(home: Home, zone_id: str, states: Sequence[str]) -> NDArray[np.bool_]:
    """Whether a person with each of these states is in the zone: `home`, or the zone's name."""
    zone = home.entities_by_id.get(zone_id)
    name = (zone.name if zone and zone.name else zone_id.split(".", 1)[1].replace("_", " ")).casefold()
    match = [
        state not in AWAY and (state.casefold() == name or (state == "home" and zone_id == HOME_ZONE))
        for state in states
    ]
    return np.array(match, np.bool_)


def count_inside(
    times: Sequence[NDArray[Any]], inside: Sequence[NDArray[np.bool_]]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """How many people are inside after each change: the order in which all changes came, and the count after each.

    `times` and `inside` hold for each person when their state changed, in any unit, and whether they were inside then.
    Both must hold someone.
    """
    steps = np.concatenate([np.diff(mask.astype(np.int64), prepend=0) for mask in inside])
    order = np.argsort(np.concatenate(times), kind="stable")
    return order, np.cumsum(steps[order])
