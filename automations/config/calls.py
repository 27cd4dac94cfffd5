"""The service calls of an automation, one for each service and entity, at every depth and in every notation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from automations.config.effects import target_entities
from automations.config.nodes import Node, NodeKind, walk
from automations.config.values import TARGET_KEYS, as_list, is_template
from schemas.home import AutomationConfig, Home

_EMPTY_HOME: Final = Home("UTC")

_GENERIC_DOMAINS: Final = ("homeassistant", "group")
"""Their services act on entities of any domain."""

_OPENABLE_DOMAINS: Final = ("cover", "valve")

_VERB_BY_SERVICE: Final = {
    "open_cover": "open",
    "open_valve": "open",
    "close_cover": "close",
    "close_valve": "close",
    "set_cover_position": "set_position",
    "set_valve_position": "set_position",
    "alarm_disarm": "disarm",
}
"""One word for what services and device actions name in several ways."""

_VERB_BY_STATE: Final = {
    "on": "turn_on",
    "off": "turn_off",
    "open": "open",
    "closed": "close",
    "unlocked": "unlock",
    "disarmed": "disarm",
}
"""The verb for an entity that `scene.apply` brings into this state."""


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
        if node.kind is NodeKind.ACTION
        for call in _calls_from_action(node, home or _EMPTY_HOME)
    ]


def _calls_from_action(node: Node, home: Home) -> Iterator[ServiceCall]:
    step = node.value if isinstance(node.value, dict) else {}
    if service := node.text("action").lower():
        yield from _calls_from_service(node, service, step, home)
    elif "device_id" in step and isinstance(step.get("domain"), str) and "condition" not in step:
        verb = str(step.get("type", ""))
        entity_id = step["entity_id"] if isinstance(step.get("entity_id"), str) else ""
        yield ServiceCall(
            node.path, f"{step['domain']}.{verb}", step["domain"], _VERB_BY_SERVICE.get(verb, verb), entity_id, step
        )


def _calls_from_service(node: Node, service: str, step: Mapping[str, Any], home: Home) -> Iterator[ServiceCall]:
    given = step.get("data")
    data = given if isinstance(given, Mapping) else {}
    if service == "scene.apply" and isinstance(data.get("entities"), Mapping):
        yield from _calls_from_scene(node, data["entities"])
        return
    domain, _, name = service.partition(".")
    entities = [entity.lower() for entity in target_entities(step, home, "" if domain in _GENERIC_DOMAINS else domain)]
    for entity in entities or [""]:
        entity_domain = entity.partition(".")[0] if entity and domain in _GENERIC_DOMAINS else domain
        yield ServiceCall(node.path, service, entity_domain, _verb(entity_domain, name), entity, data)


def _calls_from_scene(node: Node, entities: Mapping[Any, Any]) -> Iterator[ServiceCall]:
    for entity, state in entities.items():
        wanted_state = str(state.get("state", "") if isinstance(state, Mapping) else state).lower()
        wanted_state = {"true": "on", "false": "off"}.get(wanted_state, wanted_state)
        domain = str(entity).partition(".")[0]
        yield ServiceCall(
            node.path,
            "scene.apply",
            domain,
            _verb(domain, _VERB_BY_STATE.get(wanted_state, wanted_state)),
            str(entity).lower(),
        )


def _verb(domain: str, name: str) -> str:
    """`homeassistant.turn_on` opens a cover."""
    if domain in _OPENABLE_DOMAINS and name in ("turn_on", "turn_off"):
        return "open" if name == "turn_on" else "close"
    return _VERB_BY_SERVICE.get(name, name)


def templated_parts(config: AutomationConfig) -> Iterator[tuple[str, str]]:
    """Where a template decides which service is called ("service") or what it acts on ("target")."""
    for node in walk(config):
        if node.kind is not NodeKind.ACTION or not isinstance(node.value, dict) or "action" not in node.value:
            continue
        if is_template(node.text("action")):
            yield f"{node.path}.action", "service"
        yield from _templated_targets(node)


def _templated_targets(node: Node) -> Iterator[tuple[str, str]]:
    for place, inner in (("target", node.value.get("target")), ("data", node.value.get("data"))):
        if is_template(inner):
            yield f"{node.path}.{place}", "target"
        if not isinstance(inner, Mapping):
            continue
        for key in TARGET_KEYS:
            if any(map(is_template, as_list(inner.get(key)))):
                yield f"{node.path}.{place}.{key}", "target"
