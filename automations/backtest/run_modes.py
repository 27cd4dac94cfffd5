"""Which firings start a run: `single` drops, `restart` cuts, `queued` and `parallel` take up to `max` at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from automations.backtest.conditions import EvaluationContext
from automations.backtest.script_run import Call, Runs, move_firing, run_all
from automations.backtest.timepoints import Ints, Mask, Timepoints
from automations.backtest.values import NotComputable
from automations.config.values import is_template

DEFAULT_MAX_RUNS: Final = 10
"""Home Assistant's `max` where none is given."""


@dataclass(frozen=True)
class StartedRuns:
    """`firing_index`: the context's firings that started a run; `calls`: the service calls of those runs."""

    firing_index: Ints
    calls: tuple[Call, ...]


def start_runs(context: EvaluationContext, config: Mapping[str, Any]) -> StartedRuns:
    """Runs as the automation's mode lets them start. Raises NotComputable where their length is needed and unknown."""
    runs = run_all(context, config.get("actions"))
    mode = config.get("mode", "single")
    if mode == "restart":
        return StartedRuns(np.arange(len(context)), tuple(_cut_at_restart(runs, context.firings.at.time)))
    if runs.unknown_reason:
        raise NotComputable(runs.unknown_reason)
    if not runs.busy.any():
        return StartedRuns(np.arange(len(context)), runs.calls)
    if mode == "queued":
        return _start_queued(context, config, runs)
    max_runs = _max_runs(config) if mode == "parallel" else 1
    chosen = _start_mask(context, runs, max_runs)
    return StartedRuns(np.flatnonzero(chosen), tuple(_filter_calls(runs.calls, chosen)))


def _max_runs(config: Mapping[str, Any]) -> int:
    value = config.get("max", DEFAULT_MAX_RUNS)
    if is_template(value):
        raise NotComputable("`max` is a template")
    return int(value)


def _start_mask(context: EvaluationContext, runs: Runs, max_runs: int) -> Mask:
    """A firing starts a run where fewer than `max_runs` are still busy; one that ends at that timepoint still is."""
    at = context.firings.at
    chosen = np.zeros(len(at), np.bool_)
    ends: list[tuple[int, int]] = []
    now = zip(at.time.tolist(), at.rows_seen.tolist(), strict=True)
    over = zip(runs.end.time.tolist(), runs.end.rows_seen.tolist(), runs.busy.tolist(), strict=True)
    for index, (moment, (end, end_seen, busy)) in enumerate(zip(now, over, strict=True)):
        context.history.work.spend(1 + len(ends))
        ends = [one for one in ends if one >= moment]
        if len(ends) >= max_runs:
            continue
        chosen[index] = True
        if busy:
            ends.append((end, end_seen))
    return chosen


def _start_queued(context: EvaluationContext, config: Mapping[str, Any], immediate: Runs) -> StartedRuns:
    """Runs one after the other; one that was queued sees the home as it is when it starts."""
    max_runs, at = _max_runs(config), context.firings.at
    ends: list[tuple[int, int]] = []
    chosen: list[int] = []
    calls: list[Call] = list(immediate.calls)
    delayed: list[Call] = []
    is_immediate = np.ones(len(context), np.bool_)
    for run, moment in enumerate(zip(at.time.tolist(), at.rows_seen.tolist(), strict=True)):
        context.history.work.spend(1 + len(ends))
        ends = [one for one in ends if one >= moment]
        if len(ends) >= max_runs:
            is_immediate[run] = False
            continue
        chosen.append(run)
        if not ends:
            if immediate.busy[run]:
                ends.append((int(immediate.end.time[run]), int(immediate.end.rows_seen[run])))
            continue
        is_immediate[run] = False
        delayed_to = Timepoints(np.array([ends[-1][0]]), np.array([ends[-1][1]]))
        rerun = run_all(replace(context, firings=move_firing(context.firings, run, delayed_to)), config.get("actions"))
        delayed += [Call(call.step, np.full(len(call.run_index), run), call.time) for call in rerun.calls]
        ends.append((int(rerun.end.time[0]), int(rerun.end.rows_seen[0])))
    return StartedRuns(np.array(chosen, np.int64), (*_filter_calls(tuple(calls), is_immediate), *delayed))


def _filter_calls(calls: tuple[Call, ...], chosen: Mask) -> Iterator[Call]:
    for call in calls:
        kept = chosen[call.run_index]
        yield Call(call.step, call.run_index[kept], call.time[kept])


def _cut_at_restart(runs: Runs, started_at: Ints) -> Iterator[Call]:
    """A run ends where the next one starts."""
    until = np.append(started_at[1:], np.iinfo(np.int64).max)
    for call in runs.calls:
        kept = (call.time < until[call.run_index]) | (call.time == started_at[call.run_index])
        yield Call(call.step, call.run_index[kept], call.time[kept])
