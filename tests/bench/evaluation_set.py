"""A dozen habits with four weeks of history each: the same every time, so that prompts and models can be compared."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from schemas.events import Events, Origin
from schemas.home import Area, Entity, Home
from schemas.patterns import (
    Action,
    ClockTrigger,
    Condition,
    DarkCondition,
    Evidence,
    NumericTrigger,
    Pattern,
    PatternKind,
    StateTrigger,
    SunTrigger,
    Trigger,
)

EVERY_DAY: Final = frozenset(range(7))
WEEK: Final = frozenset(range(5))
DAYS: Final = 28

HOME: Final = Home(
    timezone="Europe/Amsterdam",
    latitude=52.37,
    longitude=4.89,
    areas=(Area("bedroom", "Bedroom"), Area("kitchen", "Kitchen"), Area("hall", "Hall")),
    entities=(
        Entity("light.bedside", "Bedside lamp", "bedroom"),
        Entity("switch.blanket", "Electric blanket", "bedroom"),
        Entity("cover.bedroom", "Bedroom blind", "bedroom"),
        Entity("media_player.radio", "Radio", "kitchen"),
        Entity("light.kitchen", "Kitchen light", "kitchen"),
        Entity("switch.coffee", "Coffee machine", "kitchen"),
        Entity("binary_sensor.kitchen_motion", "Kitchen motion", "kitchen", device_class="motion"),
        Entity("light.hall", "Hall light", "hall"),
        Entity("binary_sensor.front_door", "Front door", "hall", device_class="door"),
        Entity("sensor.hall_lux", "Hall brightness", "hall", device_class="illuminance"),
        Entity("person.kim", "Kim"),
        Entity("zone.home", "Home"),
    ),
)


@dataclass(frozen=True)
class Case:
    """What is drafted together, and the history that its backtests run over."""

    name: str
    patterns: tuple[Pattern, ...]
    events: Events
    home: Home = HOME


def cases() -> list[Case]:
    motion, door = StateTrigger("binary_sensor.kitchen_motion", "on"), StateTrigger("binary_sensor.front_door", "on")
    lamp, kitchen, hall = ("light.bedside", "light.turn_off", "off"), ("light.kitchen", "light.turn_on", "on"), (
        "light.hall", "light.turn_on", "on",
    )  # fmt: skip
    blanket = ("switch.blanket", "switch.turn_off", "off")
    night = ClockTrigger(22 * 3600 + 50 * 60)
    plain = [
        _case("a clock time on weekdays", ClockTrigger(6 * 3600 + 42 * 60), kitchen, WEEK),
        _case("a clock time every day", ClockTrigger(7 * 3600), ("switch.coffee", "switch.turn_on", "on")),
        _case("a clock time at weekends", ClockTrigger(9 * 3600 + 1800), ("cover.bedroom", "cover.open_cover", "open"),
              frozenset({5, 6})),
        _case("before sunset", SunTrigger("sunset", -900, 17 * 3600), hall),
        _case("at sunrise", SunTrigger("sunrise", 0, 7 * 3600), ("cover.bedroom", "cover.open_cover", "open")),
        _case("motion", motion, kitchen),
        _case("motion in the dark", motion, kitchen, conditions=(DarkCondition(),)),
        _case("a door", door, hall, conditions=(DarkCondition(),)),
        _case("a number", NumericTrigger("sensor.hall_lux", below=30.0), hall),
        _case("somebody comes home", StateTrigger("person.kim", "home"), ("media_player.radio",
              "media_player.media_play", "playing")),
    ]  # fmt: skip
    bedtime = [_case("", night, lamp), _case("", replace(night, at_seconds=night.at_seconds + 180), blanket)]
    together = Case("two at one moment", tuple(c.patterns[0] for c in bedtime), _merged(c.events for c in bedtime))
    german = replace(plain[0], name="in German", home=replace(HOME, language="de"))
    return [*plain, together, german]


def _case(
    name: str,
    trigger: Trigger,
    action: tuple[str, str, str],
    days: frozenset[int] = EVERY_DAY,
    conditions: tuple[Condition, ...] = (),
) -> Case:
    """A person who does `action` at the trigger on nine of ten of its days, within a few minutes."""
    target, service, state = action
    chance = random.Random(f"{name}{target}")
    rows: list[tuple[datetime, str, str, Origin]] = []
    done: list[datetime] = []
    start = datetime(2026, 10, 5, tzinfo=HOME.tzinfo)
    opposite = {"on": "off", "off": "on", "open": "closed", "playing": "paused"}[state]
    for day in (start + timedelta(days=number) for number in range(DAYS)):
        rows.append((day + timedelta(hours=3), target, opposite, Origin.DEVICE))
        if day.weekday() not in days:
            continue
        moment = _moment(day, trigger)
        rows += _cause(trigger, moment)
        if chance.random() < 0.9:
            done.append(moment + timedelta(seconds=chance.uniform(5, 60 if isinstance(trigger, StateTrigger) else 240)))
            rows.append((done[-1], target, state, Origin.APP))
    possible = sum((start + timedelta(days=number)).weekday() in days for number in range(DAYS))
    kind = PatternKind.CO_OCCURRENCE if isinstance(trigger, StateTrigger | NumericTrigger) else PatternKind.TIME_OF_DAY
    pattern = Pattern(
        kind,
        trigger,
        (Action(service, target, state),),
        _evidence(done, possible),
        conditions,
        days,
        f"{name} {target}",
    )
    return Case(name, (pattern,), _events(rows))


def _moment(day: datetime, trigger: Trigger) -> datetime:
    if isinstance(trigger, ClockTrigger):
        return day + timedelta(seconds=trigger.at_seconds)
    if isinstance(trigger, SunTrigger):
        return day + timedelta(seconds=trigger.around_seconds)
    return day + timedelta(hours=20)


def _cause(trigger: Trigger, moment: datetime) -> list[tuple[datetime, str, str, Origin]]:
    later = moment + timedelta(minutes=20)
    if isinstance(trigger, StateTrigger):
        away = "not_home" if trigger.to == "home" else "off"
        return [(moment, trigger.entity_id, trigger.to, Origin.DEVICE), (later, trigger.entity_id, away, Origin.DEVICE)]
    if isinstance(trigger, NumericTrigger):
        return [(moment, trigger.entity_id, "20", Origin.DEVICE), (later, trigger.entity_id, "90", Origin.DEVICE)]
    return []


def _evidence(done: list[datetime], possible: int) -> Evidence:
    share = len(done) / possible
    return Evidence(
        support=share, confidence=share, confidence_low=share - 0.1, lift=9.0, days_seen=len(done),
        days_possible=possible, occurrences=len(done), opportunities=possible, q_value=0.001, first_seen=done[0],
        last_seen=done[-1], settling=False, jitter_seconds=90.0, seen_at=tuple(done),
    )  # fmt: skip


def _events(rows: list[tuple[datetime, str, str, Origin]]) -> Events:
    rows = sorted(rows, key=lambda row: row[0])
    entities, states = sorted({row[1] for row in rows}), sorted({row[2] for row in rows})
    code: Callable[[list[str], str], int] = lambda texts, text: texts.index(text)  # noqa: E731
    return Events(
        np.array([round(row[0].timestamp() * 1e6) for row in rows], dtype=np.int64),
        np.array([code(entities, row[1]) for row in rows], dtype=np.int32),
        np.array([code(states, row[2]) for row in rows], dtype=np.int32),
        np.array([row[3] for row in rows], dtype=np.int8),
        tuple(entities),
        tuple(states),
    )


def _merged(histories: Iterable[Events]) -> Events:
    rows = [
        (datetime.fromtimestamp(time / 1e6, HOME.tzinfo), events.entities[entity], events.states[state], Origin(origin))
        for events in histories
        for time, entity, state, origin in zip(events.time, events.entity, events.state, events.origin, strict=True)
    ]
    return _events(rows)
