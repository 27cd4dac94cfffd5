"""What people may react to: every state change that can be a trigger, as one stream in order of time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automations.timeline.presence import HOME_ZONE, count_inside, is_person, states_in_zone
from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.rejections import Rejections
from generator.mining.events.tidy import TidyEvents
from schemas.patterns import NumericTrigger, PatternKind, StateTrigger, Trigger

# fmt: off
EXCLUDED_DOMAINS = frozenset({
    "update", "button", "input_button", "event", "sun", "weather", "automation", "script", "scene", "camera",
    "image", "stt", "tts", "conversation", "todo", "calendar", "device_tracker", "zone", "number",
    "input_number", "datetime", "input_datetime", "date", "time", "text", "input_text",
})
# fmt: on
"""Domains that are no trigger: they say nothing about people, or their state is a time or a text."""
MAX_A_DAY = 300.0


@dataclass(frozen=True)
class CandidateTrigger:
    """One change that can be a trigger; `entity` is -1 where it was made from several (people at home)."""

    trigger: Trigger
    kind: PatternKind
    entity: int
    state: int
    times: Seconds


@dataclass(frozen=True)
class TriggerStream:
    """All candidate triggers' firings in order of time; `code` is an index into `candidates`."""

    candidates: tuple[CandidateTrigger, ...]
    time: Seconds
    code: NDArray[np.int32]

    def firings_before(self, at: Seconds, within: float) -> tuple[NDArray[np.int64], NDArray[np.int32], Seconds]:
        """All firings in the `within` seconds up to each of `at`: index into `at`, candidate code, seconds since."""
        first = np.searchsorted(self.time, at - within, "left")
        last = np.searchsorted(self.time, at, "right")
        return self._pairs(at, first, last)

    def _pairs(
        self, at: Seconds, first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], Seconds]:
        counts = last - first
        place = np.repeat(np.arange(len(at)), counts)
        start = np.repeat(first - np.cumsum(counts) + counts, counts)
        row = start + np.arange(int(counts.sum()))
        return place, self.code[row], at[place] - self.time[row]


def trigger_stream_from(tidied: TidyEvents) -> tuple[TriggerStream, Rejections]:
    """A home's candidate triggers: changes that are neither telemetry nor flapping, and people coming and going."""
    candidates = presence_triggers(tidied)
    # Where one lives alone, they and "the last one" are the same: only one of the two is a trigger.
    alone = sum(is_person(entity_id) for entity_id in tidied.entities) == 1
    by_zone = alone and HOME_ZONE in tidied.entities and len(candidates) > 0
    if alone and not by_zone:
        candidates = []
    rejections: Rejections = Counter()
    max_changes = MAX_A_DAY * max(1.0, tidied.clock.length_seconds / DAY)
    for code, entity_id in enumerate(tidied.entities):
        rows = tidied.rows(code)
        if tidied.numeric[code] or entity_id.split(".", 1)[0] in EXCLUDED_DOMAINS or rows.stop - rows.start < 2:
            continue
        if by_zone and is_person(entity_id):
            continue
        if rows.stop - rows.start > 2 * max_changes:
            rejections["it changes too often to set anybody off (flapping)"] += 1
            continue
        candidates += _candidates_of(tidied, code, entity_id, rows)
    time = np.concatenate([source.times for source in candidates]) if candidates else np.empty(0)
    codes = np.repeat(np.arange(len(candidates), dtype=np.int32), [len(source.times) for source in candidates])
    order = np.argsort(time, kind="stable")
    return TriggerStream(tuple(candidates), time[order], codes[order]), rejections


def _candidates_of(tidied: TidyEvents, code: int, entity_id: str, rows: slice) -> list[CandidateTrigger]:
    state, fresh, time = tidied.state[rows], tidied.is_change[rows], tidied.time[rows]
    kind = PatternKind.PRESENCE if is_person(entity_id) else PatternKind.CO_OCCURRENCE
    binary = {tidied.states[each] for each in np.unique(state)} <= {"on", "off"}
    candidates = []
    for to in np.unique(state[fresh]).tolist():
        before = {"on": "off", "off": "on"}.get(tidied.states[to]) if binary else None
        trigger = StateTrigger(entity_id, tidied.states[to], before)
        candidates.append(CandidateTrigger(trigger, kind, code, int(to), time[fresh & (state == to)]))
    return candidates


def people_home(tidied: TidyEvents) -> tuple[Seconds, NDArray[np.int64]]:
    """When the number of people at home changed, and to what; from `zone.home`, else counted from `person.*`."""
    if HOME_ZONE in tidied.entities:
        rows = tidied.rows(tidied.entities.index(HOME_ZONE))
        count = tidied.value[tidied.state[rows]]
        is_number = ~np.isnan(count)
        return tidied.time[rows][is_number], count[is_number].astype(np.int64)
    persons = [tidied.rows(code) for code, entity_id in enumerate(tidied.entities) if is_person(entity_id)]
    if not persons:
        return np.empty(0), np.empty(0, np.int64)
    is_home = states_in_zone(tidied.home, HOME_ZONE, tidied.states)
    times = [tidied.time[rows] for rows in persons]
    order, present = count_inside(times, [is_home[tidied.state[rows]] for rows in persons])
    return np.concatenate(times)[order], present


def presence_triggers(tidied: TidyEvents) -> list[CandidateTrigger]:
    """The last one leaves, the first one comes."""
    time, count = people_home(tidied)
    if len(time) < 2:
        return []
    departures = np.flatnonzero((count[1:] == 0) & (count[:-1] > 0)) + 1
    arrivals = np.flatnonzero((count[1:] > 0) & (count[:-1] == 0)) + 1
    return [
        CandidateTrigger(NumericTrigger(HOME_ZONE, below=1), PatternKind.PRESENCE, -1, -1, time[departures]),
        CandidateTrigger(NumericTrigger(HOME_ZONE, above=0), PatternKind.PRESENCE, -1, -1, time[arrivals]),
    ]
