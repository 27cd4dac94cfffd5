"""The entities that a call acts on: named directly, or by device, area, floor or label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automations.config.values import as_texts, entity_names, is_template
from schemas.home import Home


def named_in_target(step: Any) -> list[str]:
    """The entities that stand under the `target` of a step."""
    target = step.get("target") if isinstance(step, Mapping) else None
    return entity_names(target.get("entity_id")) if isinstance(target, Mapping) else []


def target_entities(step: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """The entities that a call names directly or by device, area, floor or label, in lower case, each once."""
    names: list[str] = []
    for place in (step.get("target"), step.get("data"), step):
        if not isinstance(place, Mapping):
            continue
        names += [name.lower() for name in entity_names(place.get("entity_id"))]
        if place is not step:
            names += entities_in_target(place, home, domain)
    return list(dict.fromkeys(name for name in names if "." in name and not is_template(name)))


def entities_in_target(target: Mapping[str, Any], home: Home, domain: str) -> list[str]:
    """Entities of one domain ("" or `homeassistant`: any) in the areas, floors, devices and labels that are named."""
    areas, floors = set(as_texts(target.get("area_id"))), set(as_texts(target.get("floor_id")))
    devices, labels = set(as_texts(target.get("device_id"))), set(as_texts(target.get("label_id")))
    areas |= {area.area_id for area in home.areas if area.floor_id and area.floor_id in floors}
    if not (areas or devices or labels):
        return []
    return [
        entity.entity_id
        for entity in home.entities
        if (entity.domain == domain or domain in ("", "homeassistant"))
        and not entity.hidden
        and entity.entity_category is None
        and (entity.area_id in areas or entity.device_id in devices or labels & set(entity.labels))
    ]
