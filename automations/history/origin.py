"""Who caused a change: eight origins, from Home Assistant's contexts and, where there are none, from the entity.

The table is in docs/glossary.md. The context comes first; in it, what Home Assistant ran (automation, script, scene)
before the user id, since an automation that a person triggered carries that person's id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from schemas.events import Origin
from schemas.home import Entity

ORIGIN_OF_EVENT: Final[Mapping[str, Origin]] = {
    "automation_triggered": Origin.AUTOMATION,
    "script_started": Origin.SCRIPT,
    "alexa_smart_home": Origin.VOICE,
    "google_assistant_command": Origin.VOICE,
    "homekit_state_change": Origin.APP,
    "deconz_event": Origin.WALL,
    "elkm1.keypad_key_pressed": Origin.WALL,
    "hue_event": Origin.WALL,
    "lutron_caseta_button_event": Origin.WALL,
    "shelly.click": Origin.WALL,
    "zha_event": Origin.WALL,
    "zwave_js_value_notification": Origin.WALL,
}
"""An event in the change's own context. `call_service` is graded by its domain, see ORIGIN_OF_DOMAIN."""

ORIGIN_OF_DOMAIN: Final[Mapping[str, Origin]] = {
    "automation": Origin.AUTOMATION,
    "script": Origin.SCRIPT,
    "scene": Origin.SCENE,
    "conversation": Origin.VOICE,
    "assist_satellite": Origin.VOICE,
    "event": Origin.WALL,
}
"""The domain of a service call, or of an entity that changed first, in the change's context."""

SWITCHABLE: Final = frozenset(
    {
        "alarm_control_panel", "button", "climate", "cover", "fan", "humidifier", "input_boolean", "input_button",
        "input_datetime", "input_number", "input_select", "input_text", "lawn_mower", "light", "lock", "media_player",
        "number", "remote", "scene", "script", "select", "siren", "switch", "text", "vacuum", "valve", "water_heater",
    }
)  # fmt: skip
"""Domains whose entities a person can operate; all others report by themselves."""

WALL_PLATFORMS: Final = frozenset({"homeworks", "insteon", "knx", "lcn", "lutron", "lutron_caseta", "velbus"})
"""Wired wall-switch systems: a change that Home Assistant did not cause was pressed at the wall."""

SELF_ACTING_PLATFORMS: Final = frozenset({"generic_hygrostat", "generic_thermostat", "schedule", "timer"})
"""Integrations whose entities act by their own rules, without any person."""


def origin_from_user(
    user_id: str | None, has_parent: bool, service_users: Collection[str], platform: str | None
) -> Origin | None:
    """From the ids in the context alone, where no event in it is known; None where the context holds no id.

    A parent without a user is an automation's run whose event is gone; with a user it is a script's.
    """
    if user_id is not None:
        if user_id in service_users:
            return Origin.AUTOMATION
        return Origin.SCRIPT if has_parent else Origin.APP
    if has_parent:
        return Origin.DEVICE if platform in SELF_ACTING_PLATFORMS else Origin.AUTOMATION
    return None


def origin_from_entity(entity_id: str, entity: Entity | None) -> Origin:
    """For a change without any context: a press at the wall, the device itself, or nobody knows."""
    domain = entity_id.split(".", 1)[0]
    platform = entity.platform if entity else None
    if domain == "event":
        is_button = entity is not None and entity.device_class in ("button", "doorbell")
        return Origin.WALL if is_button else Origin.DEVICE
    if domain in ("automation", "script", "scene"):
        return ORIGIN_OF_DOMAIN[domain]
    if domain not in SWITCHABLE or platform in SELF_ACTING_PLATFORMS:
        return Origin.DEVICE
    return Origin.WALL if platform in WALL_PLATFORMS else Origin.UNKNOWN


def origin_from_event(event_type: str, domain: str | None) -> Origin | None:
    """From one event in a context; None where it does not say who caused it."""
    if event_type == "call_service":
        return ORIGIN_OF_DOMAIN.get(domain or "")
    return ORIGIN_OF_EVENT.get(event_type)


def origin_from_logbook(row: Mapping[str, Any], service_users: Collection[str], entity: Entity | None) -> Origin:
    """From a row of Home Assistant's logbook, which has followed the contexts for us.

    `context_user_id` is the person at the start of the chain, also on what an automation did: so it comes last.
    """
    event_type = row.get("context_event_type")
    if event_type and (origin := origin_from_event(str(event_type), row.get("context_domain"))) is not None:
        return origin
    first_domain = str(row.get("context_entity_id") or "").split(".", 1)[0]
    if first_domain in ORIGIN_OF_DOMAIN:
        return ORIGIN_OF_DOMAIN[first_domain]
    user = row.get("context_user_id")
    origin = origin_from_user(str(user) if user else None, False, service_users, entity.platform if entity else None)
    return origin_from_entity(str(row.get("entity_id")), entity) if origin is None else origin
