"""The home: areas, entities, services and the automations it has already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

ENTITY_ID = r"^[a-z0-9_]+\.[a-z0-9_]+$"

_STRICT = ConfigDict(extra="forbid")
"""How these types are read from a home file; elsewhere they are plain dataclasses."""

AutomationConfig = dict[str, Any]
"""A Home Assistant automation as its config API takes it."""


@dataclass(frozen=True)
class Area:
    __pydantic_config__ = _STRICT

    area_id: Annotated[str, Field(min_length=1)]
    name: str
    floor_id: str | None = None


@dataclass(frozen=True)
class Floor:
    __pydantic_config__ = _STRICT

    floor_id: Annotated[str, Field(min_length=1)]
    name: str


@dataclass(frozen=True)
class Label:
    __pydantic_config__ = _STRICT

    label_id: Annotated[str, Field(min_length=1)]
    name: str


@dataclass(frozen=True)
class Zone:
    """A circle on the map: degrees, and its radius in metres. A passive one is for automations only."""

    __pydantic_config__ = _STRICT

    entity_id: Annotated[str, Field(pattern=ENTITY_ID, max_length=255)]
    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    radius: Annotated[float, Field(ge=0)] = 100.0
    passive: bool = False


@dataclass(frozen=True)
class Entity:
    """One entity; `area_id` is its own or, where it has none, its device's."""

    __pydantic_config__ = _STRICT

    entity_id: Annotated[str, Field(pattern=ENTITY_ID, max_length=255)]
    name: str | None = None
    area_id: str | None = None
    device_id: str | None = None
    device_class: str | None = None
    platform: str | None = None
    entity_category: str | None = None
    hidden: bool = False
    disabled: bool = False
    labels: tuple[str, ...] = ()
    unit: str | None = None
    registry_id: str | None = None
    """The registry's own id, which stays through renaming."""
    former_ids: tuple[str, ...] = ()
    """Entity ids that it had before; its older history stands under them."""

    @property
    def domain(self) -> str:
        return self.entity_id.split(".", 1)[0]

    @property
    def display_name(self) -> str:
        """What a person calls it: its name, else its id in words."""
        return self.name or self.entity_id.split(".", 1)[1].replace("_", " ").capitalize()


@dataclass(frozen=True)
class Service:
    """`fields` maps a field's name to its description (selector, required) or is empty where unknown."""

    domain: str
    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.domain}.{self.name}"


@dataclass(frozen=True)
class Home:
    """A home as known at one moment; latitude and longitude in degrees, None where it does not say."""

    timezone: str
    latitude: float | None = None
    longitude: float | None = None
    areas: tuple[Area, ...] = ()
    entities: tuple[Entity, ...] = ()
    services: tuple[Service, ...] = ()
    automations: tuple[AutomationConfig, ...] = ()
    devices: tuple[str, ...] = ()
    language: str = "en"
    version: str | None = None
    service_users: tuple[str, ...] = ()
    """User ids that are programs, not people."""
    floors: tuple[Floor, ...] = ()
    labels: tuple[Label, ...] = ()
    zones: tuple[Zone, ...] = ()

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def entities_by_id(self) -> dict[str, Entity]:
        return {entity.entity_id: entity for entity in self.entities}

    @cached_property
    def areas_by_id(self) -> dict[str, Area]:
        return {area.area_id: area for area in self.areas}

    def name_of(self, entity_id: str) -> str:
        entity = self.entities_by_id.get(entity_id)
        return entity.display_name if entity else Entity(entity_id).display_name

    def area_of(self, entity_id: str) -> Area | None:
        entity = self.entities_by_id.get(entity_id)
        return self.areas_by_id.get(entity.area_id) if entity and entity.area_id else None


class ServiceText(BaseModel):
    """One domain's services as `GET /api/services` lists them; or their names alone, or one of them."""

    model_config = ConfigDict(extra="ignore")

    domain: str
    services: dict[str, Any] | list[str] = []
    service: str | None = None


def _check_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is not a time zone; use an IANA name such as 'Europe/Amsterdam'")
    return name


class HomeFile(BaseModel):
    """The home file: what a person or `python -m automations home --json` writes."""

    model_config = ConfigDict(extra="forbid")

    timezone: str
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    areas: tuple[Area, ...] = ()
    entities: tuple[Entity, ...]
    services: tuple[str | ServiceText, ...] = ()
    automations: tuple[AutomationConfig, ...] = ()
    devices: tuple[str, ...] = ()
    language: str = "en"
    version: str | None = None
    service_users: tuple[str, ...] = ()
    floors: tuple[Floor, ...] = ()
    labels: tuple[Label, ...] = ()
    zones: tuple[Zone, ...] = ()

    @field_validator("timezone")
    @classmethod
    def check_timezone(cls, name: str) -> str:
        return _check_timezone(name)

    def to_home(self) -> Home:
        return Home(
            timezone=self.timezone,
            latitude=self.latitude,
            longitude=self.longitude,
            areas=self.areas,
            entities=self.entities,
            services=tuple(service for entry in self.services for service in services_from_entry(entry)),
            automations=self.automations,
            devices=self.devices,
            language=self.language,
            version=self.version,
            service_users=self.service_users,
            floors=self.floors,
            labels=self.labels,
            zones=self.zones,
        )


def services_from_entry(entry: str | ServiceText) -> list[Service]:
    """`light.turn_on`, or a whole domain as Home Assistant lists it, as services."""
    if isinstance(entry, str):
        domain, _, name = entry.partition(".")
        return [Service(domain, name)]
    fields = entry.services if isinstance(entry.services, dict) else dict.fromkeys(entry.services)
    if entry.service:
        fields = {**fields, entry.service: None}
    return [
        Service(entry.domain, name, details.get("fields") or {} if isinstance(details, dict) else {})
        for name, details in fields.items()
    ]


def document_from_home(home: Home) -> dict[str, Any]:
    """The home as the home file's JSON; `HomeFile(**document_from_home(h)).to_home() == h`."""
    by_domain: dict[str, dict[str, Any]] = {}
    for service in home.services:
        by_domain.setdefault(service.domain, {})[service.name] = {"fields": dict(service.fields)}
    return {
        "timezone": home.timezone,
        "latitude": home.latitude,
        "longitude": home.longitude,
        "language": home.language,
        "version": home.version,
        "floors": [vars(floor) for floor in home.floors],
        "areas": [vars(area) for area in home.areas],
        "labels": [vars(label) for label in home.labels],
        "zones": [vars(zone) for zone in home.zones],
        "entities": [
            {**vars(entity), "labels": list(entity.labels), "former_ids": list(entity.former_ids)}
            for entity in home.entities
        ],
        "services": [{"domain": domain, "services": services} for domain, services in by_domain.items()],
        "automations": list(home.automations),
        "devices": list(home.devices),
        "service_users": list(home.service_users),
    }
