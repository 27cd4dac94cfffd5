"""Judges patterns by what they would do: each is drafted and replayed on days that it was not learned from.

Right is a pattern that acts on a habit's target, to its state, whose firings of the days held back meet most moments at
which it is due (`COVERS`) and are seldom anything else (`PRECISE`). How it says so, by which trigger or conditions, is
its own affair. A firing for what is so already does no harm and counts for nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from automations.backtest.replay import backtest
from generator.drafting.baseline import baseline_from
from schemas.home import AutomationConfig
from schemas.patterns import Pattern, StateTrigger
from tests.other_homes.world import Habit, OtherHome

COVERS = 0.6
PRECISE = 0.75
"""Six days for a habit of five are right, and four for three just so; seven for five are not."""


HOLDS = 6 * 3600.0
"""Seconds for which what was turned rightly is taken to stay so, on a day on which the person forgot it."""


@dataclass
class Verdict:
    found: list[Habit] = field(default_factory=list)
    missed: list[Habit] = field(default_factory=list)
    wrong: list[Pattern] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)
    """Names of the decoys among what is wrong."""


def judge(home: OtherHome, patterns: Sequence[Pattern]) -> Verdict:
    """Each habit is found once; a second pattern for it is wrong, but for the other things of a doing of several."""
    verdict = Verdict()
    for pattern in patterns:
        if _is_one_doing(pattern, home):
            continue
        habit = next((habit for habit in home.habits if is_right(pattern, habit, home)), None)
        if habit is None or (habit in verdict.found and _deed(pattern) not in habit.also):
            verdict.wrong.append(pattern)
            verdict.decoys += [name for name, *deed in home.decoys if tuple(deed) == _deed(pattern)][:1]
        elif habit not in verdict.found:
            verdict.found.append(habit)
    verdict.missed = [habit for habit in home.habits if habit not in verdict.found]
    return verdict


def _is_one_doing(pattern: Pattern, home: OtherHome) -> bool:
    """One of several things that are done together follows another of them: neither right nor wrong here."""
    cause = getattr(pattern.trigger, "entity_id", "")
    return any({cause, pattern.target} <= together for together in home.together)


def is_right(pattern: Pattern, habit: Habit, home: OtherHome) -> bool:
    if not acts_alike(pattern, habit):
        return False
    fired = [at + pattern.actions[0].delay_seconds for at in firings(baseline_from(pattern, home.home), home)]
    covered, precise = measured(fired, habit, home)
    return covered >= COVERS and precise >= PRECISE


def acts_alike(pattern: Pattern, habit: Habit) -> bool:
    """The same thing, to the same end, by a service of its kind."""
    first = pattern.actions[0]
    if _deed(pattern) in habit.also:
        return True
    domain, meant = first.service.split(".")[0], habit.service.split(".")[0]
    if first.entity_id != habit.target or domain not in (meant, "homeassistant"):
        return False
    return first.state in habit.states or _same_number(first.state, habit.state)


def _deed(pattern: Pattern) -> tuple[str, str]:
    return pattern.actions[0].entity_id, pattern.actions[0].state


def _same_number(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) < 1e-6
    except ValueError:
        return False


def firings(config: AutomationConfig, home: OtherHome) -> list[float]:
    """When it would start on the days held back, seconds since 1970; never, where that cannot be told."""
    start = datetime.fromtimestamp(home.split / 1e6, UTC)
    return [at.timestamp() for at in backtest(config, home.all_events, home.home, start=start).fired]


def measured(fired: Sequence[float], habit: Habit, home: OtherHome) -> tuple[float, float]:
    """The share of due moments that a firing met, and the share of firings that met one. Both 0..1.

    A moment that came when it was so already, and nobody did anything, is no due moment; nor is such a firing false,
    nor one soon after a right one, whose work is done. On weekdays that are not the habit's every firing is false.
    """
    so_already = _state_before(habit, home)
    held = sorted(at for at in habit.due if at >= home.split / 1e6)
    due = [at for at in held if _counts(at, habit, so_already)]

    def harmless(at: float) -> bool:
        day = datetime.fromtimestamp(at, home.home.tzinfo).weekday()
        return day in habit.weekdays and (so_already(at) or _inside(good, at - HOLDS, at))

    met = sum(_inside(fired, at - habit.early, at + habit.late) for at in due)
    good = [at for at in fired if _inside(held, at - habit.late, at + habit.early)]
    false = [at for at in fired if at not in good and not harmless(at)]
    return met / max(1, len(due)), len(good) / max(1, len(good) + len(false))


def _counts(due: float, habit: Habit, so_already: Callable[[float], bool]) -> bool:
    """What ends itself (a fan that is on long enough) is ended by whoever is first: only what was forgotten counts."""
    if isinstance(habit.trigger, StateTrigger) and habit.trigger.entity_id == habit.target:
        return not so_already(due + habit.late / 2)
    return _inside(habit.times, due - habit.early, due + habit.late) or not so_already(due)


def _inside(moments: Sequence[float], first: float, last: float) -> bool:
    return any(first <= at <= last for at in moments)


def _state_before(habit: Habit, home: OtherHome) -> Callable[[float], bool]:
    """Whether the habit's target is as wished just before a moment."""
    events = home.all_events
    rows = np.flatnonzero(events.entity == events.entities.index(habit.target))
    at = (events.time[rows] / 1e6).tolist()
    wished = [events.states[code] in habit.states for code in events.state[rows].tolist()]

    def so_already(moment: float) -> bool:
        place = bisect_left(at, moment) - 1
        return place >= 0 and wished[place]

    return so_already
