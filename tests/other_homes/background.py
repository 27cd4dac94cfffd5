"""What happens in a home anyway: moving about, doors, switching at any hour, rooms lit bulb by bulb, guests."""

from __future__ import annotations

from schemas.events import Origin
from tests.other_homes.furniture import bulbs_of
from tests.other_homes.human import apart, by_hand, do, some_use
from tests.other_homes.line import Act, Episode
from tests.other_homes.people import open_door
from tests.other_homes.stretches import Stretches
from tests.other_homes.world import World, iso

SWITCHED = {"light": ("on", "off"), "switch": ("on", "off"), "fan": ("on", "off"), "input_boolean": ("on", "off")}
OTHER = {"cover": ("open", "closed"), "media_player": ("playing", "idle"), "climate": ("heat", "off")}
WAYS = SWITCHED | OTHER
"""The state in which a thing does something, and that in which it rests."""


def live(world: World) -> None:
    for kind in ("lamp", "plug", "fan", "blind", "player", "climate", "mode"):
        for entity_id in things(world, kind):
            _switching(world, entity_id)
    for group in things(world, "room"):
        rooms_of_bulbs(world, group, world.span(0.3, 1.5))
    for sensor in world.free["motion"]:
        move_about(world, sensor, world.span(6, 24))
    for door in [*world.free["contact"], "binary_sensor.front_door"]:
        _doors(world, door, world.span(1, 8))
    for kind in ("remote", "action", "press"):
        for button in world.free[kind]:
            press(world, button, draw(world, world.span(0.2, 2)))
    for kind in ("number", "input number", "select"):
        for entity_id in things(world, kind):
            _dial(world, entity_id)
    _gadgets(world)


def things(world: World, kind: str) -> list[str]:
    """Taken ones too, where what is done to them at random does no harm to a truth."""
    domain = {"lamp": "light", "plug": "switch", "blind": "cover", "player": "media_player", "mode": "input_boolean"}
    prefix = domain.get(kind, kind.replace(" ", "_"))
    named = [one for one in sorted(world.touched) if one.startswith(f"{prefix}.") and one not in world.still]
    return world.free.get(kind, []) + ([] if kind == "room" else [one for one in named if "ceiling" not in one])


def draw(world: World, a_day: float) -> list[float]:
    """So many moments a day when somebody is home and awake."""
    return world.anyone.draw(world.rng, world.rng.poisson(a_day * world.days))


def _switching(world: World, entity_id: str) -> None:
    a_day = world.span(*world.life.noise_a_day) * (0.4 if entity_id in world.touched else 1.0)
    states = WAYS[entity_id.split(".")[0]]
    states = states if states[0] != world.lines[entity_id].first else (states[1], states[0])
    middle = float(world.rng.choice([4, 15, 45, 110]))
    bright = entity_id.startswith("light.")
    for at in draw(world, a_day):
        if not bright or world.dark(at) or world.chance(0.4):
            do(world, entity_id, states, at, some_use(world, middle), firm=False)


def rooms_of_bulbs(world: World, group: str, a_day: float) -> None:
    for at in draw(world, a_day):
        light_room(world, group, at, some_use(world, 45), firm=False)


def light_room(world: World, group: str, at: float, use: float, who: int = -1, *, firm: bool = True) -> None:
    """Bulb after bulb, or the group at once and its bulbs with it; off alike."""
    ways = [world.chance(0.5), world.chance(0.5)]
    acts: dict[str, list[Act]] = {}
    for state, moment, as_group in (("on", at, ways[0]), ("off", at + use, ways[1])):
        first = by_hand(world, moment, state, who)
        later = moment
        for bulb in bulbs_of(world, group):
            acts.setdefault(bulb, []).append(Act(later, state, first.origin, first.who))
            later += world.span(0.01, 0.09) if as_group else world.span(0.7, 4)
        shows = moment - 0.02 if as_group else moment + 0.1
        cause = first if as_group else Act(moment, state, Origin.UNKNOWN)
        acts.setdefault(group, []).append(Act(shows, state, cause.origin, cause.who))
    for entity_id, done in acts.items():
        world.lines[entity_id].episodes.append(Episode(tuple(done), firm))


def move_about(world: World, sensor: str, visits_a_day: float) -> None:
    for at in draw(world, visits_a_day):
        visit(world, sensor, at, some_use(world, 4))


def visit(world: World, sensor: str, at: float, seconds: float, longest_pause: float = 45.0) -> float:
    """Motion comes and goes while somebody is there; the moment at which it ends for good."""
    hold, moment, rows = 30 + 60 * (len(sensor) % 2), at, world.lines[sensor].rows
    clear = at
    while moment < at + seconds or clear == at:
        clear = moment + hold + float(world.rng.exponential(40))
        rows += [Act(moment, "on"), Act(clear, "off")]
        moment = clear + world.span(4, longest_pause)
    return clear


def _doors(world: World, door: str, a_day: float) -> None:
    for at in apart(draw(world, a_day), 240):
        open_door(world, door, at, some_use(world, 0.4))


def press(world: World, button: str, moments: list[float]) -> None:
    """An event entity or a button tells when; an action sensor says what, then nothing."""
    for at in moments:
        if button.startswith("sensor."):
            kind = "single" if world.chance(0.7) else "hold"
            world.lines[button].rows += [Act(at, kind), Act(at + 0.25, "")]
        else:
            world.row(button, at, iso(at), Origin.WALL)


def _dial(world: World, entity_id: str) -> None:
    line = world.lines[entity_id]
    for at in draw(world, 0.15 if entity_id in world.touched else 0.8):
        line.episodes.append(Episode((by_hand(world, at, other_value(world, entity_id)),), firm=False))


def other_value(world: World, entity_id: str) -> str:
    """Anything that somebody might set."""
    if "select" in entity_id:
        return str(world.rng.choice(["auto", "eco", "comfort"]))
    if entity_id.startswith("input_number"):
        return f"{world.rng.integers(34, 44) / 2:.1f}"
    return f"{world.rng.integers(2, 14) * 5:.1f}"


def _gadgets(world: World) -> None:
    """Updates, a robot on its rounds, a bell, a gate, guests for some days."""
    for update in world.free["update"]:
        for day in range(world.pick(5), world.days, 6):
            at = world.moment(day, world.span(0, 24))
            world.lines[update].rows += [Act(at, "on"), Act(at + world.span(600, 90_000), "off")]
    if "event.doorbell" not in world.touched:
        press(world, "event.doorbell", draw(world, 0.8))
    for at in draw(world, 2.5):
        open_door(world, "binary_sensor.gate", at, world.span(15, 60))


def guests(world: World) -> Stretches:
    """Who knows tells the home: a switch of a person's; two days in five."""
    stays, day = [], 1 + world.pick(3)
    while day < world.days:
        nights = 1 + world.pick(4)
        stays.append((world.moment(day, world.span(13, 19)), world.moment(day + nights, world.span(9, 16))))
        day += nights + 2 + world.pick(4)
    for start, end in stays:
        world.row("input_boolean.guests", start, "on", Origin.APP, 0)
        world.row("input_boolean.guests", end, "off", Origin.APP, 0)
    return Stretches(stays)
