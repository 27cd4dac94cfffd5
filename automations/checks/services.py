"""Every service exists, fits the entities it acts on, and gets the fields that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from automations.checks.suggest_name import similar
from automations.config.calls import deeds
from automations.config.nodes import Node, Role, walk
from schemas.automation.templates import is_template
from schemas.home import AutomationConfig, Home, Service
from schemas.problems import Problem, Severity

ENTITY_DOMAINS: Final = frozenset(
    {"alarm_control_panel", "automation", "button", "camera", "climate", "counter", "cover", "date", "datetime", "fan",
     "humidifier", "input_boolean", "input_button", "input_datetime", "input_number", "input_select", "input_text",
     "lawn_mower", "light", "lock", "media_player", "number", "remote", "select", "siren", "switch", "text", "time",
     "timer", "todo", "update", "vacuum", "valve", "water_heater"}
)  # fmt: skip
"""Domains whose services act on entities of the same domain only."""

_TARGETS: Final = frozenset({"entity_id", "device_id", "area_id", "floor_id", "label_id"})
_FREE_DATA: Final = frozenset(
    {"script", "notify", "tts", "event", "shell_command", "python_script", "rest_command", "scene"}
)
"""Domains whose services take more than their description says."""


def services(config: AutomationConfig, home: Home) -> Iterator[Problem]:
    """Problems of all calls; a home that lists no services is asked only about the entities' domains."""
    known = {service.full_name: service for service in home.services}
    for node in walk(config):
        name = node.text("action").lower() if node.role is Role.ACTION else ""
        if not name or is_template(name):
            continue
        if known and name not in known and name not in home.entity:  # `script.x` may be called by its entity's name
            yield _unknown(node, name, known)
        elif name in known:
            yield from _fields(node, known[name])
    yield from _misfits(config, home)


def _unknown(node: Node, name: str, known: Mapping[str, Service]) -> Problem:
    close = similar(name, known)
    mend = f"Did you mean `{close}`?" if close else "Use one of the actions that this home lists."
    return Problem("services", "references", f"{node.path}.action", f"There is no action `{name}` in this home.", mend)


def _misfits(config: AutomationConfig, home: Home) -> Iterator[Problem]:
    """`light.turn_on` does nothing to a switch; asked only of entities that the home has."""
    for deed in deeds(config, home):
        domain, _, name = deed.service.partition(".")
        own = deed.entity_id.partition(".")[0]
        if domain not in ENTITY_DOMAINS or own in (domain, "group") or deed.entity_id not in home.entity:
            continue
        message = f"`{deed.service}` does nothing to `{deed.entity_id}`, which is no {domain.replace('_', ' ')}."
        better = (
            f"{own}.{name}" if any(s.full_name == f"{own}.{name}" for s in home.services) else f"homeassistant.{name}"
        )
        mend = (
            f"Use `{better}`." if name in ("turn_on", "turn_off", "toggle") else f"Name a {domain.replace('_', ' ')}."
        )
        yield Problem("services", "references", deed.path, message, mend)


def _fields(node: Node, service: Service) -> Iterator[Problem]:
    fields = _flat(service.fields)
    data = node.value.get("data", {})
    if not fields or not isinstance(data, dict) or service.domain in _FREE_DATA:
        return
    for key, given in data.items():
        if key in _TARGETS:
            continue
        path = f"{node.path}.data.{key}"
        if key not in fields:
            close = similar(str(key), fields)
            mend = f"Did you mean '{close}'?" if close else f"It has {', '.join(sorted(fields))}."
            yield Problem("fields", "references", path, f"`{service.full_name}` has no field '{key}'.", mend)
        elif (wrong := _wrong(given, fields[key])) is not None:
            yield Problem("fields", "references", path, f"'{key}' of `{service.full_name}` {wrong}.")
    yield from _missing(node, service, fields, data)


def _missing(node: Node, service: Service, fields: Mapping[str, Any], data: dict[Any, Any]) -> Iterator[Problem]:
    for key, described in fields.items():
        if isinstance(described, Mapping) and described.get("required") is True and key not in {*data, *_TARGETS}:
            message = f"`{service.full_name}` needs the field '{key}'."
            yield Problem("fields", "references", f"{node.path}.data", message, f"Add `{key}:`.", Severity.WARN)


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields, those in collapsed sections too."""
    flat: dict[str, Any] = {}
    for name, described in fields.items():
        inner = described.get("fields") if isinstance(described, Mapping) else None
        flat |= _flat(inner) if isinstance(inner, Mapping) else {name: described}
    return flat


def _wrong(given: Any, described: Any) -> str | None:
    """Why a value does not fit its field's selector; None where it does or where that cannot be told."""
    selector = described.get("selector") if isinstance(described, Mapping) else None
    if not isinstance(selector, Mapping) or isinstance(given, (list, dict)) or is_template(str(given)):
        return None
    number, choice = selector.get("number"), selector.get("select")
    if isinstance(number, Mapping):
        return _wrong_number(given, number)
    if isinstance(choice, Mapping) and not choice.get("custom_value") and isinstance(choice.get("options"), list):
        options = [option.get("value") if isinstance(option, Mapping) else option for option in choice["options"]]
        if str(given) not in map(str, options):
            return f"is '{given}', not one of {', '.join(map(str, options[:10]))}"
    return None


def _wrong_number(given: Any, number: Mapping[str, Any]) -> str | None:
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
