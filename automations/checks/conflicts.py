"""Rung 6: two automations that do opposite things to one entity at about the same time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from automations.checks.context import Context
from automations.config.comparable import atoms
from automations.config.state_changes import brought_about, opposite, waited_for
from automations.config.time_windows import when
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

WITHIN_SECONDS: Final = 120
"""Opposite actions closer together than this are a flip-flop for the people in the room."""
_MOST_REPLAYS: Final = 5
_MOST_DATES: Final = 20


def conflicts(config: AutomationConfig, context: Context) -> Iterator[Problem]:
    """Opposite actions on one entity, within two minutes by the clock, by the same trigger, or as the history shows."""
    known_before = set(_opposed(context.before, context)) if context.before else set()
    replays = 0
    for name, entity in _opposed(config, context):
        other = context.others[name]
        if (name, entity) in known_before or _is_counterpart(config, other):
            continue
        dates: tuple[str, ...] | None = None
        if context.events is not None and context.home is not None and replays < _MOST_REPLAYS:
            replays += 1
            dates = _both_fired(config, other, context)
        if dates or (dates is None and _at_the_same_time(config, other)):
            yield _problem(entity, str(other.get("alias") or name), dates or ())


def _problem(entity: str, called: str, dates: tuple[str, ...]) -> Problem:
    often = f" In the history both would have fired together {len(dates)} times." if dates else ""
    message = f"“{called}” does the opposite to `{entity}` at about the same time.{often}"
    return Problem(
        "conflicts", "conflicts", "", message, "Give one of them a condition.", Severity.ASK, dates[:_MOST_DATES]
    )


def _opposed(config: AutomationConfig, context: Context) -> Iterator[tuple[str, str]]:
    """Ids of others and the entity that both bring into opposite states."""
    ours = _left_behind(config, context.home) if context.others else {}
    if not ours:
        return
    for name, other in context.others.items():
        if other.get("initial_state") is False:
            continue
        theirs = _left_behind(other, context.home)
        common = ours.keys() & theirs.keys()
        contradicted = sorted(entity for entity in common if opposite(ours[entity], theirs[entity]))
        if contradicted:
            yield name, contradicted[0]


def _left_behind(config: AutomationConfig, home: Home | None) -> dict[str, str]:
    """The state in which it leaves each entity."""
    return {change.entity_id: change.state for change in brought_about(config, home)}


def _is_counterpart(config: AutomationConfig, other: AutomationConfig) -> bool:
    """Motion on and no motion off: each waits for the opposite of what the other waits for, so they never meet."""
    ours, theirs = list(waited_for(config)), list(waited_for(other))
    if not ours or not theirs or len(ours) != len(atoms(config).triggers) or len(theirs) != len(atoms(other).triggers):
        return False
    return all(any(a.entity_id == b.entity_id and opposite(a.state, b.state) for b in theirs) for a in ours)


def _at_the_same_time(config: AutomationConfig, other: AutomationConfig) -> bool:
    """A trigger in common, or clock times within the window on a common weekday, and no condition that parts them."""
    ours, theirs = when(config), when(other)
    if not ours.weekdays & theirs.weekdays or ours.excludes(theirs):
        return False
    return bool(atoms(config).triggers & atoms(other).triggers) or ours.meets(theirs, WITHIN_SECONDS)


def _both_fired(config: AutomationConfig, other: AutomationConfig, context: Context) -> tuple[str, ...] | None:
    """When, in the history, both would have fired within the window (ISO, UTC); None where a replay is not possible."""
    from automations.backtest.replay import backtest  # it needs the sun and the history: only where there are some

    assert context.events is not None and context.home is not None  # noqa: S101 - the caller looked
    ours, theirs = (backtest(one, context.events, context.home) for one in (config, other))
    if not (ours.computable and theirs.computable):
        return None
    return tuple(moment.isoformat() for moment in _together(ours.fired, theirs.fired))


def _together(ours: tuple[datetime, ...], theirs: tuple[datetime, ...]) -> list[datetime]:
    if not ours or not theirs:
        return []
    times = np.array([moment.timestamp() for moment in theirs])
    found = []
    for moment in ours:
        place = int(np.searchsorted(times, moment.timestamp()))
        near = times[max(place - 1, 0) : place + 1]
        if np.any(np.abs(near - moment.timestamp()) <= WITHIN_SECONDS):
            found.append(moment)
    return found
