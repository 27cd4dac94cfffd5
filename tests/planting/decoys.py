"""Plants what looks like a habit and is none; every function is one trap."""

from __future__ import annotations

from tests.homes import Builder
from tests.planting.habits import HOUR, act, causes_of
from tests.planting.timeline import Span


def plant_decoys(home: Builder) -> None:
    for trap in (
        motion_light,
        motion_light_known_to_the_home,
        clock_automation_of_the_home,
        schedule_of_a_device,
        timer_of_a_device,
        scene,
        scene_at_the_clock,
        sun_automation,
        group_follows_member,
        twin_of_a_habit,
        stopped_habit,
        evening_use,
        near_neighbours,
        restarts,
        flapping,
        router_and_updates,
        busy_motion_before_everything,
        thermostat,
    ):
        trap(home)


def decoy(home: Builder, name: str, target: str, state: str = "on") -> None:
    home.decoys.append((name, target, state))


def machine_delay(home: Builder) -> float:
    return home.span(home.style.machine_delay)


def motion_light(home: Builder, known: bool = False) -> None:
    """An automation turns a light on by motion and off again two minutes after it ended."""
    motion, _, times = causes_of(home, "motion", 6)
    light = home.take("light")
    fixed = machine_delay(home)
    ends = {span.start: span.end for span in home.lines[motion].spans}
    for at in times:
        start = at + (machine_delay(home) if home.style.sloppy else fixed + abs(float(home.rng.normal(0, 0.05))))
        wait = 120.3 + float(home.rng.normal(0, 2)) * home.style.sloppy
        home.lines[light].spans.append(Span(start, ends[at] + wait, "automation", "automation", True))
    decoy(home, "motion light" + (" known to the home" if known else ""), light)
    decoy(home, "motion light off", light, "off")
    if known:
        home.automations.append(
            {
                "id": "1700000000001",
                "alias": "Motion light",
                "triggers": [{"trigger": "state", "entity_id": motion, "to": "on"}],
                "actions": [{"action": "light.turn_on", "target": {"entity_id": light}}],
            }
        )


def motion_light_known_to_the_home(home: Builder) -> None:
    motion_light(home, known=True)


def clock_automation_of_the_home(home: Builder) -> None:
    switch = home.take("switch")
    centre = int(home.rng.integers(6 * 4, 23 * 4)) * 900
    for day in range(home.days):
        act(home, switch, "on", home.moment(day, centre + float(home.rng.uniform(0.1, 0.9))), by="automation")
    decoy(home, "clock automation", switch)
    home.automations.append(
        {
            "id": "1700000000002",
            "alias": "Clock",
            "trigger": [{"platform": "time", "at": f"{centre // 3600:02d}:{centre // 60 % 60:02d}:00"}],
            "action": [{"service": "switch.turn_on", "entity_id": switch}],
        }
    )


def schedule_of_a_device(home: Builder) -> None:
    """A plug with its own timer, a few seconds exact."""
    switch = home.take("switch", "light")
    centre = float(home.rng.uniform(5, 23)) * HOUR
    seconds = 20 if home.style.sloppy else 4
    for day in range(home.days):
        act(home, switch, "on", home.moment(day, centre + float(home.rng.normal(0, seconds))), by="device")
    decoy(home, "schedule of a device", switch)


def timer_of_a_device(home: Builder) -> None:
    """A fan that people switch on at any hour and that stops by itself."""
    fan = home.take("fan", "light")
    length = float(home.rng.choice([300, 600, 900, 1800]))
    for day in range(home.days):
        for _ in range(home.rng.poisson(1.5)):
            at = home.moment(day, float(home.rng.uniform(7, 22)) * HOUR)
            if home.someone_home(at):
                end = at + length * (1 + float(home.rng.normal(0, 0.01)) * home.style.sloppy)
                home.lines[fan].spans.append(Span(at, end, "person", "device", True))
    decoy(home, "timer of a device", fan, "off")


def scene(home: Builder) -> None:
    """One press sets three lights; it comes at any time in the evening, and the lights follow in milliseconds."""
    lights = [home.take("light") for _ in range(3)]
    for day in range(home.days):
        if home.happens(day, 0.3):
            at = home.moment(day, float(home.rng.uniform(17, 23)) * HOUR)
            for place, light in enumerate(lights):
                by = "automation"
                home.lines[light].spans.append(Span(at + 0.08 * place, at + 3000 + 0.08 * place, by, by, True))
    for light in lights:
        decoy(home, "scene", light)


def scene_at_the_clock(home: Builder) -> None:
    """Good night: one press at about the same time turns four things off within two seconds."""
    things = [home.take("light", "switch", "light") for _ in range(4)]
    centre = float(home.rng.uniform(20, 23.2)) * HOUR
    for day in range(home.days):
        if home.happens(day, 0.1):
            at = home.moment(day, centre + home.jitter(9))
            for thing in things:
                act(home, thing, "off", at + float(home.rng.uniform(0, 0.9)), by="automation")
    for thing in things:
        decoy(home, "scene at the clock", thing, "off")


def sun_automation(home: Builder) -> None:
    """An automation that nobody told us of turns a light on at sunset, a few seconds exact."""
    light = home.take("light")
    for day in range(home.days):
        act(home, light, "on", home.sun(day, "sunset") + float(home.rng.normal(600, 3)), by="automation")
    decoy(home, "sun automation", light)


def group_follows_member(home: Builder) -> None:
    """A group shows what its member does; the member is switched at any hour."""
    member = home.take("light")
    group = home.add("group", "light", "light", None, f"group_{len(home.entities)}")
    home.quiet |= {group, member}
    for day in range(home.days):
        for _ in range(home.rng.poisson(2)):
            at = home.moment(day, float(home.rng.uniform(7, 23)) * HOUR)
            if not home.someone_home(at):
                continue
            end = at + float(home.rng.uniform(600, 7000))
            home.lines[member].spans.append(Span(at, end, firm=True))
            home.lines[group].spans.append(Span(at + 0.15, end + 0.15, "device", "device", True))
    decoy(home, "group", group)
    decoy(home, "member of a group", member)


def twin_of_a_habit(home: Builder) -> None:
    """One lamp seen twice: as a light and as the switch of its plug; the habit is told of one of them."""
    truth = next(truth for truth in home.truths if truth.name.startswith("clock") and truth.target.startswith("light"))
    twin = home.add("twin", "switch", None, None, f"twin_{len(home.entities)}")
    home.quiet |= {twin, truth.target}
    home.lines[twin].spans += [
        Span(span.start + 0.05, span.end + 0.05, "device", "device", True) for span in home.lines[truth.target].spans
    ]
    decoy(home, "twin", twin, truth.state)


def stopped_habit(home: Builder) -> None:
    light = home.take("light")
    centre = float(home.rng.uniform(7, 22)) * HOUR
    for day in range(max(0, home.days - 14)):
        if home.happens(day, 0.05):
            act(home, light, "on", home.moment(day, centre + home.jitter(6)))
    decoy(home, "stopped habit", light)


def evening_use(home: Builder) -> None:
    """A lamp used every evening, at no time of its own."""
    light = home.take("light")
    for day in range(home.days):
        if home.happens(day, 0.1):
            act(home, light, "on", home.moment(day, float(home.rng.uniform(17.5, 22.5)) * HOUR))
    decoy(home, "evening use", light)


def near_neighbours(home: Builder) -> None:
    """Two routines of two people, minutes apart and independent: two clocks, not one after the other."""
    from tests.planting.habits import clock_habit

    centre = float(home.rng.uniform(7, 21)) * HOUR
    one, other = home.take("light"), home.take("light", "switch")
    clock_habit(home, frozenset(range(7)), target=one, centre=centre)
    clock_habit(home, frozenset(range(7)), target=other, centre=centre + float(home.rng.uniform(3, 12)) * 60)


def restarts(home: Builder) -> None:
    """Home Assistant restarts at night; some lamps come back as on."""
    lamps = [home.take("light") for _ in range(2)]
    for day in range(0, home.days, 2):
        at = home.moment(day, 4.2 * HOUR)
        for entity_id, line in home.lines.items():
            if entity_id in lamps:
                line.events += [(at, "unavailable", ""), (at + 40, "on", ""), (at + 2400, "off", "device")]
            elif entity_id.startswith("light.") and not any(s.start - 60 < at < s.end + 60 for s in line.spans):
                line.events += [(at, "unavailable", ""), (at + 40, "off", "")]
    for lamp in lamps:
        decoy(home, "comes back on after a restart", lamp)


def flapping(home: Builder) -> None:
    contact = home.take("contact")
    line = home.lines[contact]
    for day in range(home.days):
        for _ in range(400):
            at = home.moment(day, float(home.rng.uniform(0, 24)) * HOUR)
            line.events += [(at, "on", "device"), (at + 2, "off", "device")]


def router_and_updates(home: Builder) -> None:
    """Things that happen at a fixed time and that nobody did."""
    update = home.take("update")
    router = home.add("router", "switch", None, None, f"router_{len(home.entities)}")
    mail = home.take("contact")
    for day in range(home.days):
        home.lines[update].events += [
            (home.moment(day, 3 * HOUR), "on", "device"),
            (home.moment(day, 3.2 * HOUR), "off", "device"),
        ]
        reboot = home.moment(day, 4 * HOUR + float(home.rng.normal(0, 2)))
        home.lines[router].events += [(reboot - 60, "off", "device"), (reboot, "on", "device")]
        at = home.moment(day, 10.5 * HOUR + home.jitter(8))
        home.lines[mail].events += [(at, "on", "device"), (at + 9, "off", "device")]
    decoy(home, "router", router)
    decoy(home, "sensor with a habit", mail)


def busy_motion_before_everything(home: Builder) -> None:
    """In one room something moves before every switching, and at a hundred other times."""
    motion, light = home.take("motion"), home.take("light")
    for day in range(home.days):
        for _ in range(home.rng.poisson(3)):
            at = home.moment(day, float(home.rng.uniform(7, 23)) * HOUR)
            if home.someone_home(at):
                act(home, light, "on", at, firm=False)
                home.lines[motion].spans.append(Span(at - float(home.rng.uniform(3, 40)), at + 30, "device", "device"))
    decoy(home, "motion before everything", light)


def thermostat(home: Builder) -> None:
    """A switch that a thermostat drives: on below 19.5, off above 20.5."""
    sensor, switch = home.take("temperature"), home.take("switch", "fan", "light")
    line, heats = home.lines[sensor], False
    level, at = 20.0, home.moment(0, 0)
    while at < home.moment(home.days, 0):
        at += 300 + float(home.rng.uniform(-20, 20))
        level += (0.05 if heats else -0.03) + float(home.rng.normal(0, 0.02))
        line.events.append((at, f"{level:.2f}", "device"))
        if heats != (level < 19.5 if not heats else level < 20.5):
            heats = not heats
            home.lines[switch].events.append((at + 1.5, "on" if heats else "off", "automation"))
    decoy(home, "thermostat", switch)
    decoy(home, "thermostat off", switch, "off")
