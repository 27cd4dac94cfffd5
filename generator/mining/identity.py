"""Which habit a pattern is: the same one as last night, or a new one.

A habit is the same when it calls the same service on the same target and either its trigger entities overlap or, for
habits of the clock and the sun, its time of day is near. Day type, strength, conditions and added actions do not
count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.clock import DAY_SECONDS, clock_distance
from schemas.errors import InputError
from schemas.patterns import DailyTrigger, Pattern

NEAR_SECONDS = 75 * 60
"""Two times of day of one light that are closer than this are one habit that drifted."""
_LINE = re.compile(r"(\S+) on (\S+) (?:near (\d\d):(\d\d)|after (\S+)) days (\d+)")


@dataclass(frozen=True)
class HabitKey:
    """`centre_seconds` is the local time of day, None for habits that other entities trigger."""

    service: str
    target: str
    trigger_entities: frozenset[str]
    centre_seconds: int | None
    weekdays: frozenset[int]

    def __str__(self) -> str:
        """One line for a git trailer; `parse_key` reads it back (times to the minute)."""
        days = "".join(str(day) for day in sorted(self.weekdays))
        if self.centre_seconds is None:
            return f"{self.service} on {self.target} after {','.join(sorted(self.trigger_entities))} days {days}"
        minutes = round(self.centre_seconds / 60) % 1440
        return f"{self.service} on {self.target} near {minutes // 60:02d}:{minutes % 60:02d} days {days}"


@dataclass(frozen=True)
class KnownHabit:
    habit_id: str
    key: HabitKey


def parse_key(line: str) -> HabitKey:
    """The key that `str(key)` wrote; InputError where the line is none."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise InputError(
            f"'{line}' is no Habit-Key; it reads like 'light.turn_on on light.kitchen near 06:42 days 01234'."
        )
    service, target, hour, minute, after, days = match.groups()
    centre = int(hour) * 3600 + int(minute) * 60 if hour else None
    return HabitKey(service, target, frozenset(after.split(",") if after else ()), centre, frozenset(map(int, days)))


def habit_key(pattern: Pattern) -> HabitKey:
    first, trigger = pattern.actions[0], pattern.trigger
    if isinstance(trigger, DailyTrigger):
        entities, centre = frozenset[str](), trigger.around_seconds % DAY_SECONDS
    else:
        entities, centre = frozenset({trigger.entity_id}), None
    return HabitKey(first.service, first.entity_id, entities, centre, pattern.weekdays)


def key_distance(one: HabitKey, other: HabitKey) -> float | None:
    """How far apart two habits are, in seconds of the day (0 where other entities trigger both); None: not the same."""
    if (one.service, one.target) != (other.service, other.target):
        return None
    if one.centre_seconds is None or other.centre_seconds is None:
        return 0.0 if one.trigger_entities & other.trigger_entities else None
    apart = clock_distance(one.centre_seconds, other.centre_seconds)
    return float(apart) if apart <= NEAR_SECONDS else None


def assign_ids(patterns: Sequence[Pattern], known_habits: Sequence[KnownHabit]) -> list[Pattern]:
    """The patterns, each with the id of the known habit it is (one to one, nearest first) or with a new one.

    New ids depend only on the habit and on the ids taken already, so that the same night gives the same ids.
    """
    keys = [habit_key(pattern) for pattern in patterns]
    pairs = sorted(
        (apart, habit.habit_id, at)
        for at, key in enumerate(keys)
        for habit in known_habits
        if (apart := key_distance(key, habit.key)) is not None
    )
    chosen: dict[int, str] = {}
    taken: set[str] = set()
    for _, habit_id, at in pairs:
        if at not in chosen and habit_id not in taken:
            chosen[at] = habit_id
            taken.add(habit_id)
    used = {habit.habit_id for habit in known_habits}
    for at in sorted(set(range(len(keys))) - set(chosen), key=lambda at: (str(keys[at]), at)):
        chosen[at] = _new_id(keys[at], used)
        used.add(chosen[at])
    return [replace(pattern, habit_id=chosen[at]) for at, pattern in enumerate(patterns)]


def _new_id(key: HabitKey, used: set[str]) -> str:
    """Sixteen hex digits. The time of day counts in quarters of a day, so that few minutes more make no new habit."""
    part = ",".join(sorted(key.trigger_entities))
    if key.centre_seconds is not None:
        part = f"quarter {(key.centre_seconds - 3 * 3600) % DAY_SECONDS // (6 * 3600)}"
    for again in range(len(used) + 1):
        habit_id = hashlib.sha256(f"{key.service}|{key.target}|{part}|{again}".encode()).hexdigest()[:16]
        if habit_id not in used:
            break
    return habit_id
