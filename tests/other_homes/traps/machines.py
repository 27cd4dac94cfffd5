"""Traps by machines: timers of devices, bridges that nobody told of, automations of the home."""

from __future__ import annotations

from schemas.events import Origin
from schemas.home import Entity
from tests.homes import EVERY_DAY
from tests.other_homes.background import draw, visit
from tests.other_homes.habits.beside_automations import automation
from tests.other_homes.habits.by_clock import good_hour
from tests.other_homes.human import Clockwork, apart, by_hand, some_use
from tests.other_homes.line import Act, Episode
from tests.other_homes.telemetry import reports, tell
from tests.other_homes.world import HOUR, MINUTE, World


def itself(world: World, target: str, at: float, seconds: float, origin: Origin = Origin.UNKNOWN) -> None:
    """On and off again by no hand. Home Assistant knows no cause of what a device does by itself."""
    world.still.add(target)
    world.lines[target].episodes.append(Episode((Act(at, "on", origin), Act(at + seconds, "off", origin))))


def defrost(world: World) -> None:
    """Three times a day, by a clock of its own that runs a little fast."""
    first = world.span(0, 8)
    for turn in range(3 * world.days):
        at = world.moment(0, first) + turn * (8 * HOUR - 4) + world.span(-20, 20)
        itself(world, "switch.fridge_defrost", at, 22 * MINUTE + world.span(-40, 40))
    world.decoy("defrost of a fridge", "switch.fridge_defrost", "on", "off")


def tariff(world: World) -> None:
    for day in range(world.days):
        itself(world, "switch.boiler_tariff", world.moment(day, 23) + world.span(0, 30), 8 * HOUR + world.span(-20, 20))
    world.decoy("tariff of the grid", "switch.boiler_tariff", "on", "off")


def router(world: World) -> None:
    line = world.lines["switch.router"]
    for day in range(world.days):
        at = world.moment(day, 4.5) + float(world.rng.normal(0, 3))
        line.rows += [Act(at, "off", Origin.UNKNOWN), Act(at + 55, "on", Origin.UNKNOWN)]
    world.decoy("router", "switch.router", "on", "off")


def watering(world: World) -> None:
    for day in range(world.days):
        if world.weekday(day) in (0, 2, 5):
            itself(world, "switch.garden_watering", world.moment(day, 6) + world.span(0, 5), 15 * MINUTE)
    world.decoy("watering by its own clock", "switch.garden_watering", "on", "off")


def robot(world: World) -> None:
    vacuum, hour = world.take("vacuum"), 9 + world.pick(6)
    for day in range(world.days):
        if world.weekday(day) < 5:
            at = world.moment(day, hour) + world.span(0, 20)
            world.row(vacuum, at, "cleaning", Origin.UNKNOWN)
            world.row(vacuum, at + world.span(35, 60) * MINUTE, "docked", Origin.UNKNOWN)
    world.decoy("robot by its own clock", vacuum, "cleaning", "docked")


def motion_light_of_a_bridge(world: World) -> None:
    _motion_light(world, "motion light of a bridge", Origin.UNKNOWN)


def motion_light_of_the_home(world: World) -> None:
    motion, lamp = _motion_light(world, "motion light of the home", Origin.AUTOMATION)
    triggers = [{"trigger": "state", "entity_id": motion, "to": "on"}]
    automation(world, "motion_light", [lamp], 0, EVERY_DAY, triggers=triggers)


def _motion_light(world: World, name: str, origin: Origin) -> tuple[str, str]:
    motion, lamp, delay = world.take("motion"), world.take("lamp"), world.span(0.2, 1.2)
    for at in apart(draw(world, 7), 1500):
        end = visit(world, motion, at, min(900.0, some_use(world, 4)), 50)
        itself(world, lamp, at + delay + abs(float(world.rng.normal(0, 0.1))), end - at + 120, origin)
    world.decoy(name, lamp, "on", "off")
    return motion, lamp


def sun_of_a_bridge(world: World) -> None:
    lamp = world.take("lamp")
    for day in range(world.days):
        itself(world, lamp, world.sun(day, "sunset") + 1200 + world.span(-4, 4), world.span(3, 5) * HOUR)
    world.decoy("sunset of a bridge", lamp, "on", "off")


def presence_simulation(world: World) -> None:
    """Lamps that pretend that somebody is there, every evening at some time."""
    for lamp in (world.take("lamp"), world.take("lamp")):
        for day in range(world.days):
            at = world.moment(day, world.span(18, 21.5))
            itself(world, lamp, at, world.span(20, 100) * MINUTE, Origin.SCRIPT)
        world.decoy("presence simulation", lamp, "on", "off")


def scene_of_an_automation(world: World) -> None:
    lamps, hour = [world.take("lamp") for _ in range(3)], world.span(20, 22.5)
    for day in range(world.days):
        at = world.moment(day, round(hour * 4) / 4) + world.span(0.05, 0.4)
        for place, lamp in enumerate(lamps):
            itself(world, lamp, at + 0.03 * place, world.span(0.5, 2) * HOUR, Origin.SCENE)
    for lamp in lamps:
        world.decoy("scene of an automation", lamp, "on", "off")


def twin(world: World) -> None:
    """A lamp and the plug it hangs on: one thing, told twice."""
    lamp, plug = world.take("lamp"), world.take("plug")
    world.still |= {lamp, plug}
    for at in draw(world, 2):
        acts = (by_hand(world, at, "on"), by_hand(world, at + some_use(world, 40), "off"))
        world.lines[lamp].episodes.append(Episode(acts))
        echo = tuple(Act(act.at + world.span(0.08, 0.2), act.state, Origin.UNKNOWN) for act in acts)
        world.lines[plug].episodes.append(Episode(echo))
    world.decoy("twin", plug, "on", "off")


def kettle(world: World) -> None:
    """A person switches it on, at any hour; it ends by itself."""
    for at in apart(draw(world, 3), 1200):
        off = Act(at + float(world.rng.normal(240, 12)), "off", Origin.UNKNOWN)
        world.lines["switch.kettle"].episodes.append(Episode((by_hand(world, at, "on"), off)))
    world.decoy("kettle ends", "switch.kettle", "off")


def timer_of_a_fan(world: World) -> None:
    fan, length = world.take("fan", "plug"), float(world.rng.choice([600, 900, 1800]))
    world.still.add(fan)
    for at in apart(draw(world, 1.5), 7200):
        off = Act(at + length * float(world.rng.normal(1, 0.002)), "off", Origin.UNKNOWN)
        world.lines[fan].episodes.append(Episode((by_hand(world, at, "on"), off)))
    world.decoy("timer of a fan", fan, "off")


def standby(world: World) -> None:
    """A player goes off by itself twenty minutes after it fell idle."""
    player = world.take("player")
    world.still.add(player)
    for at in apart(draw(world, 1.3), 5 * HOUR):
        end = at + some_use(world, 50)
        acts = (by_hand(world, at, "playing"), by_hand(world, end, "idle"), Act(end + 1200, "off", Origin.UNKNOWN))
        world.lines[player].episodes.append(Episode(acts))
    world.decoy("standby of a player", player, "off")


def adaptive(world: World) -> None:
    """A level that the home turns down step by step, every evening alike."""
    level = world.take("number")
    world.still.add(level)
    for day in range(world.days):
        for step in range(16):
            at = world.moment(day, 17.5 + step / 4) + world.span(0, 2)
            world.row(level, at, f"{95 - 5 * step}.0", Origin.AUTOMATION)
    world.decoy("adaptive level", level, *(f"{95 - 5 * step}.0" for step in range(16)))


def thermostat(world: World) -> None:
    sensor, plug = world.take("temperature"), world.take("plug")
    world.still.add(plug)
    at, level, heats, values = reports(world, 6), 20.0, False, []
    for moment in at.tolist():
        level += (0.09 if heats else -0.05) + float(world.rng.normal(0, 0.02))
        values.append(level)
        if heats != (level < 19.4 if not heats else level < 20.6):
            heats = not heats
            world.row(plug, moment + 1.4, "on" if heats else "off", Origin.UNKNOWN)
    tell(world, sensor, at, at * 0 + values, 1)
    world.decoy("thermostat", plug, "on", "off")


def done_already(world: World) -> None:
    """An automation of the home at an hour; on some days a person is a few minutes ahead of it."""
    lamp = world.take("lamp")
    world.still.add(lamp)
    hour = good_hour(world, list(range(world.days)), world.anyone, (17, 22))
    people = Clockwork(world, hour - 7 / 60, 3)
    automation(world, "lamp_clock", [lamp], hour, EVERY_DAY)
    for day in range(world.days):
        clock, ahead = world.moment(day, hour) + 0.1, people.usual(day)
        by_person = world.chance(0.4) and ahead < clock and world.anyone.covers(ahead)
        on = by_hand(world, ahead, "on") if by_person else Act(clock, "on", Origin.AUTOMATION)
        off = by_hand(world, clock + some_use(world, 70), "off")
        world.lines[lamp].episodes.append(Episode((on, off)))
    world.decoy("done by the home already", lamp, "on")


def renamed(world: World) -> None:
    """A lamp that got another id in the middle."""
    old, new = world.take("lamp"), "light.renamed_lamp"
    world.still.add(old)
    world.entities = [entity for entity in world.entities if entity.entity_id != old]
    world.add("renamed", Entity(new, former_ids=(old,)), "off")
    for at in draw(world, 1):
        itself(world, old if at < world.moment(world.seen_days // 2, 0) else new, at, some_use(world, 40), Origin.APP)
