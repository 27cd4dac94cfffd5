"""Replays an automation over a history: when it would have fired, and whether people did the same by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any, Final

import numpy as np

from automations.backtest import triggers
from automations.backtest.conditions import EvaluationContext, conditions_pass
from automations.backtest.expected_effects import FiringTimes, expected_effects
from automations.backtest.match_manual_actions import match_manual_actions
from automations.backtest.run_modes import StartedRuns, start_runs
from automations.backtest.state_history import StateHistory
from automations.backtest.timepoints import Firings, Mask
from automations.backtest.values import NotComputable
from automations.config.normalize import modernize
from schemas.backtest import Backtest
from schemas.clock import SECOND_US, datetime_from_us, microseconds
from schemas.events import Events
from schemas.home import AutomationConfig, Home

MALFORMED: Final = (
    "Not computable, because it is not written as Home Assistant expects; `python -m automations validate` says where."
)


def backtest(
    config: AutomationConfig, events: Events, home: Home, start: datetime | None = None, end: datetime | None = None
) -> Backtest:
    """What `config` would have done from `start` to `end` (both included; the whole history where they are None).

    Changes up to and including `start` are the initial state of the home; they fire nothing.
    """
    start_us, end_us = _window(events, start, end)
    window = datetime_from_us(start_us), datetime_from_us(end_us)
    if not len(events):
        return Backtest(*window, computable=False, reason="The history is empty.")
    history = StateHistory(events, home, start_us, end_us)
    try:
        return _replay(history, modernize(config))
    except NotComputable as error:
        return Backtest(*window, computable=False, reason=f"Not computable, because {error}.")
    except RecursionError:
        return Backtest(*window, computable=False, reason="Not computable, because it is nested too deeply.")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # People edit: any config that Home Assistant would refuse ends here, and `validate` says where it is wrong.
        return Backtest(*window, computable=False, reason=MALFORMED)


def _window(events: Events, start: datetime | None, end: datetime | None) -> tuple[int, int]:
    first, last = (int(events.time[0]), int(events.time[-1])) if len(events) else (0, 0)
    return (microseconds(start) if start else first, microseconds(end) if end else last)


def _replay(history: StateHistory, config: AutomationConfig) -> Backtest:
    if "use_blueprint" in config:
        raise NotComputable("it is made from a blueprint")
    flat_triggers = triggers.flatten(config.get("triggers"))
    firings = triggers.find_firings(history, flat_triggers).filter_since(history.start)
    unfiltered = EvaluationContext(history, firings, tuple(flat_triggers))
    context = replace(unfiltered, firings=firings.take(conditions_pass(unfiltered, config.get("conditions"))))
    started = start_runs(context, config)
    return _result_from_runs(history, config, flat_triggers, context.firings, started)


def _result_from_runs(
    history: StateHistory,
    config: AutomationConfig,
    flat_triggers: list[Mapping[str, Any]],
    firings: Firings,
    started: StartedRuns,
) -> Backtest:
    kinds = [str(trigger.get("trigger")) for trigger in flat_triggers]
    by_clock = _mask_by_trigger(
        firings, [kind in ("time", "time_pattern") or kind.split(".")[0] == "sun" for kind in kinds]
    )
    at_full_second = _mask_by_trigger(firings, [kind in ("time", "time_pattern") for kind in kinds])
    # A person reads 07:00:00, not the milliseconds after it at which the timer went off.
    displayed = np.where(at_full_second, firings.at.time // SECOND_US * SECOND_US, firings.at.time)
    comparison = match_manual_actions(
        history, expected_effects(history, config, started, FiringTimes(displayed, firings.at.time, by_clock))
    )
    times = [datetime_from_us(time) for time in displayed.tolist()]
    return Backtest(
        start=datetime_from_us(history.start_us),
        end=datetime_from_us(history.end_us),
        fired=tuple(times[run] for run in started.firing_index),
        matched=len(comparison.matched),
        false=tuple(times[run] for run in sorted(comparison.false)),
        missed=tuple(datetime_from_us(time) for time in comparison.missed_us),
        undone=len(comparison.undone),
        lead_seconds=median(comparison.leads_seconds) if comparison.leads_seconds else None,
        already=len(comparison.already),
    )


def _mask_by_trigger(firings: Firings, trigger_flags: list[bool]) -> Mask:
    """For each firing the flag of its trigger."""
    mask: Mask = np.array(trigger_flags or [False], np.bool_)[firings.trigger]
    return mask
