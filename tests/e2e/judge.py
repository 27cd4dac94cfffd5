"""Run inside Home Assistant's own environment: says of each automation on standard input whether it is accepted.

    python tests/e2e/judge.py < {"id", "yaml"} lines > {"id", "valid", "error"} lines

The verdict is that of `homeassistant.components.automation.config`, which also decides when the config API is used.
What only a home with the right devices could decide (a device's own automations, registry ids) counts as right.
"""

import asyncio
import json
import logging
import sys
import tempfile

from homeassistant import loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.components.device_automation import action, condition, trigger
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry
from homeassistant.util.yaml import parse_yaml

logging.disable(logging.CRITICAL)


async def any_device(hass, config, schema, kind):
    validated = schema(config)
    if not isinstance(validated.get("type"), str):
        raise ValueError("every integration asks for a type")
    return validated


def any_entity(registry, entity_id):
    return entity_id


for module in (trigger, condition, action):
    if hasattr(module, "async_validate_device_automation_config"):
        module.async_validate_device_automation_config = any_device
entity_registry.async_validate_entity_id = any_entity
entity_registry.async_validate_entity_ids = lambda registry, entity_ids: list(entity_ids)


async def verdict(hass, text):
    try:
        config = parse_yaml(text)
        if isinstance(config, list) and len(config) == 1:
            config = config[0]
        if isinstance(config, dict) and "use_blueprint" in config:
            return None
        await async_validate_config_item(hass, "x", config)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


async def main():
    with tempfile.TemporaryDirectory() as folder:
        hass = HomeAssistant(folder)
        loader.async_setup(hass)
        hass.config_entries = ConfigEntries(hass, {})
        await loader.async_get_custom_components(hass)
        await async_load_base_functionality(hass)
        for line in sys.stdin:
            case = json.loads(line)
            error = await verdict(hass, case["yaml"])
            print(json.dumps({"id": case["id"], "valid": error is None, "error": error}), flush=True)
        await hass.async_stop(force=True)


asyncio.run(main())
