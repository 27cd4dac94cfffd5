"""What the Data API knows of devices and entities, for what the catalogue does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from automations.http.client import Site
from schemas.errors import InputError, Unreachable
from schemas.home import ENTITY_ID, Entity, Home

MOST_DEVICES, MOST_ENTITIES = 1000, 10_000
"""What such services let one ask for at once."""


async def enriched(home: Home, site: Site) -> tuple[Home, tuple[str, ...]]:
    """`home` with what the Data API adds, and a note where it cannot: fields that are empty, and entities it lacks.

    A home that Home Assistant told gains no entity: what it does not have any more cannot be acted on.
    """
    try:
        entities = await _list(site, "/api/entities", "entities", MOST_ENTITIES)
        devices = await _list(site, "/api/devices", "devices", MOST_DEVICES)
    except (Unreachable, InputError) as error:
        return home, (str(error), "The home is taken as it is known without the Data API.")
    areas = {device_id: _text(row.get("area_id")) for row in devices if (device_id := _text(row.get("device_id")))}
    told = (_entity(row, areas) for row in entities if re.fullmatch(ENTITY_ID, str(row.get("entity_id"))))
    known = dict(home.entities_by_id)
    for entity in told:
        if entity.entity_id in known:
            known[entity.entity_id] = _filled(known[entity.entity_id], entity)
        elif home.version is None:
            known[entity.entity_id] = entity
    return replace(
        home,
        entities=tuple(known[entity_id] for entity_id in sorted(known)),
        devices=tuple(dict.fromkeys([*home.devices, *areas])),
    ), ()


async def _list(site: Site, path: str, key: str, limit: int) -> Sequence[Mapping[str, Any]]:
    answer = await site.ask("GET", path, {"limit": str(limit)})
    rows = answer.json().get(key) if answer.status == 200 and answer.kind == "application/json" else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InputError(f"{answer.url} does not list {key} ({answer.status}).")
    return rows


def _entity(row: Mapping[str, Any], areas: Mapping[str, str | None]) -> Entity:
    device_id, labels = _text(row.get("device_id")), row.get("labels")
    return Entity(
        entity_id=str(row["entity_id"]),
        name=_text(row.get("friendly_name")),
        area_id=_text(row.get("area_id")) or areas.get(device_id or ""),
        device_id=device_id,
        device_class=_text(row.get("device_class")),
        platform=_text(row.get("platform")),
        disabled=bool(row.get("disabled")),
        labels=tuple(filter(_text, labels)) if isinstance(labels, list) else (),
    )


def _text(value: object) -> str | None:
    """Where a service tells something else than a text, it tells nothing."""
    return value if isinstance(value, str) and value else None


def _filled(entity: Entity, told: Entity) -> Entity:
    """The catalogue's own words stay; only what it leaves open is filled."""
    return replace(
        entity,
        name=entity.name or told.name,
        area_id=entity.area_id or told.area_id,
        device_id=entity.device_id or told.device_id,
        device_class=entity.device_class or told.device_class,
        platform=entity.platform or told.platform,
    )
