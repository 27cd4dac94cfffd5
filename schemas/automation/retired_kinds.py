"""Purpose-specific kinds that some releases of 2025 and 2026 had, and what they are called since.

Read off the `triggers.yaml` and `conditions.yaml` of each release from 2025.12 to 2026.11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class RetiredKind:
    """`first` and `last` are the releases (year, month) that had it; `today` is the kind that took its place."""

    first: tuple[int, int]
    last: tuple[int, int]
    today: str

    def may_be_known(self, version: tuple[int, int] | None) -> bool:
        """Whether a home of that release knows it; one whose release is unknown may."""
        return version is None or self.first <= version <= self.last


_SUMMER: Final = (2026, 6)
_SPRING: Final = (2026, 3)
_APRIL: Final = (2026, 4)

RETIRED_TRIGGERS: Final = {
    "battery.low": RetiredKind(_APRIL, _SUMMER, "battery.became_low"),
    "battery.not_low": RetiredKind(_APRIL, _SUMMER, "battery.no_longer_low"),
    "binary_sensor.occupancy_cleared": RetiredKind((2025, 12), _SPRING, "occupancy.cleared"),
    "binary_sensor.occupancy_detected": RetiredKind((2025, 12), _SPRING, "occupancy.detected"),
    "climate.current_humidity_changed": RetiredKind((2026, 1), _SPRING, "humidity.changed"),
    "climate.current_humidity_crossed_threshold": RetiredKind((2026, 1), _SPRING, "humidity.crossed_threshold"),
    "climate.current_temperature_changed": RetiredKind((2026, 1), _SPRING, "temperature.changed"),
    "climate.current_temperature_crossed_threshold": RetiredKind((2026, 1), _SPRING, "temperature.crossed_threshold"),
    "device_tracker.entered_home": RetiredKind((2026, 1), _APRIL, "zone.entered"),
    "device_tracker.left_home": RetiredKind((2026, 1), _APRIL, "zone.left"),
    "humidifier.current_humidity_changed": RetiredKind((2026, 1), _SPRING, "humidity.changed"),
    "humidifier.current_humidity_crossed_threshold": RetiredKind((2026, 1), _SPRING, "humidity.crossed_threshold"),
    "lawn_mower.docked": RetiredKind((2025, 12), _SUMMER, "lawn_mower.returned_to_dock"),
    "person.entered_home": RetiredKind((2026, 2), _APRIL, "zone.entered"),
    "person.left_home": RetiredKind((2026, 2), _APRIL, "zone.left"),
    "schedule.turned_off": RetiredKind(_APRIL, _SUMMER, "schedule.block_ended"),
    "schedule.turned_on": RetiredKind(_APRIL, _SUMMER, "schedule.block_started"),
    "timer.time_remaining": RetiredKind((2026, 5), _SUMMER, "timer.remaining_time_reached"),
    "update.update_became_available": RetiredKind((2026, 1), _SUMMER, "update.became_available"),
    "vacuum.docked": RetiredKind((2025, 12), _SUMMER, "vacuum.returned_to_dock"),
}

RETIRED_CONDITIONS: Final = {
    "climate.target_humidity": RetiredKind(_APRIL, _SUMMER, "climate.is_target_humidity"),
    "climate.target_temperature": RetiredKind(_APRIL, _SUMMER, "climate.is_target_temperature"),
    "device_tracker.is_home": RetiredKind((2026, 2), _APRIL, "zone.in_zone"),
    "device_tracker.is_not_home": RetiredKind((2026, 2), _APRIL, "zone.not_in_zone"),
    "person.is_home": RetiredKind((2026, 2), _APRIL, "zone.in_zone"),
    "person.is_not_home": RetiredKind((2026, 2), _APRIL, "zone.not_in_zone"),
}
