"""Home Assistant's registries made into our words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from automations.home_assistant.registries import Registries, home_from_registries
from schemas.errors import InputError
from schemas.home import Entity, Floor, Home, HomeFile, Label, Zone, document_from_home

CONFIG = {"time_zone": "Europe/Amsterdam", "latitude": 52.4, "longitude": 4.9, "language": "nl", "version": "2026.11.0"}


def registry(entity_id: str, **fields: Any) -> dict[str, Any]:
    return {"entity_id": entity_id, "id": f"registry of {entity_id}", "labels": [], **fields}


def state(entity_id: str, **attributes: Any) -> dict[str, Any]:
    return {"entity_id": entity_id, "state": "on", "attributes": attributes}


TOLD = Registries(
    config=CONFIG,
    states=(
        state("light.lamp", friendly_name="Reading lamp"),
        state("sensor.power", unit_of_measurement="W", device_class="power"),
        state("zone.home", friendly_name="Home"),
        state("zone.work", friendly_name="Work", latitude=52.3, longitude=4.8, radius=150, passive=True),
        state("person.anna", user_id="anna"),
    ),
    entities=(
        registry("light.lamp", device_id="d1", platform="hue", original_name="Lamp", labels=["b", "a"]),
        registry("light.attic", area_id="attic", disabled_by="user", original_name="Attic"),
        registry("sensor.signal", entity_category="diagnostic", hidden_by="integration"),
        registry("Not.An Id"),
    ),
    devices=({"id": "d1", "area_id": "living_room", "labels": ["a", "c"]},),
    areas=({"area_id": "living_room", "name": "Living room", "floor_id": "ground", "labels": ["d"]},),
    floors=({"floor_id": "ground", "name": "Ground floor", "level": 0, "aliases": [], "icon": None},),
    labels=({"label_id": "a", "name": "Label A", "color": None},),
    services=({"domain": "light", "services": {"turn_on": {"fields": {"brightness": {}}}}},),
    automations=({"id": "a", "alias": "A"},),
)


def test_entities_take_area_and_labels_from_their_device_too() -> None:
    home = home_from_registries(TOLD, None)

    assert home.entities_by_id["light.lamp"] == Entity(
        "light.lamp", "Reading lamp", "living_room", "d1", platform="hue", labels=("a", "b", "c", "d"),
        registry_id="registry of light.lamp",
    )  # fmt: skip
    assert (home.entities_by_id["sensor.power"].unit, home.entities_by_id["sensor.power"].device_class) == (
        "W",
        "power",
    )
    assert home.entities_by_id["zone.home"].name == "Home"
    assert "Not.An Id" not in home.entities_by_id


def test_disabled_hidden_and_diagnostic_entities_are_marked() -> None:
    home = home_from_registries(TOLD, None)

    assert home.entities_by_id["light.attic"].disabled
    assert home.entities_by_id["light.attic"].area_id == "attic"
    assert home.entities_by_id["sensor.signal"].hidden
    assert home.entities_by_id["sensor.signal"].entity_category == "diagnostic"


def test_the_home_itself_is_told() -> None:
    home = home_from_registries(TOLD, None)

    assert (home.timezone, home.language, home.version) == ("Europe/Amsterdam", "nl", "2026.11.0")
    assert home.areas_by_id["living_room"].floor_id == "ground"
    assert home.floors == (Floor("ground", "Ground floor"),)
    assert home.labels == (Label("a", "Label A"),)
    assert home.zones == (Zone("zone.work", "Work", 52.3, 4.8, 150.0, passive=True),)
    assert home.services[0].full_name == "light.turn_on"
    assert home.automations == ({"id": "a", "alias": "A"},)


def test_the_home_can_be_written_as_a_home_file_and_read_back() -> None:
    home = home_from_registries(TOLD, None)

    assert HomeFile.model_validate(document_from_home(home)).to_home() == home


def test_a_renamed_entity_keeps_its_former_ids() -> None:
    before = Home("UTC", entities=(Entity("light.old", registry_id="registry of light.lamp", former_ids=("light.a",)),))

    home = home_from_registries(TOLD, before)

    assert home.entities_by_id["light.lamp"].former_ids == ("light.a", "light.old")
    assert home_from_registries(TOLD, home).entities_by_id["light.lamp"].former_ids == ("light.a", "light.old")


@pytest.mark.parametrize(
    ("users", "ours", "services"),
    [
        ([{"id": "hassio", "system_generated": True}, {"id": "anna"}], "anna", ("hassio",)),
        ([{"id": "anna"}, {"id": "nightshift"}], "nightshift", ("nightshift",)),
        ([{"id": "anna"}, {"id": "ben"}], "anna", ()),
        ([{"id": "only"}], "only", ()),
        ([], "", ()),
    ],
)
def test_users_behind_whom_nobody_lives_are_services(
    users: list[dict[str, Any]], ours: str, services: tuple[str, ...]
) -> None:
    assert home_from_registries(replace(TOLD, users=users, our_user=ours), None).service_users == services


def test_a_home_without_a_time_zone_is_named() -> None:
    with pytest.raises(InputError, match="time zone"):
        home_from_registries(replace(TOLD, config={**CONFIG, "time_zone": "Mars/Olympus"}), None)
