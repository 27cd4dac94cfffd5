"""Every service exists, fits the entities it acts on, and gets known fields and all required ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from automations.checks.suggest_name import suggest_name
from automations.config.calls import calls_from_config
from automations.config.nodes import Node, NodeKind, walk
from automations.config.values import TARGET_KEYS, is_template, is_unknown_here
from schemas.automation.home_tags import HomeTag
from schemas.home import AutomationConfig, Home, Service
from schemas.problems import Problem, Severity

ENTITY_DOMAINS: Final = frozenset(
    {"alarm_control_panel", "automation", "button", "camera", "climate", "counter", "cover", "date", "datetime", "fan",
     "humidifier", "input_boolean", "input_button", "input_datetime", "input_number", "input_select", "input_text",
     "lawn_mower", "light", "lock", "media_player", "number", "remote", "select", "siren", "switch", "text", "time",
     "timer", "todo", "update", "vacuum", "valve", "water_heater"}
)  # fmt: skip
"""Domains whose services act on entities of the same domain only."""

_FREE_DATA_DOMAINS: Final = frozenset(
    {"script", "notify", "tts", "event", "shell_command", "python_script", "rest_command", "scene"}
)
"""Domains whose services take more than their description says."""


def services(config: AutomationConfig, home: Home) -> Iterator[Problem]:
    """Problems of all calls; for a home that lists no services, only the entities' domains are checked."""
    service_by_name = {service.full_name: service for service in home.services}
    for node in walk(config):
        name = node.text("action").lower() if node.kind is NodeKind.ACTION else ""
        if not name or is_unknown_here(node.value["action"]):
            continue
        if (
            service_by_name and name not in service_by_name and name not in home.entities_by_id
        ):  # `script.x` may be called by its entity's name
            yield _unknown_service(node, name, service_by_name)
        elif name in service_by_name:
            yield from _check_fields(node, service_by_name[name])
    yield from _wrong_domains(config, home)


def _unknown_service(node: Node, name: str, known: Mapping[str, Service]) -> Problem:
    close = suggest_name(name, known)
    fix = f"Did you mean `{close}`?" if close else "Use one of the actions that this home lists."
    return Problem("services", "references", f"{node.path}.action", f"There is no action `{name}` in this home.", fix)


def _wrong_domains(config: AutomationConfig, home: Home) -> Iterator[Problem]:
    """`light.turn_on` does nothing to a switch; checked only for entities that the home has."""
    for call in calls_from_config(config, home):
        domain, _, name = call.service.partition(".")
        entity_domain = call.entity_id.partition(".")[0]
        if (
            domain not in ENTITY_DOMAINS
            or entity_domain in (domain, "group")
            or call.entity_id not in home.entities_by_id
        ):
            continue
        message = f"`{call.service}` does nothing to `{call.entity_id}`, which is no {domain.replace('_', ' ')}."
        better = (
            f"{entity_domain}.{name}"
            if any(s.full_name == f"{entity_domain}.{name}" for s in home.services)
            else f"homeassistant.{name}"
        )
        fix = f"Use `{better}`." if name in ("turn_on", "turn_off", "toggle") else f"Name a {domain.replace('_', ' ')}."
        yield Problem("services", "references", call.path, message, fix)


def _check_fields(node: Node, service: Service) -> Iterator[Problem]:
    fields = _flatten_fields(service.fields)
    data = node.value.get("data", {})
    if not fields or not isinstance(data, dict) or service.domain in _FREE_DATA_DOMAINS:
        return
    for key, given in data.items():
        if key in TARGET_KEYS:
            continue
        path = f"{node.path}.data.{key}"
        if key not in fields:
            close = suggest_name(str(key), fields)
            fix = f"Did you mean '{close}'?" if close else f"It has {', '.join(sorted(fields))}."
            yield Problem("fields", "references", path, f"`{service.full_name}` has no field '{key}'.", fix)
        elif (wrong := _why_wrong(given, fields[key])) is not None:
            yield Problem("fields", "references", path, f"'{key}' of `{service.full_name}` {wrong}.")
    yield from _missing_fields(node, service, fields, data)


def _missing_fields(node: Node, service: Service, fields: Mapping[str, Any], data: dict[Any, Any]) -> Iterator[Problem]:
    for key, described in fields.items():
        if isinstance(described, Mapping) and described.get("required") is True and key not in {*data, *TARGET_KEYS}:
            message = f"`{service.full_name}` needs the field '{key}'."
            yield Problem("fields", "references", f"{node.path}.data", message, f"Add `{key}:`.", Severity.WARN)


def _flatten_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields, those in collapsed sections too."""
    flat: dict[str, Any] = {}
    for name, described in fields.items():
        inner = described.get("fields") if isinstance(described, Mapping) else None
        flat |= _flatten_fields(inner) if isinstance(inner, Mapping) else {name: described}
    return flat


def _why_wrong(given: Any, described: Any) -> str | None:
    """Why a value does not fit its field's selector; None where it does or where that is not known."""
    selector = described.get("selector") if isinstance(described, Mapping) else None
    if not isinstance(selector, Mapping) or isinstance(given, (list, dict, HomeTag)) or is_template(str(given)):
        return None
    number, choice = selector.get("number"), selector.get("select")
    if isinstance(number, Mapping):
        return _why_wrong_number(given, number)
    if isinstance(choice, Mapping) and not choice.get("custom_value") and isinstance(choice.get("options"), list):
        options = [option.get("value") if isinstance(option, Mapping) else option for option in choice["options"]]
        if str(given) not in map(str, options):
            return f"is '{given}', not one of {', '.join(map(str, options[:10]))}"
    return None


def _why_wrong_number(given: Any, number: Mapping[str, Any]) -> str | None:
    try:
        value = float(given)
    except (TypeError, ValueError, OverflowError):
        return f"is '{given}', not a number"
    least, most = number.get("min"), number.get("max")
    if isinstance(least, (int, float)) and value < least:
        return f"is {value:g}, below the least ({least:g})"
    if isinstance(most, (int, float)) and value > most:
        return f"is {value:g}, above the most ({most:g})"
    return None
