"""Home Assistant's registries, states and services as our `Home`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from schemas.errors import InputError
from schemas.home import (
    ENTITY_ID,
    Area,
    AutomationConfig,
    Entity,
    Floor,
    Home,
    Label,
    ServiceText,
    Zone,
    services_from_entry,
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Registries:
    """Home Assistant's responses as they came; lists are empty where it refused them."""

    config: Row
    states: Sequence[Row] = ()
    entities: Sequence[Row] = ()
    devices: Sequence[Row] = ()
    areas: Sequence[Row] = ()
    floors: Sequence[Row] = ()
    labels: Sequence[Row] = ()
    services: Sequence[Row] = ()
    automations: Sequence[AutomationConfig] = ()
    users: Sequence[Row] = ()
    our_user: str = ""
    notes: tuple[str, ...] = field(default=())


def home_from_registries(registries: Registries, previous: Home | None) -> Home:
    """The home; entities whose id changed since `previous` keep their old ids as `former_ids`.

    InputError where its time zone is none, since every habit depends on it.
    """
    zone = str(registries.config.get("time_zone"))
    if zone not in available_timezones():
        raise InputError(f"Home Assistant says its time zone is '{zone}'; set one in its general settings.")
    return Home(
        timezone=zone,
        latitude=registries.config.get("latitude"),
        longitude=registries.config.get("longitude"),
        areas=tuple(Area(row["area_id"], str(row["name"]), row.get("floor_id")) for row in registries.areas),
        entities=_entities_from_registries(registries, previous),
        services=tuple(service for row in registries.services for service in services_from_entry(ServiceText(**row))),
        automations=tuple(registries.automations),
        devices=tuple(row["id"] for row in registries.devices),
        language=str(registries.config.get("language") or "en"),
        version=registries.config.get("version"),
        service_users=_service_users(registries),
        floors=tuple(Floor(row["floor_id"], str(row["name"])) for row in registries.floors),
        labels=tuple(Label(row["label_id"], str(row["name"])) for row in registries.labels),
        zones=tuple(
            zone for row in registries.states if row["entity_id"].startswith("zone.") for zone in _zone_from_state(row)
        ),
    )


def _zone_from_state(state: Row) -> list[Zone]:
    """The zone of this state, where it has coordinates and a radius."""
    attributes: Row = state.get("attributes", {})
    try:
        place, radius = (float(attributes["latitude"]), float(attributes["longitude"])), float(attributes["radius"])
    except (KeyError, TypeError, ValueError):
        return []
    name = str(attributes.get("friendly_name") or state["entity_id"])
    return [Zone(state["entity_id"], name, *place, radius, bool(attributes.get("passive")))]


def _entities_from_registries(registries: Registries, previous: Home | None) -> tuple[Entity, ...]:
    """Those of the registry, and those that only have a state (YAML without unique_id), by id."""
    states = {row["entity_id"]: row for row in registries.states}
    registry = {row["entity_id"]: row for row in registries.entities}
    devices = {row["id"]: row for row in registries.devices}
    areas = {row["area_id"]: row for row in registries.areas}
    previous_entities = {e.registry_id: e for e in previous.entities if e.registry_id} if previous else {}
    return tuple(
        _entity_from_rows(
            entity_id, registry.get(entity_id, {}), states.get(entity_id, {}), devices, areas, previous_entities
        )
        for entity_id in sorted(states | registry)
        if re.fullmatch(ENTITY_ID, entity_id)
    )


def _entity_from_rows(
    entity_id: str,
    row: Row,
    state: Row,
    devices: Mapping[str, Row],
    areas: Mapping[str, Row],
    previous_entities: Mapping[str, Entity],
) -> Entity:
    """Its area is its own or its device's; its labels are its own, its device's and its area's, as targets see them."""
    attributes: Row = state.get("attributes", {})
    device_id, registry_id = row.get("device_id"), row.get("id")
    device = devices.get(device_id or "", {})
    area_id = row.get("area_id") or device.get("area_id")
    labels = {*row.get("labels", ()), *device.get("labels", ()), *areas.get(area_id or "", {}).get("labels", ())}
    name = attributes.get("friendly_name") or row.get("name") or row.get("original_name")
    return Entity(
        entity_id=entity_id,
        name=str(name) if name else None,
        area_id=area_id,
        device_id=device_id,
        device_class=row.get("device_class") or row.get("original_device_class") or attributes.get("device_class"),
        platform=row.get("platform"),
        entity_category=row.get("entity_category"),
        hidden=row.get("hidden_by") is not None,
        disabled=row.get("disabled_by") is not None,
        labels=tuple(sorted(labels)),
        unit=attributes.get("unit_of_measurement"),
        registry_id=registry_id,
        former_ids=_former_ids(entity_id, previous_entities.get(registry_id) if registry_id else None),
    )


def _former_ids(entity_id: str, previous: Entity | None) -> tuple[str, ...]:
    if previous is None:
        return ()
    ids = (*previous.former_ids, previous.entity_id)
    return tuple(dict.fromkeys(former for former in ids if former != entity_id))


def _service_users(registries: Registries) -> tuple[str, ...]:
    """Users that Home Assistant created for itself, and the user of our token where it is nobody's own.

    A token made in a resident's own profile has the resident's user id: then the user counts as a person.
    """
    residents = {
        row["attributes"].get("user_id") for row in registries.states if row["entity_id"].startswith("person.")
    }
    system_users = [str(row["id"]) for row in registries.users if row.get("system_generated")]
    people = [row for row in registries.users if not row.get("system_generated") and row.get("is_active", True)]
    ours_is_service_user = registries.our_user and registries.our_user not in residents and len(people) > 1
    return tuple(dict.fromkeys([*system_users, *([registries.our_user] if ours_is_service_user else [])]))
