"""The effects that the firings of an automation would have had, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from automations.backtest.match_manual_actions import ExpectedEffect
from automations.backtest.run_modes import StartedRuns
from automations.backtest.state_history import StateHistory
from automations.backtest.timepoints import Ints, Mask
from automations.config.nodes import NodeKind, walk
from automations.config.state_changes import StateChange, changes_from_step
from schemas.clock import SECOND_US
from schemas.home import AutomationConfig, Home

CLOCK_WITHIN_SECONDS: Final = 30 * 60
"""A manual action belongs to a firing by clock or sun where it is at most this much earlier or later."""

EVENT_WITHIN_SECONDS: Final = 10 * 60
"""The same for firings that follow something in the home."""


@dataclass(frozen=True)
class FiringTimes:
    """All firings: `displayed` is the time on the page, `time` the exact, microseconds; `by_clock`: sun or clock."""

    displayed: Ints
    time: Ints
    by_clock: Mask


def expected_effects(
    history: StateHistory, config: AutomationConfig, started: StartedRuns, firing_times: FiringTimes
) -> list[ExpectedEffect]:
    """The first effects of each run: later ones (a light off after two minutes) follow from them."""
    effective_calls = [
        (call, result) for call in started.calls if (result := changes_from_step(call.step, history.home))
    ]
    first = np.full(len(firing_times.time), np.iinfo(np.int64).max)
    for call, _ in effective_calls:
        np.minimum.at(first, call.run_index, call.time)
    parts: dict[StateChange, list[Ints]] = {}
    for call, result in effective_calls:
        chosen = call.run_index[(call.time == first[call.run_index]) & (call.time <= history.end_us)]
        for effect in result if len(chosen) else ():
            parts.setdefault(effect, []).append(chosen)
    if not parts:
        # It never had an effect: every manual action is a missed one.
        nothing = np.zeros(0, np.int64)
        return [ExpectedEffect(effect, nothing, nothing, nothing) for effect in _first_effects(config, history.home)]
    within_us = np.where(firing_times.by_clock, CLOCK_WITHIN_SECONDS, EVENT_WITHIN_SECONDS) * SECOND_US
    return [
        _sort_by_time(effect, np.concatenate(runs), first - (firing_times.time - firing_times.displayed), within_us)
        for effect, runs in parts.items()
    ]


def _sort_by_time(effect: StateChange, run: Ints, time: Ints, within_us: Ints) -> ExpectedEffect:
    run = run[np.argsort(time[run], kind="stable")]
    return ExpectedEffect(effect, run, time[run], within_us[run])


def _first_effects(config: AutomationConfig, home: Home) -> tuple[StateChange, ...]:
    """The effects of the first call in the actions that has any."""
    steps = (node.value for node in walk(config) if node.kind is NodeKind.ACTION and isinstance(node.value, Mapping))
    return next((step_effects for step in steps if (step_effects := changes_from_step(step, home))), ())
