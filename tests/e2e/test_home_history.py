"""The home and its history from a real Home Assistant and from its real database."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automations.history.collect import collect
from automations.history.home_assistant import HomeAssistantHistory
from automations.history.recorder import Recorder
from automations.history.selection import included_entities
from automations.history.store import DayStore
from automations.home_assistant.catalogue import read_home_or_cache
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.home_file import load_home_file
from schemas.events import Origin
from schemas.home import Floor, Home, Label
from tests.builders.event_rows import Row, rows_of
from tests.builders.real_home import RealHome

pytestmark = pytest.mark.e2e

DAYS = 12
LAMP_DAY = ((6, "on", ""), (7, "off", "person"), (20, "on", "person"), (21, "off", "automation"))
CAUSES = {"person": Origin.APP, "automation": Origin.AUTOMATION, "": Origin.UNKNOWN}


def planted(now: datetime) -> list[tuple[datetime, str, str, str]]:
    """A lamp's days (by a person, by an automation, by nobody knows whom) and a meter's, oldest first."""
    rows = []
    for day in range(DAYS, 0, -1):
        midnight = (now - timedelta(days=day)).replace(hour=0, minute=day, second=3, microsecond=123457)
        for hour, state, cause in (
            (6, "on", ""),
            (7, "off", "person"),
            (20, "on", "person"),
            (21, "off", "automation"),
        ):
            rows.append((midnight + timedelta(hours=hour), "light.bedroom_lamp", state, cause))
            rows.append((midnight + timedelta(hours=hour), "sensor.house_power", f"{day * 100 + hour}", ""))
    return rows


@pytest.fixture(scope="module")
def seeded(real_home: RealHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHome]:
    """The real home with twelve days of planted past."""
    file = tmp_path_factory.mktemp("planted") / "history.csv"
    lines = [
        f"{time.isoformat()},{entity},{state},{cause}" for time, entity, state, cause in planted(datetime.now(UTC))
    ]
    file.write_text("\n".join(["time,entity_id,state,cause", *lines]))
    real_home.stop()
    real_home.seed(file)
    real_home.start()
    yield real_home


@pytest.fixture
async def home(seeded: RealHome, door: HomeAssistant, tmp_path: Path) -> Home:
    return (await read_home_or_cache(door, tmp_path / "home.json", datetime.now(UTC))).home


async def both(door: HomeAssistant, place: RealHome, home: Home, start: datetime) -> tuple[list[Row], list[Row]]:
    end, ids = datetime.now(UTC), included_entities(home, (), ())
    told = await HomeAssistantHistory(door).read(start, end, home, ids)
    stored = await Recorder(place.folder / "home-assistant_v2.db").read(start, end, home, ids)
    return rows_of(told.events), rows_of(stored.events)


async def test_the_planted_past_comes_back_with_its_causes(seeded: RealHome, door: HomeAssistant, home: Home) -> None:
    now = datetime.now(UTC)

    told, stored = await both(door, seeded, home, now - timedelta(days=DAYS + 1))

    expected = [
        (round(time.timestamp() * 1e6), state, CAUSES[cause])
        for time, entity, state, cause in planted(now)
        if entity == "light.bedroom_lamp"
    ]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1e6
    for rows in (told, stored):
        lamp = [(row[0], row[2], row[3]) for row in rows if row[1] == "light.bedroom_lamp" and row[0] < midnight]
        assert lamp == expected
    assert [row for row in told if row[1] == "sensor.house_power"] == [
        row for row in stored if row[1] == "sensor.house_power"
    ]


async def test_home_assistant_and_its_database_tell_who_did_what_now(
    seeded: RealHome, door: HomeAssistant, home: Home
) -> None:
    start = datetime.now(UTC)
    await door.call_service("light", "turn_off", {"entity_id": ["light.hallway_light", "light.porch_light"]})
    await door.call_service("light", "turn_off", {"entity_id": ["light.kitchen_ceiling", "light.living_room_lamp"]})
    await door.call_service("input_boolean", "turn_off", {"entity_id": "input_boolean.sim_hallway_motion"})
    automation = {
        "alias": "Porch on motion",
        "triggers": [{"trigger": "state", "entity_id": "binary_sensor.hallway_motion", "to": "on"}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.porch_light"}}],
    }
    await door.write("nightshift_origin_test", automation)
    try:
        await door.call_service("light", "turn_on", {"entity_id": "light.hallway_light"})
        await door.call_service("input_boolean", "turn_on", {"entity_id": "input_boolean.sim_hallway_motion"})
        has_voice = "conversation" in (await door.read_core_config())["components"]
        if has_voice:
            await door.send_command("conversation/process", text="turn on kitchen ceiling")
        scene = {"entities": {"light.living_room_lamp": "on"}}
        await door.call_service("scene", "apply", scene)
        await asyncio.sleep(3)  # the recorder commits every second

        told, stored = await both(door, seeded, home, start)
    finally:
        await door.delete("nightshift_origin_test")

    for rows in (told, stored):
        last = {row[1]: row[3] for row in rows if row[2] == "on"}
        assert last["light.hallway_light"] == Origin.APP
        assert last["light.porch_light"] == Origin.AUTOMATION
        assert last.get("light.kitchen_ceiling") == (Origin.VOICE if has_voice else None)
        assert last["light.living_room_lamp"] == Origin.SCENE
        assert last["binary_sensor.hallway_motion"] == Origin.DEVICE


async def test_a_restart_of_the_home_in_the_middle_is_survived(
    seeded: RealHome, door: HomeAssistant, home: Home
) -> None:
    now = datetime.now(UTC)
    start, end, ids = now - timedelta(days=DAYS + 1), now - timedelta(minutes=1), included_entities(home, (), ())
    source = HomeAssistantHistory(door, pauses=(1.0,) * 60)
    whole = rows_of((await source.read(start, end, home, ids)).events)

    reading = asyncio.create_task(source.read(start, end, home, ids))
    await asyncio.sleep(0.1)
    was_reading = not reading.done()
    await asyncio.to_thread(seeded.stop)
    await asyncio.to_thread(seeded.start)

    assert was_reading
    assert rows_of((await reading).events) == whole


async def test_the_catalogue_knows_all_that_automations_name(
    seeded: RealHome, door: HomeAssistant, tmp_path: Path
) -> None:
    upstairs = await door.send_command("config/floor_registry/create", name="Upstairs")
    cosy = await door.send_command("config/label_registry/create", name="Cosy")
    await door.send_command("config/area_registry/update", area_id="bedroom", floor_id=upstairs["floor_id"])
    await door.send_command("config/entity_registry/update", entity_id="light.bedroom_lamp", labels=[cosy["label_id"]])
    evening = {
        "alias": "Evening",
        "triggers": [{"trigger": "sun", "event": "sunset"}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.porch_light"}}],
    }
    await door.write("nightshift_catalogue_test", evening)
    home = (await read_home_or_cache(door, tmp_path / "home.json", datetime.now(UTC))).home
    await door.delete("nightshift_catalogue_test")

    lamp = home.entities_by_id["light.bedroom_lamp"]

    assert (lamp.name, lamp.platform) == ("Bedroom Lamp", "template")
    area = home.area_of("light.bedroom_lamp")
    assert area is not None
    assert (area.name, area.floor_id) == ("Bedroom", "upstairs")
    assert home.floors == (Floor("upstairs", "Upstairs"),)
    assert Label("cosy", "Cosy") in home.labels  # beside ours, which a deployment has left
    assert lamp.labels == ("cosy",)
    assert included_entities(home, ("Upstairs", "cosy"), ()) == {
        "light.bedroom_lamp",
        "binary_sensor.bedroom_window",
        "sensor.bedroom_temperature",
    }
    known = next(config for config in home.automations if config["id"] == "nightshift_catalogue_test")
    assert {key: known[key] for key in evening} == evening
    assert [zone.entity_id for zone in home.zones] == ["zone.home"]
    assert (home.zones[0].latitude, home.zones[0].longitude) == (home.latitude, home.longitude)
    assert home.entities_by_id["sensor.house_power"].unit == "W"
    turn_on = next(service for service in home.services if service.full_name == "light.turn_on")
    assert "transition" in str(turn_on.fields)
    assert (home.timezone, home.version) == ("Europe/Amsterdam", seeded.version)


async def test_a_renamed_entity_brings_its_past_along(
    seeded: RealHome, door: HomeAssistant, home: Home, tmp_path: Path
) -> None:
    cache, now = tmp_path / "home.json", datetime.now(UTC)
    await read_home_or_cache(door, cache, now)
    rename = "config/entity_registry/update"
    await door.send_command(rename, entity_id="light.bedroom_lamp", new_entity_id="light.reading_lamp")
    try:
        renamed = (await read_home_or_cache(door, cache, now)).home
        await asyncio.sleep(3)
        recorder, lamp = Recorder(seeded.folder / "home-assistant_v2.db"), frozenset({"light.reading_lamp"})
        history = await collect(recorder, DayStore(tmp_path), renamed, lamp, now, DAYS + 1, 90)
    finally:
        await door.send_command(rename, entity_id="light.reading_lamp", new_entity_id="light.bedroom_lamp")

    assert renamed.entities_by_id["light.reading_lamp"].former_ids == ("light.bedroom_lamp",)
    assert len(history.events) >= DAYS * 4


def test_the_home_is_printed_as_a_home_file(seeded: RealHome, tmp_path: Path) -> None:
    environ = {"HA_URL": seeded.url, "HA_TOKEN": seeded.token, "DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "automations", "home", "--json"]

    printed = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)

    (tmp_path / "printed.json").write_text(printed.stdout)
    assert "light.bedroom_lamp" in load_home_file(tmp_path / "printed.json").entities_by_id
    assert json.loads(printed.stdout)["timezone"] == "Europe/Amsterdam"
