"""Tells machines from people by their timing: no hand is constant to the second, nor moves two lamps at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import Doing
from generator.mining.events.tidy import Tidy
from generator.mining.events.trigger_events import Stream
from schemas.events import Cause

TOGETHER_SECONDS = 1.5
"""Two things that change closer together than this were changed by one cause."""
SCENE_SECONDS = 1.0
SCENE_SIZE = 3
TIMER_SECONDS = 1860.0
BAND_SECONDS = 0.7
QUICK_SECONDS = 2.8
BAND_SHARE = 0.05
"""A timer keeps within this much, of its length, of its own delay."""
BUNDLE_SHARE = 0.25
ECHO_SECONDS = 5.0
ECHO_SHARE = 0.6
SLOW_SECONDS = 20.0
CLOCKWORK_SECONDS = 100.0
TWINS = 0.05
OFTEN_TOGETHER = 0.3
RANK = {"light": 0, "cover": 1, "fan": 2, "media_player": 3, "climate": 4, "switch": 6}


def people_only(doings: list[Doing], stream: Stream, tidied: Tidy, sun: dict[str, Seconds]) -> list[Doing]:
    """The doings without what a machine did; what is left out is counted in `skipped` by name."""
    moves, arrivals = _moves(tidied), _Arrivals(tidied)
    kept = []
    for doing in doings:
        left = _without(doing, _twins(doing, moves, tidied), "another device does the same at the same time", tidied)
        left = _without(left, _scene(left, moves), "a scene or a group set it together with others", tidied)
        left = _without(
            left, _telemetry_echo(left, arrivals), "it follows a sensor within seconds, like a machine", tidied
        )
        left = _without(
            left, _timers(left, stream), "it follows something after a constant delay, like a machine", tidied
        )
        left = _without(left, _clockwork(left, tidied, sun), "it keeps the clock to the second, like a machine", tidied)
        if len(left.times):
            kept.append(left)
    return kept


def _without(doing: Doing, machine: NDArray[np.bool_], reason: str, tidied: Tidy) -> Doing:
    count = int(np.count_nonzero(machine))
    if not count:
        return doing
    tidied.skipped[reason] += count
    return doing.only(~machine)


class _Moves:
    """Every real change of everything that can be acted on, in order of time."""

    def __init__(self, time: Seconds, entity: NDArray[np.int64], by_device: NDArray[np.bool_]) -> None:
        self.time, self.entity, self.by_device = time, entity, by_device


def _moves(tidied: Tidy) -> _Moves:
    from generator.mining.events.actions import can_act_on

    acts = np.array([can_act_on(name) for name in tidied.entities], np.bool_) & ~tidied.numeric
    entity = np.repeat(np.arange(len(tidied.entities)), np.diff(tidied.bounds))
    rows = np.flatnonzero(acts[entity] & tidied.fresh)
    rows = rows[np.argsort(tidied.time[rows], kind="stable")]
    made = (tidied.cause[rows] == Cause.DEVICE) | (tidied.cause[rows] == Cause.AUTOMATION)
    return _Moves(tidied.time[rows], entity[rows], made)


def _around(moves: _Moves, at: Seconds, within: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (place in `at`, row in moves) of all moves within +- `within` seconds."""
    first = np.searchsorted(moves.time, at - within, "left")
    last = np.searchsorted(moves.time, at + within, "right")
    counts = last - first
    place = np.repeat(np.arange(len(at)), counts)
    row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    return place, row


def _twins(doing: Doing, moves: _Moves, tidied: Tidy) -> NDArray[np.bool_]:
    """Times at which another device that mostly moves with this one moved too, and is the one to keep."""
    machine = np.zeros(len(doing.times), np.bool_)
    place, row = _around(moves, doing.times, TOGETHER_SECONDS)
    # What a person's hand is known to have done is no echo of what a device did.
    other = (moves.entity[row] != doing.entity) & (doing.unknown[place] | ~moves.by_device[row])
    place, row = place[other], row[other]
    if not len(place):
        return machine
    lead = doing.times[place] - moves.time[row]
    echoes = np.unique(place[lead > 0])
    if len(echoes) >= max(4, OFTEN_TOGETHER * len(doing.times)):
        machine[echoes] = True
    for entity in np.unique(moves.entity[row]).tolist():
        mine = moves.entity[row] == entity
        together = np.unique(place[mine])
        if len(together) < max(4, TWINS * len(doing.times)):
            continue
        ahead = float(np.mean(lead[mine] > 0.0))
        behind = float(np.mean(lead[mine] < 0.0))
        if ahead > 0.65 or (behind <= 0.65 and _rank(tidied, entity) < _rank(tidied, doing.entity)):
            machine[together] = True
    return machine


def _rank(tidied: Tidy, entity: int) -> tuple[int, int]:
    return RANK.get(tidied.entities[entity].split(".", 1)[0], 5), entity


def _scene(doing: Doing, moves: _Moves) -> NDArray[np.bool_]:
    """Times at which at least SCENE_SIZE things moved at once."""
    machine = np.zeros(len(doing.times), np.bool_)
    place, row = _around(moves, doing.times, SCENE_SECONDS)
    pairs = np.unique(np.stack([place, moves.entity[row]]), axis=1)
    size = np.bincount(pairs[0], minlength=len(doing.times)) if len(place) else np.zeros(len(doing.times))
    machine[:] = size >= SCENE_SIZE
    return machine if np.count_nonzero(machine) >= min(4.0, 0.3 * len(machine)) else np.zeros_like(machine)


def _timers(doing: Doing, stream: Stream) -> NDArray[np.bool_]:
    """Unknown times that follow some change after a delay that no hand could keep."""
    machine = np.zeros(len(doing.times), np.bool_)
    places = np.flatnonzero(doing.unknown)
    if len(places) < 4 or not len(stream.time):
        return machine
    place, code, delay = stream.before(doing.times[places], TIMER_SECONDS)
    likely = _bundled(code, delay, len(stream.sources), len(places))
    likely &= [source.entity != doing.entity or source.state != doing.state for source in stream.sources]
    place, code, delay = place[likely[code]], code[likely[code]], delay[likely[code]]
    order = np.lexsort((delay, place, code))
    place, code, delay = place[order], code[order], delay[order]
    nearest = np.ones(len(code), np.bool_)
    nearest[1:] = (code[1:] != code[:-1]) | (place[1:] != place[:-1])
    place, code, delay = place[nearest], code[nearest], delay[nearest]
    edges = np.flatnonzero(np.diff(code, prepend=-1, append=-1))
    for first, last in pairwise(edges.tolist()):
        if last - first >= max(4, BUNDLE_SHARE * len(places)):
            machine[places[place[first:last][constant(delay[first:last], len(places))]]] = True
    return machine


def _bundled(code: NDArray[np.int32], delay: Seconds, sources: int, of: int) -> NDArray[np.bool_]:
    """Which sources have so many delays in one narrow bin that they may hold a bundle (which spans two at most)."""
    short = BAND_SECONDS / BAND_SHARE
    grown = np.log(np.maximum(delay, short) / short) / BAND_SHARE
    bins = (np.minimum(delay, short) / BAND_SECONDS + grown).astype(np.int64)
    width = int(bins.max(initial=0)) + 1
    counts = np.bincount(code * width + bins, minlength=sources * width).reshape(sources, width)
    return np.asarray(counts.max(axis=1) >= max(2.0, 0.5 * BUNDLE_SHARE * of))


def constant(delay: Seconds, of: int) -> NDArray[np.bool_]:
    """Which of the delays form one tight bundle, as a timer's do; none where there is no such bundle.

    A bundle: at least 4 and a quarter of all `of` times, within max(0.7 s, 5 % of the delay), and three quarters of
    all that lies within five such bands on both sides. No hand is quicker than QUICK_SECONDS: there anything goes.
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
    if count >= max(4, BUNDLE_SHARE * of) and count >= 0.75 * around:
        return np.asarray(inside)
    return np.zeros(len(delay), np.bool_)


class _Arrivals:
    """When numbers arrived, all in order of time; numbers that come all the time say nothing and are left out."""

    def __init__(self, tidied: Tidy) -> None:
        entity = np.repeat(np.arange(len(tidied.entities)), np.diff(tidied.bounds))
        rows = np.diff(tidied.bounds)
        slow = tidied.numeric & (rows >= 10) & (rows * SLOW_SECONDS < tidied.clock.length)
        chosen = np.flatnonzero(slow[entity])
        chosen = chosen[np.argsort(tidied.time[chosen], kind="stable")]
        self.time, self.entity, self.entities = tidied.time[chosen], entity[chosen], len(tidied.entities)


def _telemetry_echo(doing: Doing, arrivals: _Arrivals) -> NDArray[np.bool_]:
    """Unknown times that come a moment after a number arrived, as a thermostat's do."""
    machine = np.zeros(len(doing.times), np.bool_)
    places = np.flatnonzero(doing.unknown)
    if len(places) < 6:
        return machine
    at = doing.times[places]
    first = np.searchsorted(arrivals.time, at - ECHO_SECONDS)
    counts = np.searchsorted(arrivals.time, at, "right") - first
    place = np.repeat(np.arange(len(at)), counts)
    row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    pairs = np.unique(np.stack([arrivals.entity[row], place]), axis=1)
    often = np.bincount(pairs[0], minlength=arrivals.entities) >= ECHO_SHARE * len(at)
    machine[places[np.unique(pairs[1][often[pairs[0]]])]] = True
    return machine


def _clockwork(doing: Doing, tidied: Tidy, sun: dict[str, Seconds]) -> NDArray[np.bool_]:
    """Unknown times that keep one time of day, or one distance from the sun's, to the minute on five days or more."""
    machine = np.zeros(len(doing.times), np.bool_)
    places = np.flatnonzero(doing.unknown)
    if len(places) < 5:
        return machine
    local = tidied.clock.local(doing.times[places])
    machine[places[_tight(local % DAY)]] = True
    for base in sun.values():
        apart = local - base[np.clip((local // DAY).astype(np.int64), 0, len(base) - 1)]
        machine[places[_tight(np.where(np.isnan(apart), 1e9 + local, apart))]] = True
    return machine


def _tight(day_time: Seconds) -> NDArray[np.bool_]:
    order = np.sort(day_time)
    counts = np.searchsorted(order, order + CLOCKWORK_SECONDS, "right") - np.arange(len(order))
    best = int(np.argmax(counts))
    middle = float(np.median(order[best : best + int(counts[best])]))
    inside = np.abs(day_time - middle) <= CLOCKWORK_SECONDS / 2 + 5
    around = np.abs(day_time - middle) <= 900.0
    if np.count_nonzero(inside) >= 5 and np.count_nonzero(inside) >= 0.75 * np.count_nonzero(around):
        return np.asarray(inside)
    return np.zeros(len(day_time), np.bool_)
