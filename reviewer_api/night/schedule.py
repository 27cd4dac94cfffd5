"""When the night starts: the cron line of `ANALYSIS_SCHEDULE` in the home's time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from schemas.errors import InputError

WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

CHECK_INTERVAL: Final = timedelta(seconds=30)
"""A machine that slept, or whose clock was set, notices within that time."""


class Schedule:
    """When a run is due. `zone` is the home's, which is known later than the schedule, and may change."""

    def __init__(self, line: str, zone: Callable[[], ZoneInfo], catch_up_delay: timedelta) -> None:
        self._line, self._zone, self._catch_up_delay = line, zone, catch_up_delay
        self._trigger_zone = zone()
        self._trigger = trigger_from(line, self._trigger_zone)
        self._next: datetime | None = None
        self._next_after: datetime | None = None
        """`_next` is the first start after this moment."""
        self._checked: datetime | None = None
        self._catch_up_at: datetime | None = None

    def begin(self, now: datetime, last_started: datetime | None) -> None:
        """A start that was missed since `last_started` is made up `catch_up_delay` from now; several by one."""
        self._checked = now
        if last_started and missed_start(self._current_trigger(), last_started, now):
            self._catch_up_at = now + self._catch_up_delay

    def next_start(self, now: datetime) -> datetime | None:
        """The next start on the schedule; None where there is none."""
        trigger = self._current_trigger()
        if self._next is None or self._next_after is None or not self._next_after <= now < self._next:
            self._next, self._next_after = next_fire_time(trigger, now), now
        return self._next

    def is_due(self, now: datetime) -> bool:
        """Whether a start was due since the moment that `passed` last."""
        if self._catch_up_at and self._catch_up_at <= now:
            return True
        return self._checked is not None and missed_start(self._current_trigger(), self._checked, now)

    def passed(self, now: datetime) -> None:
        """What was due until now was started, or skipped."""
        self._checked = now  # also where the clock was set back
        if self._catch_up_at and self._catch_up_at <= now:
            self._catch_up_at = None

    def wait(self, now: datetime) -> timedelta:
        """Until it is worth asking again."""
        times = [at - now for at in (self.next_start(now), self._catch_up_at) if at]
        return max(timedelta(0), min([CHECK_INTERVAL, *times]))

    def _current_trigger(self) -> BaseTrigger:
        if (zone := self._zone()) != self._trigger_zone:
            self._trigger_zone, self._trigger, self._next = zone, trigger_from(self._line, zone), None
        return self._trigger


def trigger_from(schedule: str, zone: ZoneInfo) -> BaseTrigger:
    """The trigger that crontab(5) means; InputError says what is wrong with the line.

    APScheduler counts weekdays from Monday and wants day of month *and* weekday to fit; cron counts from Sunday and,
    where both are given, takes either.
    """
    fields = schedule.split()
    if len(fields) != 5:
        raise InputError(
            f"ANALYSIS_SCHEDULE `{schedule}` is not five cron fields (minute hour day month weekday);"
            " `0 3 * * *` is every night at three."
        )
    minute, hour, day, month, weekday = fields
    try:
        weekdays = _weekdays(weekday)
        choices = [(day, weekdays)] if "*" in (day[0], weekday[0]) else [(day, "*"), ("*", weekdays)]
        triggers = [
            CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday_names, timezone=zone)
            for day, weekday_names in choices
        ]
    except ValueError as error:
        raise InputError(f"ANALYSIS_SCHEDULE `{schedule}` is not a cron line: {error}.") from None
    return triggers[0] if len(triggers) == 1 else OrTrigger(triggers)


def next_fire_time(trigger: BaseTrigger, after: datetime) -> datetime | None:
    """The first time at or after `after`; None where there is none."""
    fire_time: datetime | None = trigger.get_next_fire_time(None, after)
    return fire_time


def missed_start(trigger: BaseTrigger, last_started: datetime, now: datetime) -> bool:
    """Whether a start was due between the last run and now, while the service was down."""
    due = next_fire_time(trigger, last_started)
    # A run starts slightly after its due time, so the next due time is a later one.
    return due is not None and due < now


def _weekdays(field: str) -> str:
    """Weekday numbers (0 and 7 are Sunday) as names; a range may wrap around the week's end."""
    if field == "*":
        return field
    chosen: list[str] = []
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0-6" if span == "*" else span).partition("-")
        start, end = _weekday(first), _weekday(last or ("6" if step else first))
        days = range(start, end + 1 if end >= start else end + 8, int(step or 1))
        chosen += [WEEKDAYS[day % 7] for day in days]
    return ",".join(dict.fromkeys(chosen))


def _weekday(text: str) -> int:
    number = WEEKDAYS.index(text) if text in WEEKDAYS else int(text)
    if not 0 <= number <= 7:
        raise ValueError(f"weekday {number} is not in 0 to 7")
    return number
