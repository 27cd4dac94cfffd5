"""The service calls of an automation, one for each service and entity, at every depth and in every notation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from automations.config.nodes import Node, NodeKind, walk
from automations.config.services import verb_for_state, verb_of
from automations.config.targets import target_entities
from automations.config.values import TARGET_KEYS, as_list, is_unknown_here
from schemas.automation.home_tags import HomeTag
from schemas.home import AutomationConfig, Home

_EMPTY_HOME: Final = Home("UTC")

_ACTING: Final = (NodeKind.ACTION, NodeKind.OPTION, NodeKind.LOOP)
_GENERIC_DOMAINS: Final = ("homeassistant", "group")
"""Their services act on entities of any domain."""


@dataclass(frozen=True)
class ServiceCall:
    """One service on one entity; `entity_id` is "" where none is named or only a template knows it.

    `service` is as written in lower case (`light.turn_on`), `domain` that of the entity, `verb` what is done to it.
    """

    path: str
    service: str
    domain: str
    verb: str
    entity_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def calls_from_config(config: AutomationConfig, home: Home | None) -> list[ServiceCall]:
    """Every call of a config with today's keys; areas, devices and labels become entities where a home is known."""
    return [
        call
        for node in walk(config)
        if node.kind is NodeKind.ACTION and isinstance(node.value, Mapping)
        for call in calls_from_step(node.value, home, node.path)
    ]


def calls_from_step(step: Mapping[str, Any], home: Home | None, path: str = "") -> Iterator[ServiceCall]:
    """The calls of one action itself, not of those inside it."""
    action = step.get("action")
    if isinstance(action, str) and action:
        yield from _calls_from_service(path, action.lower(), step, home or _EMPTY_HOME)
    elif "device_id" in step and isinstance(step.get("domain"), str) and "condition" not in step:
        domain, kind = step["domain"], str(step.get("type", ""))
        entity_id = step["entity_id"] if isinstance(step.get("entity_id"), str) else ""
        yield ServiceCall(path, f"{domain}.{kind}", domain, verb_of(domain, kind), entity_id, step)


def _calls_from_service(path: str, service: str, step: Mapping[str, Any], home: Home) -> Iterator[ServiceCall]:
    given = step.get("data")
    data = given if isinstance(given, Mapping) else {}
    if service == "scene.apply" and isinstance(data.get("entities"), Mapping):
        yield from _calls_from_scene(path, data["entities"])
        return
    domain, _, name = service.partition(".")
    entities = target_entities(step, home, "" if domain in _GENERIC_DOMAINS else domain)
    for entity in entities or [""]:
        entity_domain = entity.partition(".")[0] if entity and domain in _GENERIC_DOMAINS else domain
        yield ServiceCall(path, service, entity_domain, verb_of(entity_domain, name), entity, data)


def _calls_from_scene(path: str, entities: Mapping[Any, Any]) -> Iterator[ServiceCall]:
    for entity, state in entities.items():
        wanted_state = str(state.get("state", "") if isinstance(state, Mapping) else state).lower()
        wanted_state = {"true": "on", "false": "off"}.get(wanted_state, wanted_state)
        domain = str(entity).partition(".")[0]
        yield ServiceCall(path, "scene.apply", domain, verb_for_state(domain, wanted_state), str(entity).lower())


@dataclass(frozen=True)
class HiddenPart:
    """Where a template or a tag decides what is done ("steps"), which service is called, or what it acts on."""

    path: str
    part: Literal["steps", "service", "target"]
    value: Any


def hidden_parts(config: AutomationConfig) -> Iterator[HiddenPart]:
    """Every place that hides what an action does from whoever reads the text alone."""
    for node in walk(config):
        if node.kind in _ACTING and isinstance(node.value, HomeTag):
            yield HiddenPart(node.path, "steps", node.value)
        if node.kind is not NodeKind.ACTION or not isinstance(node.value, dict):
            continue
        named_by = _named_by(node.value)
        for key in named_by:
            if is_unknown_here(node.value[key]):
                yield HiddenPart(f"{node.path}.{key}", "service", node.value[key])
        if named_by:
            yield from _hidden_targets(node)


def _named_by(step: Mapping[Any, Any]) -> tuple[str, ...]:
    """The keys that say what a step calls; none where it calls nothing."""
    if "action" in step:
        return ("action",)
    return ("domain", "type") if {"device_id", "domain", "type"} <= step.keys() and "condition" not in step else ()


def _hidden_targets(node: Node) -> Iterator[HiddenPart]:
    places = {"": node.value, ".target": node.value.get("target"), ".data": node.value.get("data")}
    for place, inner in places.items():
        if is_unknown_here(inner):
            yield HiddenPart(f"{node.path}{place}", "target", inner)
        if not isinstance(inner, Mapping):
            continue
        for key in (*TARGET_KEYS, "entities"):  # `entities` of `scene.apply`
            if hidden := [item for item in as_list(inner.get(key)) if is_unknown_here(item)]:
                yield HiddenPart(f"{node.path}{place}.{key}", "target", hidden[0])
