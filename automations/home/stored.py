"""What Home Assistant makes of a config that it stores: newer releases rename the old keys."""

from __future__ import annotations

from typing import Any

from schemas.home import AutomationConfig

PLURAL = {"trigger": "triggers", "condition": "conditions", "action": "actions"}


def same_stored(stored: AutomationConfig, sent: AutomationConfig) -> bool:
    """Whether `stored` is what the home keeps after it was sent `sent`, whichever of the two spellings it uses."""
    return _renamed(stored) == _renamed(sent)


def _renamed(config: AutomationConfig) -> AutomationConfig:
    return {PLURAL.get(key, key): _service_renamed(value) for key, value in config.items() if key != "id"}


def _service_renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_service_renamed(entry) for entry in value]
    if isinstance(value, dict):
        return {"action" if key == "service" else key: _service_renamed(entry) for key, entry in value.items()}
    return value
