"""A finished automation played over a history: when it would have fired, and whether people did the same by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any

import numpy as np

from automations.backtest import triggers
from automations.backtest.clock import SECOND, instant, microseconds
from automations.backtest.compare import CLOCK_WITHIN_SECONDS, EVENT_WITHIN_SECONDS, Expected, compare
from automations.backtest.conditions import Scene, hold
from automations.backtest.effects import Effect, effects
from automations.backtest.modes import Started, started
from automations.backtest.moments import Firings, Ints, Mask
from automations.backtest.past import Past
from automations.backtest.reading import NotComputable
from automations.grammar import Role, walk
from automations.spelling import modern
from schemas.backtest import Backtest
from schemas.events import Events
from schemas.home import AutomationConfig, Home

BY_CLOCK = ("time", "time_pattern", "sun")


def backtest(
    config: AutomationConfig, events: Events, home: Home, start: datetime | None = None, end: datetime | None = None
) -> Backtest:
    """What `config` would have done from `start` to `end` (both included; the whole history where they are None).

    Changes up to and including `start` are how the home was found; they fire nothing.
    """
    start_us, end_us = _window(events, start, end)
    window = instant(start_us), instant(end_us)
    if not len(events):
        return Backtest(*window, computable=False, reason="The history is empty.")
    past = Past(events, home, start_us, end_us)
    try:
        return _replayed(past, modern(config))
    except NotComputable as why:
        return Backtest(*window, computable=False, reason=f"Not computable, because {why}.")


def _window(events: Events, start: datetime | None, end: datetime | None) -> tuple[int, int]:
    first, last = (int(events.time[0]), int(events.time[-1])) if len(events) else (0, 0)
    return (microseconds(start) if start else first, microseconds(end) if end else last)


def _replayed(past: Past, config: AutomationConfig) -> Backtest:
    if "use_blueprint" in config:
        raise NotComputable("it is made from a blueprint")
    wanted = triggers.flat(config.get("triggers"))
    fired = triggers.firings(past, wanted, past.start)
    everywhere = Scene(past, fired, tuple(wanted))
    scene = replace(everywhere, fired=fired.take(hold(everywhere, config.get("conditions"))))
    done = started(scene, config)
    return _told(past, config, wanted, scene.fired, done)


def _told(
    past: Past, config: AutomationConfig, wanted: list[Mapping[str, Any]], fired: Firings, done: Started
) -> Backtest:
    by_clock = np.array([trigger.get("trigger") in BY_CLOCK for trigger in wanted] or [False])
    at_second = np.array([trigger.get("trigger") in ("time", "time_pattern") for trigger in wanted] or [False])
    rounded = np.where(at_second[fired.trigger], fired.at.time // SECOND * SECOND, fired.at.time)
    found = compare(past, _expected(past, config, fired, done, by_clock[fired.trigger]))
    times = [instant(time) for time in rounded.tolist()]
    return Backtest(
        start=instant(past.start_us),
        end=instant(past.end_us),
        fired=tuple(times[run] for run in done.run),
        matched=len(found.matched),
        false=tuple(times[run] for run in sorted(found.false)),
        missed=tuple(instant(time) for time in found.missed_us),
        undone=len(found.undone),
        lead_seconds=median(found.leads) if found.leads else None,
        already=len(found.already),
    )


def _first_effects(config: AutomationConfig, home: Home) -> tuple[Effect, ...]:
    """The effects of the first call in the actions that has any."""
    every = (
        effects(node.value, home)
        for node in walk(config)
        if node.role is Role.ACTION and isinstance(node.value, Mapping)
    )
    return next((found for found in every if found), ())


def _expected(past: Past, config: AutomationConfig, fired: Firings, done: Started, by_clock: Mask) -> list[Expected]:
    """The first effects of each run: what stands later in it (a light off after two minutes) follows from them."""
    telling = [(call, result) for call in done.calls if (result := effects(call.step, past.home))]
    first = np.full(len(fired), np.iinfo(np.int64).max)
    for call, _ in telling:
        np.minimum.at(first, call.run, call.time)
    parts: dict[Effect, list[tuple[Ints, Ints]]] = {}
    for call, result in telling:
        chosen = (call.time == first[call.run]) & (call.time <= past.end_us)
        for effect in result:
            parts.setdefault(effect, []).append((call.run[chosen], call.time[chosen]))
    parts = {effect: found for effect, found in parts.items() if any(len(runs) for runs, _ in found)}
    if not parts:
        # It never did a thing: all that people did by hand is what it missed.
        nothing = np.zeros(0, np.int64)
        return [Expected(effect, nothing, nothing, nothing) for effect in _first_effects(config, past.home)]
    within = np.where(by_clock, CLOCK_WITHIN_SECONDS, EVENT_WITHIN_SECONDS) * SECOND
    return [_in_order(effect, pairs, within) for effect, pairs in parts.items()]


def _in_order(effect: Effect, pairs: list[tuple[Ints, Ints]], within: Ints) -> Expected:
    run = np.concatenate([runs for runs, _ in pairs])
    time = np.concatenate([times for _, times in pairs])
    order = np.argsort(time, kind="stable")
    return Expected(effect, run[order], time[order], within[run[order]])
