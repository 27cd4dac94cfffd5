"""MQTT discovery for Home Assistant: one device with three sensors and a button."""

from __future__ import annotations

from typing import Any, Final

from reviewer_api.web.version import VERSION
from schemas.mqtt_messages import ANALYSE_TOPIC, STATE_TOPIC, STATUS_TOPIC

BIRTH_TOPIC: Final = "homeassistant/status"
DISCOVERY_TOPIC: Final = "homeassistant/device/nightshift/config"


def discovery_payload(public_url: str | None) -> dict[str, Any]:
    """The device's discovery payload; `public_url` becomes its link in Home Assistant."""
    device_info: dict[str, Any] = {
        "identifiers": ["nightshift"],
        "name": "Nightshift",
        "manufacturer": "Nightshift",
        "sw_version": VERSION,
    }
    if public_url:
        device_info["configuration_url"] = public_url
    return {
        "device": device_info,
        "origin": {"name": "Nightshift", "sw_version": VERSION},
        "availability_topic": STATUS_TOPIC,
        "components": {
            "open_suggestions": _sensor("open_suggestions", "Open suggestions", icon="mdi:lightbulb-on-outline"),
            "problems": _sensor("problems", "Problems", icon="mdi:alert-circle-outline"),
            "last_analysis": _sensor("last_analysis", "Last analysis", device_class="timestamp"),
            "analyse_now": {
                "platform": "button",
                "unique_id": "nightshift_analyse_now",
                "name": "Analyse now",
                "icon": "mdi:magnify",
                "command_topic": ANALYSE_TOPIC,
            },
        },
    }


def _sensor(field: str, name: str, **options: str) -> dict[str, str]:
    state_class = {} if "device_class" in options else {"state_class": "measurement"}
    return {
        "platform": "sensor",
        "unique_id": f"nightshift_{field}",
        "name": name,
        "state_topic": STATE_TOPIC,
        "value_template": f"{{{{ value_json.{field} }}}}",
        **state_class,
        **options,
    }
