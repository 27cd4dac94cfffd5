"""Habits of an hour, on sets of days as people's weeks make them; and of the sun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.events import Origin
from schemas.patterns import ClockTrigger, StateCondition, SunTrigger
from tests.homes import EVERY_DAY
from tests.other_homes.background import light_room
from tests.other_homes.furniture import bulbs_of
from tests.other_homes.habits.record import Unfit, missed, record, wishes
from tests.other_homes.human import Clockwork, do, some_use, stray
from tests.other_homes.people import shift_of, working
from tests.other_homes.stretches import Stretches
from tests.other_homes.world import MINUTE, World

Days = Callable[[int], bool]
USES = (15, 50, 120)


def every_day(world: World) -> None:
    at_the_clock(world, "clock, every day", EVERY_DAY)


def working_days(world: World) -> None:
    at_the_clock(world, "clock, working days", world.life.work_days, lambda day: working(world, day))


def days_off(world: World) -> None:
    at_the_clock(world, "clock, days off", EVERY_DAY - world.life.work_days)


def three_weekdays(world: World) -> None:
    at_the_clock(world, "clock, three weekdays", world.life.part_days)


def two_weekdays(world: World) -> None:
    days = world.life.home_office
    while len(days) != 2 or max(days) - min(days) == 1:
        days = frozenset(world.rng.choice(7, 2, replace=False).tolist())
    at_the_clock(world, "clock, two weekdays", days)


def school_nights(world: World) -> None:
    nights = frozenset((day - 1) % 7 for day in world.life.work_days)
    at_the_clock(world, "clock, school nights", nights, hours=(18, 20.8))


def one_weekday(world: World) -> None:
    at_the_clock(world, "clock, one weekday", frozenset({world.pick(7)}))


def drifting(world: World) -> None:
    drift = world.span(20, 45) * float(world.rng.choice([-1, 1]))
    at_the_clock(world, "clock, drifting", EVERY_DAY, drift=drift)


def by_voice(world: World) -> None:
    at_the_clock(world, "clock, by voice", EVERY_DAY, origin=Origin.VOICE)


def days_the_home_knows(world: World) -> None:
    """Days told apart by a shift's roster or by a sensor that knows public holidays."""
    kind = "clock, days the home knows"
    if world.life.tells_shift:
        condition = StateCondition("input_select.shift", "early")
        early: Days = lambda day: shift_of(world, day) == "early"  # noqa: E731
        at_the_clock(world, kind, EVERY_DAY, early, hours=(4.75, 5.1), conditions=(condition,), who=0)
    elif world.life.tells_workday:
        off = StateCondition("binary_sensor.workday", "off")
        at_the_clock(world, kind, EVERY_DAY, lambda day: not working(world, day), conditions=(off,))
    else:
        raise Unfit(kind)


def at_the_clock(
    world: World,
    kind: str,
    weekdays: frozenset[int],
    days: Days | None = None,
    *,
    hours: tuple[float, float] = (7, 22.5),
    drift: float = 0.0,
    origin: Origin | None = None,
    target: str = "",
    states: tuple[str, str] | None = None,
    minutes_of_use: float = 0.0,
    **more: Any,
) -> tuple[str, Clockwork]:
    """One habit of an hour on those of the weekdays (or `days`) on which somebody is at home for it."""
    chosen = days or (lambda day: world.weekday(day) in weekdays)
    present = _present(world, more.get("who", -1))
    hour = good_hour(world, [day for day in range(world.days) if chosen(day)], present, hours)
    habit = Clockwork(world, hour, world.span(*world.life.spread_minutes), drift)
    due = [at for day in range(world.days) if chosen(day) and present.covers(at := habit.centre(day))]
    mostly_there(kind, len(due), sum(map(chosen, range(world.days))))
    target = target or world.take("lamp", "lamp", "plug", "fan")
    way = states or (wishes(target) if world.chance(0.75) else wishes(target)[::-1])
    forgets, use = missed(world), minutes_of_use or float(world.rng.choice(USES))
    done = [at for day in range(world.days) if chosen(day) and present.covers(at := habit.usual(day)) and not forgets()]
    trigger = ClockTrigger(round(hour * 3600) % 86_400)
    least = 3 if len(weekdays) == 1 else 4
    record(world, kind, target, way[0], trigger, due, done, least, weekdays=weekdays, **more)
    for at in done:
        do(world, target, way, at, some_use(world, use), more.get("who", -1), origin=origin)
    return target, habit


def mostly_there(kind: str, there: int, days: int) -> None:
    """Only days at home count; a trip of ten days leaves two thirds of thirty, and of the days held back all."""
    if there < 0.75 * days:
        raise Unfit(f"{kind}: somebody is there on {there} of {days} days")


def _present(world: World, who: int) -> Stretches:
    return world.anyone if who < 0 else world.people[who].home.both(world.people[who].awake)


def good_hour(world: World, days: list[int], present: Stretches, hours: tuple[float, float]) -> float:
    """An hour at which somebody is there on nearly all of these days, half an hour around it."""

    def share(hour: float) -> float:
        moments = [world.moment(day, hour + shift) for day in days for shift in (-0.4, 0, 0.4)]
        return sum(present.covers(at) for at in moments) / max(1, len(moments))

    tried = [world.span(*hours) for _ in range(24)]
    return next((hour for hour in tried if share(hour) > 0.95), max(tried, key=share))


def bulbs_of_a_room(world: World) -> None:
    """A whole room at an hour, bulb after bulb or all at once; whatever stands for the room is right."""
    group = world.take("room")
    bulbs = bulbs_of(world, group)
    world.still |= {group, *bulbs}
    hour = good_hour(world, list(range(world.days)), world.anyone, (16, 22))
    habit, forgets = Clockwork(world, hour, world.span(*world.life.spread_minutes)), missed(world)
    due = [at for day in range(world.days) if world.anyone.covers(at := habit.centre(day))]
    done = [at for day in range(world.days) if world.anyone.covers(at := habit.usual(day)) and not forgets()]
    also = tuple((one, "on") for one in [group, *bulbs[1:]])
    trigger = ClockTrigger(round(hour * 3600))
    mostly_there("clock, bulbs of a room", len(due), world.days)
    record(world, "clock, bulbs of a room", bulbs[0], "on", trigger, due, done, also=also)
    for at in done:
        light_room(world, group, at, some_use(world, 90))


def sunset(world: World) -> None:
    by_the_sun(world, "sunset", "sunset", world.take("lamp"), ("on", "off"), (-30, 50))


def sunrise(world: World) -> None:
    target = world.take("lamp", "plug")
    by_the_sun(world, "sunrise", "sunrise", target, wishes(target)[::-1], (0, 170))


def covers_at_evening(world: World) -> None:
    by_the_sun(world, "cover, evenings", "sunset", world.take("blind"), ("closed", "open"), (-10, 60))


def covers_at_morning(world: World) -> None:
    target = world.take("blind")
    kind, ways = "cover, mornings", wishes(target)
    at_the_clock(world, kind, EVERY_DAY, hours=(6.8, 10), target=target, states=ways, minutes_of_use=480)


def by_the_sun(
    world: World, kind: str, event: str, target: str, states: tuple[str, str], minutes: tuple[float, float]
) -> None:
    tried = [world.span(*minutes) * MINUTE for _ in range(12)]
    offset = max(tried, key=lambda seconds: _there(world, event, seconds))
    spread, forgets = world.span(3, 9), missed(world)
    due, done = [], []
    for day in range(world.days):
        centre = world.sun(day, event) + offset
        at = centre + stray(world, spread, day) * MINUTE
        if world.anyone.covers(centre):
            due.append(centre)
        if world.anyone.covers(at) and not forgets():
            done.append(at)
    mostly_there(kind, len(due), world.days)
    record(world, kind, target, states[0], SunTrigger(event, round(offset)), due, done)
    for at in done:
        do(world, target, states, at, some_use(world, 300 if target.startswith("cover") else 70))


def _there(world: World, event: str, offset: float) -> int:
    """On how many days somebody is there so long after the sun's event."""
    return sum(world.anyone.covers(world.sun(day, event) + offset) for day in range(world.days))
