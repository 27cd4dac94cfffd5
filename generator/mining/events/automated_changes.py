"""Manual actions without what an automation or device did, which shows in its timing: people are less regular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import ManualAction
from generator.mining.events.rejections import Rejections
from generator.mining.events.tidy import TidyEvents
from generator.mining.events.trigger_events import TriggerStream
from schemas.events import Cause

TOGETHER_SECONDS = 1.5
"""Two entities that change closer together than this were changed by one cause."""
SCENE_SECONDS = 1.0
SCENE_SIZE = 3
TIMER_SECONDS = 1860.0
BAND_SECONDS = 0.7
QUICK_SECONDS = 2.8
BAND_SHARE = 0.05
"""A timer keeps within this much, of its length, of its own delay."""
CLUSTER_SHARE = 0.25
ECHO_SECONDS = 5.0
ECHO_SHARE = 0.6
SLOW_SECONDS = 20.0
CLOCKWORK_SECONDS = 100.0
MIRRORED_SHARE = 0.05
OFTEN_TOGETHER = 0.3
DOMAIN_RANK = {"light": 0, "cover": 1, "fan": 2, "media_player": 3, "climate": 4, "switch": 6}


def drop_automated(
    manual_actions: list[ManualAction], stream: TriggerStream, tidied: TidyEvents, sun: dict[str, Seconds]
) -> tuple[list[ManualAction], Rejections]:
    """The manual actions less what an automation or device did, and how that was told."""
    changes, readings = _state_changes(tidied), _NumericReadings(tidied)
    # In this order: each looks only at what those before it have left.
    tests: tuple[tuple[str, Callable[[ManualAction], NDArray[np.bool_]]], ...] = (
        ("another device does the same at the same time", lambda action: _mirrored(action, changes, tidied)),
        ("a scene or a group set it together with others", lambda action: _scene_driven(action, changes)),
        ("it follows a sensor within seconds, like a machine", lambda action: _sensor_driven(action, readings)),
        ("it follows something after a constant delay, like a machine", lambda action: _timer_driven(action, stream)),
        ("it keeps the clock to the second, like a machine", lambda action: _clock_driven(action, tidied, sun)),
    )
    kept = []
    rejections: Rejections = Counter()
    for manual_action in manual_actions:
        remaining = manual_action
        for reason, is_automated in tests:
            automated = is_automated(remaining)
            if count := int(np.count_nonzero(automated)):
                rejections[reason] += count
                remaining = remaining.where(~automated)
        if len(remaining.times):
            kept.append(remaining)
    return kept, rejections


class _StateChanges:
    """Every real state change of the entities that can be acted on, in order of time."""

    def __init__(self, time: Seconds, entity: NDArray[np.int64], automated: NDArray[np.bool_]) -> None:
        self.time, self.entity, self.automated = time, entity, automated


def _state_changes(tidied: TidyEvents) -> _StateChanges:
    from generator.mining.events.actions import can_act_on

    acts = np.array([can_act_on(name) for name in tidied.entities], np.bool_) & ~tidied.numeric
    entity = np.repeat(np.arange(len(tidied.entities)), np.diff(tidied.bounds))
    rows = np.flatnonzero(acts[entity] & tidied.is_change)
    rows = rows[np.argsort(tidied.time[rows], kind="stable")]
    made = (tidied.cause[rows] == Cause.DEVICE) | (tidied.cause[rows] == Cause.AUTOMATION)
    return _StateChanges(tidied.time[rows], entity[rows], made)


def _pairs_within(changes: _StateChanges, at: Seconds, within: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (index into `at`, row in `changes`) of all state changes within +- `within` seconds."""
    first = np.searchsorted(changes.time, at - within, "left")
    last = np.searchsorted(changes.time, at + within, "right")
    counts = last - first
    place = np.repeat(np.arange(len(at)), counts)
    row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    return place, row


def _mirrored(manual_action: ManualAction, changes: _StateChanges, tidied: TidyEvents) -> NDArray[np.bool_]:
    """Times at which another device that mostly changes with this one changed too, and is the one to keep."""
    automated = np.zeros(len(manual_action.times), np.bool_)
    place, row = _pairs_within(changes, manual_action.times, TOGETHER_SECONDS)
    # What a person is known to have done is no echo of what a device did.
    other = (changes.entity[row] != manual_action.entity) & (manual_action.unknown[place] | ~changes.automated[row])
    place, row = place[other], row[other]
    if not len(place):
        return automated
    lead = manual_action.times[place] - changes.time[row]
    echoes = np.unique(place[lead > 0])
    if len(echoes) >= max(4, OFTEN_TOGETHER * len(manual_action.times)):
        automated[echoes] = True
    for entity in np.unique(changes.entity[row]).tolist():
        mine = changes.entity[row] == entity
        together = np.unique(place[mine])
        if len(together) < max(4, MIRRORED_SHARE * len(manual_action.times)):
            continue
        ahead = float(np.mean(lead[mine] > 0.0))
        behind = float(np.mean(lead[mine] < 0.0))
        if ahead > 0.65 or (
            behind <= 0.65 and _domain_rank(tidied, entity) < _domain_rank(tidied, manual_action.entity)
        ):
            automated[together] = True
    return automated


def _domain_rank(tidied: TidyEvents, entity: int) -> tuple[int, int]:
    return DOMAIN_RANK.get(tidied.entities[entity].split(".", 1)[0], 5), entity


def _scene_driven(manual_action: ManualAction, changes: _StateChanges) -> NDArray[np.bool_]:
    """Times at which at least SCENE_SIZE entities changed at once."""
    automated = np.zeros(len(manual_action.times), np.bool_)
    place, row = _pairs_within(changes, manual_action.times, SCENE_SECONDS)
    pairs = np.unique(np.stack([place, changes.entity[row]]), axis=1)
    size = (
        np.bincount(pairs[0], minlength=len(manual_action.times)) if len(place) else np.zeros(len(manual_action.times))
    )
    automated[:] = size >= SCENE_SIZE
    return automated if np.count_nonzero(automated) >= min(4.0, 0.3 * len(automated)) else np.zeros_like(automated)


def _timer_driven(manual_action: ManualAction, stream: TriggerStream) -> NDArray[np.bool_]:
    """Times of unknown cause that follow some state change after a delay too constant for a person."""
    automated = np.zeros(len(manual_action.times), np.bool_)
    places = np.flatnonzero(manual_action.unknown)
    if len(places) < 4 or not len(stream.time):
        return automated
    place, code, delay = stream.firings_before(manual_action.times[places], TIMER_SECONDS)
    likely = _may_be_constant(code, delay, len(stream.candidates), len(places))
    likely &= [each.entity != manual_action.entity or each.state != manual_action.state for each in stream.candidates]
    place, code, delay = place[likely[code]], code[likely[code]], delay[likely[code]]
    order = np.lexsort((delay, place, code))
    place, code, delay = place[order], code[order], delay[order]
    nearest = np.ones(len(code), np.bool_)
    nearest[1:] = (code[1:] != code[:-1]) | (place[1:] != place[:-1])
    place, code, delay = place[nearest], code[nearest], delay[nearest]
    edges = np.flatnonzero(np.diff(code, prepend=-1, append=-1))
    for first, last in pairwise(edges.tolist()):
        if last - first >= max(4, CLUSTER_SHARE * len(places)):
            automated[places[place[first:last][constant_delays(delay[first:last], len(places))]]] = True
    return automated


def _may_be_constant(code: NDArray[np.int32], delay: Seconds, candidates: int, of: int) -> NDArray[np.bool_]:
    """Which candidate triggers have enough delays in one narrow bin to hold a cluster (it spans two bins at most)."""
    short = BAND_SECONDS / BAND_SHARE
    grown = np.log(np.maximum(delay, short) / short) / BAND_SHARE
    bins = (np.minimum(delay, short) / BAND_SECONDS + grown).astype(np.int64)
    width = int(bins.max(initial=0)) + 1
    counts = np.bincount(code * width + bins, minlength=candidates * width).reshape(candidates, width)
    return np.asarray(counts.max(axis=1) >= max(2.0, 0.5 * CLUSTER_SHARE * of))


def constant_delays(delay: Seconds, of: int) -> NDArray[np.bool_]:
    """Which of the delays form one tight cluster, as a timer's do; none where there is no such cluster.

    A cluster: at least 4 and a quarter of all `of` times, within max(0.7 s, 5 % of the delay), and three quarters of
    all that lies within five such bands on both sides. Where they center below QUICK_SECONDS, in which no
    person reacts, all delays up to a second longer are in the cluster.
    """
    order = np.argsort(delay)
    ordered = delay[order]
    band = np.maximum(BAND_SECONDS, BAND_SHARE * ordered)
    last = np.searchsorted(ordered, ordered + band, "right")
    best = int(np.argmax(last - np.arange(len(ordered))))
    middle = float(np.median(ordered[best : last[best]]))
    width = float(band[best])
    inside = (delay >= ordered[best]) & (delay <= ordered[best] + width)
    if middle < QUICK_SECONDS:
        inside = delay < QUICK_SECONDS + 1.0
    count = int(np.count_nonzero(inside))
    around = int(np.count_nonzero(np.abs(delay - middle) <= 5 * width))
    if count >= max(4, CLUSTER_SHARE * of) and count >= 0.75 * around:
        return np.asarray(inside)
    return np.zeros(len(delay), np.bool_)


class _NumericReadings:
    """When numbers arrived, all in order of time; sensors that report all the time say nothing and are left out."""

    def __init__(self, tidied: TidyEvents) -> None:
        entity = np.repeat(np.arange(len(tidied.entities)), np.diff(tidied.bounds))
        rows = np.diff(tidied.bounds)
        slow = tidied.numeric & (rows >= 10) & (rows * SLOW_SECONDS < tidied.clock.length_seconds)
        chosen = np.flatnonzero(slow[entity])
        chosen = chosen[np.argsort(tidied.time[chosen], kind="stable")]
        self.time, self.entity, self.entities = tidied.time[chosen], entity[chosen], len(tidied.entities)


def _sensor_driven(manual_action: ManualAction, readings: _NumericReadings) -> NDArray[np.bool_]:
    """Times of unknown cause a moment after a number arrived, as a thermostat's do."""
    automated = np.zeros(len(manual_action.times), np.bool_)
    places = np.flatnonzero(manual_action.unknown)
    if len(places) < 6:
        return automated
    at = manual_action.times[places]
    first = np.searchsorted(readings.time, at - ECHO_SECONDS)
    counts = np.searchsorted(readings.time, at, "right") - first
    place = np.repeat(np.arange(len(at)), counts)
    row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    pairs = np.unique(np.stack([readings.entity[row], place]), axis=1)
    often = np.bincount(pairs[0], minlength=readings.entities) >= ECHO_SHARE * len(at)
    automated[places[np.unique(pairs[1][often[pairs[0]]])]] = True
    return automated


def _clock_driven(manual_action: ManualAction, tidied: TidyEvents, sun: dict[str, Seconds]) -> NDArray[np.bool_]:
    """Times of unknown cause at one time of day, or one offset from the sun's, to the minute on five days or more."""
    automated = np.zeros(len(manual_action.times), np.bool_)
    places = np.flatnonzero(manual_action.unknown)
    if len(places) < 5:
        return automated
    local = tidied.clock.to_local(manual_action.times[places])
    automated[places[_tight_cluster(local % DAY)]] = True
    for base in sun.values():
        apart = local - base[np.clip((local // DAY).astype(np.int64), 0, len(base) - 1)]
        automated[places[_tight_cluster(np.where(np.isnan(apart), 1e9 + local, apart))]] = True
    return automated


def _tight_cluster(day_time: Seconds) -> NDArray[np.bool_]:
    order = np.sort(day_time)
    counts = np.searchsorted(order, order + CLOCKWORK_SECONDS, "right") - np.arange(len(order))
    best = int(np.argmax(counts))
    middle = float(np.median(order[best : best + int(counts[best])]))
    inside = np.abs(day_time - middle) <= CLOCKWORK_SECONDS / 2 + 5
    around = np.abs(day_time - middle) <= 900.0
    if np.count_nonzero(inside) >= 5 and np.count_nonzero(inside) >= 0.75 * np.count_nonzero(around):
        return np.asarray(inside)
    return np.zeros(len(day_time), np.bool_)
