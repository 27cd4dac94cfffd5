"""Check 6: two automations that do opposite things to one entity at about the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Final

import numpy as np

from automations.checks.context import CheckContext
from automations.checks.readings import Reading
from automations.config.nodes import is_deployed_off
from automations.config.state_changes import are_opposite
from automations.config.time_windows import time_window_from_config
from schemas.backtest import Backtest
from schemas.home import AutomationConfig
from schemas.problems import Problem, Severity

WITHIN_SECONDS: Final = 120
"""Opposite actions closer together than this are a flip-flop for the people in the room."""
_MAX_REPLAYS: Final = 5
_MAX_DATES: Final = 20


def conflicts(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    """Opposite actions on one entity, within two minutes by the clock, by the same trigger, or as the history shows."""
    known_before = set(_opposed_entities(context.previous_version, context)) if context.previous_version else set()
    our_replay = cache(lambda: _replay(config, context))
    replays = 0
    for name, entity in _opposed_entities(config, context):
        other = context.other_automations[name]
        ours, theirs = context.readings.of(config), context.readings.of(other)
        if (name, entity) in known_before or _is_counterpart(ours, theirs):
            continue
        dates: tuple[str, ...] | None = None
        if context.events is not None and context.home is not None and replays < _MAX_REPLAYS:
            replays += 1
            dates = _times_both_fired(our_replay, other, context)
        share_a_trigger = bool(ours.parts.triggers & theirs.parts.triggers)
        if dates or (dates is None and _run_at_same_time(config, other, share_a_trigger)):
            yield _problem(entity, str(other.get("alias") or name), dates or ())


def _problem(entity: str, other_name: str, dates: tuple[str, ...]) -> Problem:
    often = f" In the history both would have fired together {len(dates)} times." if dates else ""
    message = f"“{other_name}” does the opposite to `{entity}` at about the same time.{often}"
    return Problem(
        "conflicts", "conflicts", "", message, "Give one of them a condition.", Severity.ASK, dates[:_MAX_DATES]
    )


def _opposed_entities(config: AutomationConfig, context: CheckContext) -> Iterator[tuple[str, str]]:
    """Ids of others and the entity that both bring into opposite states."""
    ours = _final_states(config, context) if context.other_automations else {}
    if not ours:
        return
    for name, other in context.other_automations.items():
        if is_deployed_off(other):
            continue
        theirs = _final_states(other, context)
        common = ours.keys() & theirs.keys()
        contradicted = sorted(entity for entity in common if are_opposite(ours[entity], theirs[entity]))
        if contradicted:
            yield name, contradicted[0]


def _final_states(config: AutomationConfig, context: CheckContext) -> dict[str, str]:
    """The state in which it leaves each entity."""
    changes = context.readings.of(config).caused_changes(context.home)
    return {change.entity_id: change.state for change in changes}


def _is_counterpart(ours: Reading, theirs: Reading) -> bool:
    """Motion on and no motion off: each waits for the opposite of what the other waits for, so they never meet."""
    for one in (ours, theirs):
        if not one.triggering_changes or len(one.triggering_changes) != len(one.parts.triggers):
            return False
    return all(
        any(a.entity_id == b.entity_id and are_opposite(a.state, b.state) for b in theirs.triggering_changes)
        for a in ours.triggering_changes
    )


def _run_at_same_time(config: AutomationConfig, other: AutomationConfig, share_a_trigger: bool) -> bool:
    """A trigger in common, or clock times within the window on a common weekday, and conditions that agree."""
    ours, theirs = time_window_from_config(config), time_window_from_config(other)
    if not ours.weekdays & theirs.weekdays or ours.excludes(theirs):
        return False
    return share_a_trigger or ours.is_close_to(theirs, WITHIN_SECONDS)


def _replay(config: AutomationConfig, context: CheckContext) -> Backtest:
    from automations.backtest.replay import backtest  # imports the sun and history modules: needed only with a history

    assert context.events is not None and context.home is not None  # noqa: S101 - checked by the caller
    return backtest(config, context.events, context.home)


def _times_both_fired(
    our_replay: Callable[[], Backtest], other: AutomationConfig, context: CheckContext
) -> tuple[str, ...] | None:
    """When, in the history, both would have fired within the window (ISO, UTC); None where a replay is not possible."""
    ours = our_replay()
    if not ours.computable or not (theirs := _replay(other, context)).computable:
        return None
    return tuple(moment.isoformat() for moment in _common_times(ours.fired, theirs.fired))


def _common_times(ours: tuple[datetime, ...], theirs: tuple[datetime, ...]) -> list[datetime]:
    if not ours or not theirs:
        return []
    times = np.array([moment.timestamp() for moment in theirs])
    common = []
    for moment in ours:
        index = int(np.searchsorted(times, moment.timestamp()))
        near = times[max(index - 1, 0) : index + 1]
        if np.any(np.abs(near - moment.timestamp()) <= WITHIN_SECONDS):
            common.append(moment)
    return common
