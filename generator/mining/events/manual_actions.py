"""What people may have done by hand: each entity turned to each state, with the moments it happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.actions import DANGEROUS, action_for, can_act_on
from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.tidy import Tidy
from schemas.events import Cause
from schemas.patterns import Action

MOST_A_DAY = 40.0
"""Nobody switches one thing by hand more often than this, day after day."""
FEWEST = 3


@dataclass(frozen=True)
class Doing:
    """A person may have turned `entity` to `state` at `times` (sorted).

    `unknown` marks the times whose cause nobody knows. `line_time` and `line_is` are the entity's whole life: when it
    changed and whether it then was in `state`; `line_before` whether its times began with it being so.
    """

    entity: int
    state: int
    action: Action
    times: Seconds
    unknown: NDArray[np.bool_]
    line_time: Seconds
    line_is: NDArray[np.bool_]

    def already(self, at: Seconds) -> NDArray[np.bool_]:
        """Was the entity in the target state just before `at`?"""
        place = np.searchsorted(self.line_time, at, "left") - 1
        return np.asarray((place >= 0) & self.line_is[np.clip(place, 0, None)])

    def only(self, keep: NDArray[np.bool_]) -> Doing:
        return replace(self, times=self.times[keep], unknown=self.unknown[keep])


def doings_of(tidied: Tidy) -> list[Doing]:
    """Every doing that is worth a look; the others are counted in `skipped` by name."""
    found: list[Doing] = []
    for code, entity_id in enumerate(tidied.entities):
        rows = tidied.rows(code)
        if rows.stop - rows.start < 2:
            continue
        refusal = refused(tidied, entity_id)
        if refusal:
            tidied.skipped[refusal] += 1
            continue
        found += _of_entity(tidied, code, entity_id, rows)
    return found


def refused(tidied: Tidy, entity_id: str) -> str:
    """Why nothing may act on this entity; "" where something may."""
    if not can_act_on(entity_id):
        return "nothing can act on it (a sensor or the like)"
    known = tidied.home.entities_by_id.get(entity_id)
    if known is None:
        return "it is not in the home"
    if known.disabled or known.hidden or known.entity_category:
        return "it is hidden, disabled or a setting of its device"
    if DANGEROUS.search(entity_id) or DANGEROUS.search(known.name or ""):
        return "it could burn or scald when it acts alone (stove, oven, boiler)"
    return ""


def _of_entity(tidied: Tidy, code: int, entity_id: str, rows: slice) -> list[Doing]:
    time, state, cause = tidied.time[rows], tidied.state[rows], tidied.cause[rows]
    by_hand = tidied.fresh[rows] & ((cause == Cause.PERSON) | (cause == Cause.UNKNOWN))
    made = int(np.count_nonzero(tidied.fresh[rows] & ~by_hand))
    if made:
        tidied.skipped["an automation or the device itself did it"] += made
    most = MOST_A_DAY * max(1.0, tidied.clock.length / DAY)
    found = []
    for target in np.unique(state[by_hand]):
        action = action_for(entity_id, tidied.states[target])
        chosen = by_hand & (state == target)
        count = int(np.count_nonzero(chosen))
        if action is None:
            tidied.skipped["no service brings it to that state"] += 1
        elif count > most:
            tidied.skipped["it switches too often to be done by hand (flapping)"] += 1
        elif count < FEWEST:
            tidied.skipped["it was done fewer than three times"] += 1
        else:
            unknown = cause[chosen] == Cause.UNKNOWN
            found.append(Doing(code, int(target), action, time[chosen], unknown, time, state == target))
    return found
