"""Rules about stoves, heaters and target temperatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.calls import ServiceCall
from automations.config.values import HomeTag, is_template

_HEATING_VERBS: Final = frozenset(
    [
        "turn_on",
        "toggle",
        "press",
        "start",
        "open",
        "set_value",
        "select_option",
        "set_temperature",
        "set_level",
        "set_operation_mode",
        "set_hvac_mode",
        "set_preset_mode",
        "turned_on",
    ]
)
_SWITCHABLE_DOMAINS: Final = frozenset(
    [
        "switch",
        "light",
        "input_boolean",
        "fan",
        "button",
        "input_button",
        "number",
        "input_number",
        "select",
        "input_select",
        "humidifier",
        "water_heater",
        "script",
        "scene",
        "valve",
        "remote",
    ]
)
_TEMPERATURE_KEYS: Final = ("temperature", "target_temp_high", "target_temp_low")
_THERMOSTAT_DOMAINS: Final = ("climate", "water_heater")


def stove(context: RuleContext) -> Iterator[SafetyFinding]:
    """Turning on a stove, an oven or the like, whatever it is connected to."""
    words = context.policy.stove_like
    for call in context.calls:
        if _heats_up(call) and context.has_word(call, words):
            yield SafetyFinding(
                call.path,
                f"It turns on {context.display_name(call)}, which looks like a stove.",
                "Let it only turn off.",
            )


def heater(context: RuleContext) -> Iterator[SafetyFinding]:
    """Turning on a switch that looks like a heater: thermostats have rules of their own."""
    policy = context.policy
    for call in context.calls:
        if not _heats_up(call) or call.entity_id in policy.never_heaters:
            continue
        hot = call.domain in _SWITCHABLE_DOMAINS and (
            call.domain == "water_heater" or context.has_word(call, policy.heater_like)
        )
        if call.entity_id in policy.always_heaters or (hot and not context.has_word(call, policy.stove_like)):
            message = f"It turns on {context.display_name(call)}, which looks like a heater."
            yield SafetyFinding(
                call.path, message, "Turn it off after a fixed time, or list it under never_heaters in policy.yaml."
            )


def climate_limits(context: RuleContext) -> Iterator[SafetyFinding]:
    """A target temperature outside the policy's limits, or one that a template computes."""
    limits = context.policy.climate
    for call in context.calls:
        if call.domain not in _THERMOSTAT_DOMAINS:
            continue
        for key in _TEMPERATURE_KEYS:
            wanted = call.data.get(key)
            path = f"{call.path}.data.{key}"
            if isinstance(wanted, HomeTag):
                yield SafetyFinding(path, f"`{wanted}` is the target temperature, so it cannot be checked.")
            elif is_template(wanted):
                yield SafetyFinding(
                    path, "A template works out the target temperature, so it cannot be checked.", "Write a number."
                )
            elif (degrees := _number(wanted)) is not None and not limits.lowest <= degrees <= limits.highest:
                allowed = f"{limits.lowest:g} to {limits.highest:g}"
                yield SafetyFinding(
                    path,
                    f"It sets {context.display_name(call)} to {degrees:g} degrees.",
                    f"Stay within {allowed} degrees.",
                )


def _heats_up(call: ServiceCall) -> bool:
    return call.verb in _HEATING_VERBS


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
