"""Which entities are looked at: INCLUDE and EXCLUDE name entities, domains, areas or labels."""

from __future__ import annotations

from collections.abc import Collection

from schemas.home import Entity, Home


def selected(home: Home, include: Collection[str], exclude: Collection[str]) -> frozenset[str]:
    """The entities of `home` to read; those that are disabled or only diagnose their device never.

    `include` (empty: all) and `exclude` (wins) hold entity ids, domains, area ids or names, label ids; case is ignored.
    """
    wanted, unwanted = _folded(include), _folded(exclude)
    return frozenset(
        entity.entity_id
        for entity in home.entities
        if not entity.disabled
        and entity.entity_category is None
        and (not wanted or wanted & _handles(entity, home))
        and not unwanted & _handles(entity, home)
    )


def _handles(entity: Entity, home: Home) -> frozenset[str]:
    """All names by which this entity may be included or excluded."""
    area = home.area.get(entity.area_id) if entity.area_id else None
    of_area = (area.area_id, area.name) if area else ()
    return _folded((entity.entity_id, entity.domain, *of_area, *entity.labels))


def _folded(names: Collection[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names)
