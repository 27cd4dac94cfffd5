"""What stands in a home of the second maker: ten rooms, about 270 entities."""

from __future__ import annotations

from schemas.home import Area, Entity
from tests.other_homes.line import Passing
from tests.other_homes.world import World

ROOMS = ("kitchen", "living", "hall", "bedroom", "bath", "kids", "office", "garden", "cellar", "attic")
COVER = Passing({"open": "opening", "closed": "closing"}, (9, 34))
PLAYER = Passing({"playing": "buffering"}, (0.8, 5))

FURNITURE: tuple[tuple[str, str, str, str | None, int, str], ...] = (
    # kind, name, domain, device class, how many, first state
    ("lamp", "lamp", "light", None, 40, "off"),
    ("plug", "plug", "switch", None, 22, "off"),
    ("fan", "fan", "fan", None, 7, "off"),
    ("blind", "blind", "cover", "blind", 7, "closed"),
    ("player", "player", "media_player", "speaker", 7, "idle"),
    ("climate", "heat_pump", "climate", None, 4, "off"),
    ("motion", "motion", "binary_sensor", "motion", 15, "off"),
    ("contact", "door", "binary_sensor", "door", 16, "off"),
    ("power", "power", "sensor", "power", 8, "0.5"),
    ("temperature", "temperature", "sensor", "temperature", 10, "20.0"),
    ("humidity", "humidity", "sensor", "humidity", 8, "48.0"),
    ("lux", "brightness", "sensor", "illuminance", 5, "120"),
    ("co2", "air", "sensor", "carbon_dioxide", 4, "600"),
    ("battery", "battery", "sensor", "battery", 12, "100"),
    ("link", "signal", "sensor", "signal_strength", 5, "-60"),
    ("remote", "remote_button", "event", "button", 9, "unknown"),
    ("action", "remote_action", "sensor", None, 5, ""),
    ("press", "scene_button", "input_button", None, 3, "unknown"),
    ("number", "level", "number", None, 5, "30.0"),
    ("input number", "target", "input_number", None, 4, "19.0"),
    ("select", "program", "select", None, 4, "auto"),
    ("mode", "mode", "input_boolean", None, 4, "off"),
    ("update", "firmware", "update", None, 4, "off"),
    ("vacuum", "robot", "vacuum", None, 1, "docked"),
)
ONCE: tuple[tuple[str, str | None, str], ...] = (
    ("zone.home", None, "2"),
    ("binary_sensor.front_door", "door", "off"),
    ("binary_sensor.gate", "door", "off"),
    ("event.doorbell", "doorbell", "unknown"),
    ("switch.washing_machine", None, "on"),
    ("sensor.washing_machine_power", "power", "0.5"),
    ("sensor.outside_temperature", "temperature", "14.0"),
    ("sensor.outside_brightness", "illuminance", "0"),
    ("input_boolean.guests", None, "off"),
    ("input_select.house_mode", None, "day"),
    ("switch.fridge_defrost", None, "off"),
    ("switch.kettle", None, "off"),
    ("switch.boiler_tariff", None, "off"),
    ("switch.router", None, "on"),
    ("switch.garden_watering", None, "off"),
    ("media_player.tv", "tv", "off"),
    ("lock.front_door", None, "unlocked"),
    ("cover.garage", "garage", "closed"),
    ("switch.oven", None, "off"),
    ("alarm_control_panel.house", None, "disarmed"),
)


def furnish(world: World) -> None:
    world.areas = [Area(room, room.title()) for room in ROOMS]
    for kind, name, domain, device_class, count, first in FURNITURE:
        for place in range(count):
            room = ROOMS[(place + world.pick(3)) % len(ROOMS)]
            _stand(world, kind, f"{domain}.{room}_{name}_{place + 1}", room, device_class, first)
    for entity_id, device_class, first in ONCE:
        _stand(world, "once", entity_id, None, device_class, first)
    if world.life.tells_workday:
        _stand(world, "once", "binary_sensor.workday", None, None, "off")
    if world.life.tells_shift:
        _stand(world, "once", "input_select.shift", None, None, "free")
    for room in world.rng.permutation(ROOMS)[:5].tolist():
        _room_of_bulbs(world, str(room))


def _stand(world: World, kind: str, entity_id: str, room: str | None, device_class: str | None, first: str) -> None:
    domain = entity_id.split(".")[0]
    passing = {"cover": COVER, "media_player": PLAYER}.get(domain)
    device = "washing machine" if "washing_machine" in entity_id else entity_id.split(".")[1]
    entity = Entity(entity_id, area_id=room, device_id=device, device_class=device_class)
    world.add(kind, entity, first, passing)


def _room_of_bulbs(world: World, room: str) -> None:
    """Three to seven bulbs and the group that shows them; a room is taken as a whole, by its group."""
    bulbs = [f"light.{room}_ceiling_{place + 1}" for place in range(3 + world.pick(5))]
    for bulb in bulbs:
        world.add("bulb", Entity(bulb, area_id=room, device_id=bulb.split(".")[1]), "off")
    world.together.append(frozenset([f"light.{room}_ceiling", *bulbs]))
    world.add("room", Entity(f"light.{room}_ceiling", area_id=room, platform="group"), "off")


def bulbs_of(world: World, group: str) -> list[str]:
    return [bulb for bulb in world.lines if bulb.startswith(f"{group}_")]
