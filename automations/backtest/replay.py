"""A finished automation played over a history: when it would have fired, and whether people did the same by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any, Final

import numpy as np

from automations.backtest import triggers
from automations.backtest.clock import instant, microseconds
from automations.backtest.conditions import Scene, hold
from automations.backtest.expectations import Firing, expectations
from automations.backtest.match_manual_actions import compare
from automations.backtest.modes import Started, started
from automations.backtest.state_history import Past
from automations.backtest.timepoints import Firings, Mask
from automations.config.normalize import modernize
from automations.config.values import NotComputable
from schemas.backtest import Backtest
from schemas.clock import SECOND_US
from schemas.events import Events
from schemas.home import AutomationConfig, Home

MALFORMED: Final = (
    "Not computable, because it is not written as Home Assistant expects; `python -m automations validate` says where."
)


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
        return _replayed(past, modernize(config))
    except NotComputable as why:
        return Backtest(*window, computable=False, reason=f"Not computable, because {why}.")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # People edit: whatever Home Assistant would refuse ends here, and `validate` says where it is wrong.
        return Backtest(*window, computable=False, reason=MALFORMED)


def _window(events: Events, start: datetime | None, end: datetime | None) -> tuple[int, int]:
    first, last = (int(events.time[0]), int(events.time[-1])) if len(events) else (0, 0)
    return (microseconds(start) if start else first, microseconds(end) if end else last)


def _replayed(past: Past, config: AutomationConfig) -> Backtest:
    if "use_blueprint" in config:
        raise NotComputable("it is made from a blueprint")
    wanted = triggers.flat(config.get("triggers"))
    fired = triggers.firings(past, wanted).heard(past.start)
    everywhere = Scene(past, fired, tuple(wanted))
    scene = replace(everywhere, fired=fired.take(hold(everywhere, config.get("conditions"))))
    done = started(scene, config)
    return _told(past, config, wanted, scene.fired, done)


def _told(
    past: Past, config: AutomationConfig, wanted: list[Mapping[str, Any]], fired: Firings, done: Started
) -> Backtest:
    kinds = [str(trigger.get("trigger")) for trigger in wanted]
    by_clock = _which(fired, [kind in ("time", "time_pattern") or kind.split(".")[0] == "sun" for kind in kinds])
    at_full_second = _which(fired, [kind in ("time", "time_pattern") for kind in kinds])
    # A person reads 07:00:00, not the milliseconds after it at which the timer went off.
    shown = np.where(at_full_second, fired.at.time // SECOND_US * SECOND_US, fired.at.time)
    found = compare(past, expectations(past, config, done, Firing(shown, fired.at.time, by_clock)))
    times = [instant(time) for time in shown.tolist()]
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


def _which(fired: Firings, of_trigger: list[bool]) -> Mask:
    """For each firing what is said of its trigger."""
    chosen: Mask = np.array(of_trigger or [False], np.bool_)[fired.trigger]
    return chosen
