"""Rules about what gets hot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from automations.checks.safety.finding import Finding, Scope
from automations.config.calls import Deed
from schemas.automation.templates import is_template

_HEATS_UP: Final = frozenset(
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
_SWITCHABLE: Final = frozenset(
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
_TEMPERATURES: Final = ("temperature", "target_temp_high", "target_temp_low")
_THERMOSTATS: Final = ("climate", "water_heater")


def stove(scope: Scope) -> Iterator[Finding]:
    """Turning on a stove, an oven or the like, whatever it is connected to."""
    words = scope.policy.stove_like
    for deed in scope.deeds:
        if _heats_up(deed) and scope.is_like(deed, words):
            yield Finding(
                deed.path, f"It turns on {scope.called(deed)}, which looks like a stove.", "Let it only turn off."
            )


def heater(scope: Scope) -> Iterator[Finding]:
    """Turning on a switch that looks like a heater: thermostats have rules of their own."""
    policy = scope.policy
    for deed in scope.deeds:
        if not _heats_up(deed) or deed.entity_id in policy.never_heaters:
            continue
        hot = deed.domain in _SWITCHABLE and (deed.domain == "water_heater" or scope.is_like(deed, policy.heater_like))
        if deed.entity_id in policy.always_heaters or (hot and not scope.is_like(deed, policy.stove_like)):
            message = f"It turns on {scope.called(deed)}, which looks like a heater."
            yield Finding(
                deed.path, message, "Turn it off after a fixed time, or list it under never_heaters in policy.yaml."
            )


def climate_limits(scope: Scope) -> Iterator[Finding]:
    """A target temperature outside the policy's limits, or one that a template works out."""
    limits = scope.policy.climate
    for deed in scope.deeds:
        if deed.domain not in _THERMOSTATS:
            continue
        for key in _TEMPERATURES:
            wanted = deed.data.get(key)
            path = f"{deed.path}.data.{key}"
            if isinstance(wanted, str) and is_template(wanted):
                yield Finding(
                    path, "A template works out the target temperature, so it cannot be checked.", "Write a number."
                )
            elif (degrees := _number(wanted)) is not None and not limits.lowest <= degrees <= limits.highest:
                allowed = f"{limits.lowest:g} to {limits.highest:g}"
                yield Finding(
                    path, f"It sets {scope.called(deed)} to {degrees:g} degrees.", f"Stay within {allowed} degrees."
                )


def _heats_up(deed: Deed) -> bool:
    return deed.verb in _HEATS_UP


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
