"""Habits of one moment in one area, proposed as one automation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from schemas.clock import clock_distance
from schemas.home import Home
from schemas.patterns import Action, ClockTrigger, Pattern, StateTrigger, SunTrigger, Trigger

SAME_MOMENT_SECONDS: Final = 10 * 60
MOST_ACTIONS: Final = 6

Group = tuple[Pattern, ...]


def group_patterns(patterns: Sequence[Pattern], home: Home) -> list[Group]:
    """The patterns in groups of one moment, one area and the same days and conditions; the best of each comes first.

    Groups keep the order of their best. A pattern that shares its moment with none is a group of one.
    """
    groups: list[list[Pattern]] = []
    for pattern in patterns:
        group = next((group for group in groups if _belongs_to(pattern, group, home)), None)
        if group is None:
            groups.append([pattern])
        else:
            group.append(pattern)
    return [tuple(group) for group in groups]


def merge_group(group: Group) -> Pattern:
    """One pattern with the actions of the whole group: the best one's trigger and id, the weakest one's evidence."""
    first = group[0]
    if len(group) == 1:
        return first
    timed = [(_start(pattern, first) + at, action) for pattern in group for at, action in _timed_actions(pattern)]
    steps = sorted(timed, key=lambda step: step[0])
    delays = [steps[0][0]] + [later[0] - sooner[0] for sooner, later in pairwise(steps)]
    actions = [replace(action, delay_seconds=delay) for delay, (_, action) in zip(delays, steps, strict=True)]
    weakest = min(group, key=lambda pattern: pattern.evidence.confidence_low)
    return replace(first, actions=tuple(actions), evidence=weakest.evidence)


def _belongs_to(pattern: Pattern, group: Sequence[Pattern], home: Home) -> bool:
    first = group[0]
    area = home.area_of(first.target)
    targets = {action.entity_id for member in group for action in member.actions}
    return (
        area is not None
        and all(home.area_of(action.entity_id) == area for action in pattern.actions)
        and (pattern.weekdays, pattern.conditions) == (first.weekdays, first.conditions)
        and not targets & {action.entity_id for action in pattern.actions}
        and sum(len(member.actions) for member in (*group, pattern)) <= MOST_ACTIONS
        and (_same_moment(first.trigger, pattern.trigger) or _start_after(pattern, first) is not None)
    )


def _same_moment(one: Trigger, other: Trigger) -> bool:
    if isinstance(one, ClockTrigger) and isinstance(other, ClockTrigger):
        return clock_distance(one.at_seconds, other.at_seconds) <= SAME_MOMENT_SECONDS
    if isinstance(one, SunTrigger) and isinstance(other, SunTrigger):
        return one.event == other.event and abs(one.offset_seconds - other.offset_seconds) <= SAME_MOMENT_SECONDS
    return one == other


def _start_after(pattern: Pattern, first: Pattern) -> int | None:
    """When `pattern` would start after `first` did, in seconds, where an action of `first` triggers it."""
    trigger = pattern.trigger
    if not isinstance(trigger, StateTrigger):
        return None
    at = {(action.entity_id, action.state): seconds for seconds, action in _timed_actions(first)}
    done = at.get((trigger.entity_id, trigger.to))
    return None if done is None else done + trigger.for_seconds


def _start(pattern: Pattern, first: Pattern) -> int:
    return _start_after(pattern, first) or 0


def _timed_actions(pattern: Pattern) -> list[tuple[int, Action]]:
    """Each action with its seconds since the trigger."""
    timed, at = [], 0
    for action in pattern.actions:
        at += action.delay_seconds
        timed.append((at, action))
    return timed
