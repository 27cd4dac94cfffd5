"""Which firings start a run: `single` drops, `restart` cuts, `queued` and `parallel` take up to `max` at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from automations.backtest.conditions import Scene
from automations.backtest.runs import Call, Runs, fired_again, run_all
from automations.backtest.timepoints import Ints, Mask, Moments
from automations.config.values import NotComputable, is_template

MOST_AT_ONCE: Final = 10
"""Home Assistant's `max` where none is given."""


@dataclass(frozen=True)
class Started:
    """`run` are the firings (places in the scene) that started a run; `calls` what those runs really did."""

    run: Ints
    calls: tuple[Call, ...]


def started(scene: Scene, config: Mapping[str, Any]) -> Started:
    """Runs as the automation's mode lets them start. Raises NotComputable where their length is needed and unknown."""
    runs = run_all(scene, config.get("actions"))
    mode = config.get("mode", "single")
    if mode == "restart":
        return Started(np.arange(len(scene)), tuple(_cut(runs, scene.fired.at.time)))
    if runs.unknown:
        raise NotComputable(runs.unknown)
    if not runs.busy.any():
        return Started(np.arange(len(scene)), runs.calls)
    if mode == "queued":
        return _queued(scene, config, runs)
    most = _most(config) if mode == "parallel" else 1
    chosen = _taken(scene.fired.at, runs, most)
    return Started(np.flatnonzero(chosen), tuple(_only(runs.calls, chosen)))


def _most(config: Mapping[str, Any]) -> int:
    value = config.get("max", MOST_AT_ONCE)
    if is_template(value):
        raise NotComputable("`max` is a template")
    return int(value)


def _taken(at: Moments, runs: Runs, most: int) -> Mask:
    """A firing starts a run where fewer than `most` are still busy; one that ends at that very moment still is."""
    chosen = np.zeros(len(at), np.bool_)
    ends: list[tuple[int, int]] = []
    now = zip(at.time.tolist(), at.seen.tolist(), strict=True)
    over = zip(runs.end.time.tolist(), runs.end.seen.tolist(), runs.busy.tolist(), strict=True)
    for place, (moment, (end, end_seen, busy)) in enumerate(zip(now, over, strict=True)):
        ends = [one for one in ends if one >= moment]
        if len(ends) >= most:
            continue
        chosen[place] = True
        if busy:
            ends.append((end, end_seen))
    return chosen


def _queued(scene: Scene, config: Mapping[str, Any], alone: Runs) -> Started:
    """Runs one after the other; one that waits for its turn sees the home as it is then."""
    most, at = _most(config), scene.fired.at
    ends: list[tuple[int, int]] = []
    chosen: list[int] = []
    calls: list[Call] = list(alone.calls)
    delayed: list[Call] = []
    own = np.ones(len(scene), np.bool_)
    for run, moment in enumerate(zip(at.time.tolist(), at.seen.tolist(), strict=True)):
        ends = [one for one in ends if one >= moment]
        if len(ends) >= most:
            own[run] = False
            continue
        chosen.append(run)
        if not ends:
            if alone.busy[run]:
                ends.append((int(alone.end.time[run]), int(alone.end.seen[run])))
            continue
        own[run] = False
        turn = Moments(np.array([ends[-1][0]]), np.array([ends[-1][1]]))
        later = run_all(replace(scene, fired=fired_again(scene.fired, run, turn)), config.get("actions"))
        delayed += [Call(call.step, np.full(len(call.run), run), call.time) for call in later.calls]
        ends.append((int(later.end.time[0]), int(later.end.seen[0])))
    return Started(np.array(chosen, np.int64), (*_only(tuple(calls), own), *delayed))


def _only(calls: tuple[Call, ...], chosen: Mask) -> Iterator[Call]:
    for call in calls:
        kept = chosen[call.run]
        yield Call(call.step, call.run[kept], call.time[kept])


def _cut(runs: Runs, started_at: Ints) -> Iterator[Call]:
    """A run ends where the next one starts."""
    until = np.append(started_at[1:], np.iinfo(np.int64).max)
    for call in runs.calls:
        kept = (call.time < until[call.run]) | (call.time == started_at[call.run])
        yield Call(call.step, call.run[kept], call.time[kept])
