"""What the firings of an automation would have brought about, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from automations.backtest.match_manual_actions import Expected
from automations.backtest.modes import Started
from automations.backtest.state_history import Past
from automations.backtest.timepoints import Ints, Mask
from automations.config.effects import Effect, effects_from_step
from automations.config.nodes import NodeKind, walk
from schemas.clock import SECOND_US
from schemas.home import AutomationConfig, Home

CLOCK_WITHIN_SECONDS: Final = 30 * 60
"""The person's action belongs to a firing by clock or sun where it is at most this much earlier or later."""

EVENT_WITHIN_SECONDS: Final = 10 * 60
"""The same for firings that follow something in the home."""


@dataclass(frozen=True)
class Firing:
    """All firings: the time that a person is shown and the true one, microseconds, and which came by clock or sun."""

    shown: Ints
    time: Ints
    by_clock: Mask


def expectations(past: Past, config: AutomationConfig, done: Started, firing: Firing) -> list[Expected]:
    """The first effects of each run: what stands later in it (a light off after two minutes) follows from them."""
    telling = [(call, result) for call in done.calls if (result := effects_from_step(call.step, past.home))]
    first = np.full(len(firing.time), np.iinfo(np.int64).max)
    for call, _ in telling:
        np.minimum.at(first, call.run, call.time)
    parts: dict[Effect, list[Ints]] = {}
    for call, result in telling:
        chosen = call.run[(call.time == first[call.run]) & (call.time <= past.end_us)]
        for effect in result if len(chosen) else ():
            parts.setdefault(effect, []).append(chosen)
    if not parts:
        # It never did a thing: all that people did by hand is what it missed.
        nothing = np.zeros(0, np.int64)
        return [Expected(effect, nothing, nothing, nothing) for effect in _first_effects(config, past.home)]
    within = np.where(firing.by_clock, CLOCK_WITHIN_SECONDS, EVENT_WITHIN_SECONDS) * SECOND_US
    return [
        _in_order(effect, np.concatenate(runs), first - (firing.time - firing.shown), within)
        for effect, runs in parts.items()
    ]


def _in_order(effect: Effect, run: Ints, time: Ints, within: Ints) -> Expected:
    run = run[np.argsort(time[run], kind="stable")]
    return Expected(effect, run, time[run], within[run])


def _first_effects(config: AutomationConfig, home: Home) -> tuple[Effect, ...]:
    """The effects of the first call in the actions that has any."""
    steps = (node.value for node in walk(config) if node.kind is NodeKind.ACTION and isinstance(node.value, Mapping))
    return next((found for step in steps if (found := effects_from_step(step, home))), ())
