"""What people may have done by hand: each entity set to each state, with the times at which it happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.actions import DANGEROUS, action_for, can_act_on
from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.rejections import Rejections
from generator.mining.events.tidy import TidyEvents
from schemas.events import Cause
from schemas.patterns import Action

MAX_A_DAY = 40.0
"""Nobody switches one entity by hand more often than this, day after day."""
MIN_TIMES = 3


@dataclass(frozen=True)
class ManualAction:
    """A person may have turned `entity` to `state` at `times` (sorted).

    `unknown` marks the times whose cause nobody knows. `state_times` and `in_target_state` are the entity's whole
    history: when it changed, and whether it then was in `state`.
    """

    entity: int
    state: int
    action: Action
    times: Seconds
    unknown: NDArray[np.bool_]
    state_times: Seconds
    in_target_state: NDArray[np.bool_]

    def was_in_state(self, at: Seconds) -> NDArray[np.bool_]:
        """Was the entity in the target state just before `at`?"""
        place = np.searchsorted(self.state_times, at, "left") - 1
        return np.asarray((place >= 0) & self.in_target_state[np.clip(place, 0, None)])

    def where(self, keep: NDArray[np.bool_]) -> ManualAction:
        return replace(self, times=self.times[keep], unknown=self.unknown[keep])


def manual_actions_from(tidied: TidyEvents) -> tuple[list[ManualAction], Rejections]:
    """The manual actions that can be mined, and why others cannot."""
    manual_actions: list[ManualAction] = []
    rejections: Rejections = Counter()
    for code, entity_id in enumerate(tidied.entities):
        rows = tidied.rows(code)
        if rows.stop - rows.start < 2:
            continue
        reason = why_not_actionable(tidied, entity_id)
        if reason:
            rejections[reason] += 1
            continue
        found, rejected = _manual_actions_of(tidied, code, entity_id, rows)
        manual_actions += found
        rejections.update(rejected)
    return manual_actions, rejections


def why_not_actionable(tidied: TidyEvents, entity_id: str) -> str:
    """Why nothing may act on this entity; "" where something may."""
    if not can_act_on(entity_id):
        return "nothing can act on it (a sensor or the like)"
    entity = tidied.home.entities_by_id.get(entity_id)
    if entity is None:
        return "it is not in the home"
    if entity.disabled or entity.hidden or entity.entity_category:
        return "it is hidden, disabled or a setting of its device"
    if DANGEROUS.search(entity_id) or DANGEROUS.search(entity.name or ""):
        return "it could burn or scald when it acts alone (stove, oven, boiler)"
    return ""


def _manual_actions_of(
    tidied: TidyEvents, code: int, entity_id: str, rows: slice
) -> tuple[list[ManualAction], Rejections]:
    time, state, cause = tidied.time[rows], tidied.state[rows], tidied.cause[rows]
    by_hand = tidied.is_change[rows] & ((cause == Cause.PERSON) | (cause == Cause.UNKNOWN))
    automated = int(np.count_nonzero(tidied.is_change[rows] & ~by_hand))
    rejections: Rejections = Counter()
    if automated:
        rejections["an automation or the device itself did it"] = automated
    max_changes = MAX_A_DAY * max(1.0, tidied.clock.length_seconds / DAY)
    manual_actions = []
    for target in np.unique(state[by_hand]):
        action = action_for(entity_id, tidied.states[target])
        chosen = by_hand & (state == target)
        count = int(np.count_nonzero(chosen))
        if action is None:
            rejections["no service brings it to that state"] += 1
        elif count > max_changes:
            rejections["it switches too often to be done by hand (flapping)"] += 1
        elif count < MIN_TIMES:
            rejections["it was done fewer than three times"] += 1
        else:
            unknown = cause[chosen] == Cause.UNKNOWN
            manual_actions.append(ManualAction(code, int(target), action, time[chosen], unknown, time, state == target))
    return manual_actions, rejections
