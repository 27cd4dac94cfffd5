"""Fills in what the catalogue lacks from the Data API's lists of devices and entities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from automations.http.client import HttpClient
from schemas.errors import InputError, Unreachable
from schemas.home import ENTITY_ID, Entity, Home

MAX_DEVICES, MAX_ENTITIES = 1000, 10_000
"""The largest limits that such services accept."""


async def enrich_home(home: Home, site: HttpClient) -> tuple[Home, tuple[str, ...]]:
    """`home` with what the Data API adds, and a note where it cannot: fields that are empty, and entities it lacks.

    A home that was read from Home Assistant gains no entity: one that it does not have any more cannot be acted on.
    """
    try:
        entities = await _fetch_list(site, "/api/entities", "entities", MAX_ENTITIES)
        devices = await _fetch_list(site, "/api/devices", "devices", MAX_DEVICES)
    except (Unreachable, InputError) as error:
        return home, (str(error), "The home is taken as it is known without the Data API.")
    areas = {
        device_id: _text_or_none(row.get("area_id"))
        for row in devices
        if (device_id := _text_or_none(row.get("device_id")))
    }
    api_entities = (
        _entity_from_row(row, areas) for row in entities if re.fullmatch(ENTITY_ID, str(row.get("entity_id")))
    )
    entity_by_id = dict(home.entities_by_id)
    for entity in api_entities:
        if entity.entity_id in entity_by_id:
            entity_by_id[entity.entity_id] = _fill_missing(entity_by_id[entity.entity_id], entity)
        elif home.version is None:
            entity_by_id[entity.entity_id] = entity
    return replace(
        home,
        entities=tuple(entity_by_id[entity_id] for entity_id in sorted(entity_by_id)),
        devices=tuple(dict.fromkeys([*home.devices, *areas])),
    ), ()


async def _fetch_list(site: HttpClient, path: str, key: str, limit: int) -> Sequence[Mapping[str, Any]]:
    answer = await site.request("GET", path, {"limit": str(limit)})
    rows = answer.json().get(key) if answer.status == 200 and answer.content_type == "application/json" else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InputError(f"{answer.url} does not list {key} ({answer.status}).")
    return rows


def _entity_from_row(row: Mapping[str, Any], areas: Mapping[str, str | None]) -> Entity:
    device_id, labels = _text_or_none(row.get("device_id")), row.get("labels")
    return Entity(
        entity_id=str(row["entity_id"]),
        name=_text_or_none(row.get("friendly_name")),
        area_id=_text_or_none(row.get("area_id")) or areas.get(device_id or ""),
        device_id=device_id,
        device_class=_text_or_none(row.get("device_class")),
        platform=_text_or_none(row.get("platform")),
        disabled=bool(row.get("disabled")),
        labels=tuple(filter(_text_or_none, labels)) if isinstance(labels, list) else (),
    )


def _text_or_none(value: object) -> str | None:
    """None for anything but a text that is not empty."""
    return value if isinstance(value, str) and value else None


def _fill_missing(entity: Entity, api_entity: Entity) -> Entity:
    """The catalogue's own values stay; only empty ones are filled."""
    return replace(
        entity,
        name=entity.name or api_entity.name,
        area_id=entity.area_id or api_entity.area_id,
        device_id=entity.device_id or api_entity.device_id,
        device_class=entity.device_class or api_entity.device_class,
        platform=entity.platform or api_entity.platform,
    )
