"""Run inside Home Assistant's own environment: prints its template words and purpose-specific kinds as one JSON line.

    python tests/e2e/read_ha_tables.py > words.json

`tests/e2e/write_ha_tables.py` makes `schemas/automation/ha_tables.py` of two such files, one for each release.
"""

import asyncio
import importlib
import inspect
import json
import pathlib
import tempfile

import homeassistant
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import TemplateEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment

COMPONENTS = pathlib.Path(homeassistant.__file__).parent / "components"
MODULE_SCHEMAS = {  # these keep their schema beside the class, not in it
    "calendar.event_started": "_EVENT_TRIGGER_SCHEMA",
    "calendar.event_ended": "_EVENT_TRIGGER_SCHEMA",
    "homeassistant.host_reboot_required": "_SYSTEM_STATE_{}_SCHEMA",
    "homeassistant.restart_required": "_SYSTEM_STATE_{}_SCHEMA",
    "homeassistant.updated": "_UPDATED_TRIGGER_SCHEMA",
    "moon.phase_changed": "_PHASE_CHANGED_TRIGGER_SCHEMA",
    "moon.is_phase": "_IS_PHASE_CONDITION_SCHEMA",
    "moon": "_STATE_CONDITION_SCHEMA",
    "todo": "ITEM_TRIGGER_SCHEMA",
    "sun.is_morning_twilight": "_TWILIGHT_CONDITION_SCHEMA",
    "sun.is_evening_twilight": "_TWILIGHT_CONDITION_SCHEMA",
    "sun.is_golden_hour": "_PERIOD_CONDITION_SCHEMA",
    "sun.is_blue_hour": "_PERIOD_CONDITION_SCHEMA",
    "sun": "_STATE_CONDITION_SCHEMA",
}


def words_of_type(validator):
    """The type of one option, as a short text that `schemas/automation/purpose_specific.py` reads."""
    text = flat(validator)
    if "NumericThresholdSelector" in text:
        config = find(validator, "config").config
        units = "|".join(sorted("" if unit is None else unit for unit in config.get("unit_of_measurement", [])))
        return f"threshold:{config['mode']}:{units}"
    if "_backwards_compatible_behavior" in text:
        return "one_of:all|any|each|first|last"
    if "time_period_str" in text:
        return "positive_time" if "positive" in text else "time"
    if "positive_timedelta" in text:
        return "positive_time_dict"
    if "entity_domain" in text:
        return "zone"
    if "HVACMode" in text:
        from homeassistant.components.climate import HVACMode

        return "some_of:" + "|".join(sorted(HVACMode))
    container = find(validator, "container")
    if container is not None:
        return "one_of:" + "|".join(sorted(map(str, container.container)))
    if "EnsureList" in text:
        return "some_text"
    return "text"


def find(validator, attribute):
    if hasattr(validator, attribute):
        return validator
    for inner in getattr(validator, "validators", []):
        if (found := find(inner, attribute)) is not None:
            return found
    return None


def flat(validator):
    if isinstance(validator, (list, tuple)):
        return " ".join(map(flat, validator))
    if hasattr(validator, "validators"):
        return flat(validator.validators)
    if isinstance(validator, dict):
        return "dict " + " ".join(map(flat, validator.values()))
    if hasattr(validator, "schema"):
        return flat(validator.schema)
    return f"{type(validator).__name__} {getattr(validator, '__qualname__', '')} {validator!r}"


def mapping(validator):
    if isinstance(validator, dict):
        return validator
    if hasattr(validator, "validators"):
        return next((found for inner in validator.validators if (found := mapping(inner)) is not None), None)
    return mapping(validator.schema) if hasattr(validator, "schema") else None


def shape(schema):
    """{"target": whether it needs one, "options": {name or name!: type}}; `!` marks a required option."""
    found = {"target": False, "options": {}, "no_options": True}
    for key, value in schema.schema.items():
        if str(key) == "target":
            found["target"] = True
        if str(key) == "options":
            found["no_options"] = False
            for name, option in (mapping(value) or {}).items():
                needed = type(name).__name__ == "Required" and callable(getattr(name, "default", None)) is False
                needed = needed or (type(name).__name__ == "Required" and "undefined" in repr(name.default).lower())
                found["options"][f"{name}{'!' if needed else ''}"] = words_of_type(option)
    return found


def schema_of(name, kind, cls, module):
    if getattr(cls, "_schema", None) is not None:
        return cls._schema
    attribute = MODULE_SCHEMAS.get(name) or MODULE_SCHEMAS.get(name.partition(".")[0])
    return getattr(module, attribute.format(kind.upper())) if attribute and "." in name else None


async def kinds(hass, kind):
    """Every kind with a dot, and the integrations with a kind of their own that could not be read here."""
    shapes, plain = {}, set()
    for path in sorted(COMPONENTS.glob(f"*/{kind}.py")):
        domain = path.parent.name
        try:
            module = importlib.import_module(f"homeassistant.components.{domain}.{kind}")
        except ImportError:
            plain.add(domain)
            continue
        found = (
            await getattr(module, f"async_get_{kind}s")(hass) if hasattr(module, f"async_get_{kind}s") else {"_": None}
        )
        if inspect.iscoroutinefunction(getattr(module, "async_attach_trigger", None)):
            plain.add(domain)
        for key, cls in found.items():
            name = (key[1:] or domain) if key.startswith("_") else f"{domain}.{key}"
            schema = schema_of(name, kind, cls, module)
            if schema is None or "." not in name:
                plain.add(name)
            else:
                shapes[name] = shape(schema)
    return {"plain": sorted(plain), "shapes": shapes}


async def main():
    with tempfile.TemporaryDirectory() as folder:
        hass = HomeAssistant(folder)
        ours, plain = TemplateEnvironment(hass), ImmutableSandboxedEnvironment()
        answer = {
            "filters": sorted(set(ours.filters) - set(plain.filters)),
            "tests": sorted(set(ours.tests) - set(plain.tests)),
            "trigger": await kinds(hass, "trigger"),
            "condition": await kinds(hass, "condition"),
        }
    print(json.dumps(answer))


asyncio.run(main())
