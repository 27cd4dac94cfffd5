"""Habits beside an automation that seems to do the same and does not."""

from __future__ import annotations

from typing import Any

from schemas.events import Origin
from schemas.home import Entity
from tests.homes import EVERY_DAY
from tests.other_homes.habits.by_clock import at_the_clock
from tests.other_homes.human import Clockwork
from tests.other_homes.line import Act, Episode
from tests.other_homes.world import World

DAY_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def on_other_days(world: World) -> None:
    lamp, off = world.take("lamp"), EVERY_DAY - world.life.work_days
    kind = "beside an automation of other days"
    _, habit = at_the_clock(world, kind, world.life.work_days, target=lamp, states=("on", "off"))
    days = [day for day in range(world.days) if world.weekday(day) in off]
    automation(world, "days_off_lamp", [lamp], habit.hour, off)
    runs(world, lamp, [habit.centre(day) for day in days])


def switched_off(world: World) -> None:
    lamp = world.take("lamp")
    kind = "beside an automation that is off"
    _, habit = at_the_clock(world, kind, EVERY_DAY, target=lamp, states=("on", "off"))
    automation(world, "old_lamp_clock", [lamp], habit.hour, EVERY_DAY)
    world.row("automation.old_lamp_clock", world.start + 2, "off")


def twenty_minutes_later(world: World) -> None:
    """It comes too late for people: mostly the lamp is on already."""
    lamp = world.take("lamp")
    kind = "beside an automation twenty minutes later"
    _, habit = at_the_clock(world, kind, EVERY_DAY, hours=(17, 21.5), target=lamp, states=("on", "off"))
    later = Clockwork(world, habit.hour + world.span(22, 28) / 60, 0)
    automation(world, "late_lamp_clock", [lamp], later.hour, EVERY_DAY)
    done = sorted(world.habits[-1].times)
    alone = [at for day in range(world.days) if not any(0 < (at := later.centre(day)) - one < 4000 for one in done)]
    runs(world, lamp, alone)


def automation(world: World, name: str, lamps: list[str], hour: float, weekdays: frozenset[int], **more: Any) -> None:
    """One in the home, with its entity, which is on."""
    seconds = round(hour * 3600) % 86_400
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    days = (
        []
        if weekdays == EVERY_DAY
        else [{"condition": "time", "weekday": [DAY_CODES[day] for day in sorted(weekdays)]}]
    )
    config: dict[str, Any] = {
        "id": f"17000000{len(world.automations):05d}",
        "alias": name.replace("_", " ").capitalize(),
        "triggers": [{"trigger": "time", "at": clock}],
        "conditions": days,
        "actions": [{"action": "light.turn_on", "target": {"entity_id": lamps}}],
    }
    world.automations.append(config | more)
    world.add("automation", Entity(f"automation.{name}"), "on")


def runs(world: World, lamp: str, moments: list[float]) -> None:
    """The automation turns it on; somebody turns it off at any time."""
    for at in moments:
        acts = (Act(at + 0.1, "on", Origin.AUTOMATION), Act(at + world.span(600, 9000), "off", Origin.APP, 0))
        world.lines[lamp].episodes.append(Episode(acts))
