"""Which entities are read: INCLUDE and EXCLUDE name entities, domains, areas, floors or labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from schemas.home import Entity, Home


def included_entities(home: Home, include: Collection[str], exclude: Collection[str]) -> frozenset[str]:
    """The entities of `home` to read; never those that are disabled, diagnostic or for configuration.

    `include` (empty: all) and `exclude` (wins) hold entity ids, domains, and ids or names of areas, floors and labels;
    case is ignored.
    """
    wanted, unwanted = _casefold(include), _casefold(exclude)
    handles = _names_by_entity(home)
    return frozenset(
        entity.entity_id
        for entity in home.entities
        if not entity.disabled
        and entity.entity_category is None
        and (not wanted or wanted & handles[entity.entity_id])
        and not unwanted & handles[entity.entity_id]
    )


def unknown_names(home: Home, names: Collection[str]) -> list[str]:
    """Those of `names` that match nothing in this home: most likely misspelt."""
    home_names = frozenset[str]().union(*_names_by_entity(home).values())
    return [name for name in names if not _casefold((name,)) & home_names]


def _names_by_entity(home: Home) -> dict[str, frozenset[str]]:
    """By entity id: all names by which it may be included or excluded."""
    names = {floor.floor_id: floor.name for floor in home.floors} | {
        label.label_id: label.name for label in home.labels
    }
    return {entity.entity_id: _casefold(_names_of(entity, home, names)) for entity in home.entities}


def _names_of(entity: Entity, home: Home, names: dict[str, str]) -> Iterator[str]:
    yield from (entity.entity_id, entity.domain)
    area = home.area_of(entity.entity_id)
    if area:
        yield from (area.area_id, area.name)
    floor = (area.floor_id,) if area and area.floor_id else ()
    for own_id in (*floor, *entity.labels):
        yield from (own_id, names.get(own_id, own_id))


def _casefold(names: Collection[str] | Iterator[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names)
