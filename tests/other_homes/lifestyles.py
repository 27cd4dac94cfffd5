"""Who lives in a home of the second maker, where and by which week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MONDAY_TO_FRIDAY, SUNDAY_TO_THURSDAY = frozenset(range(5)), frozenset({6, 0, 1, 2, 3})
ROTATION = ("early", "early", "late", "late", "night", "night", "free", "free", "free")


@dataclass(frozen=True)
class Lifestyle:
    """`roles` are office, part time, shift, school, retired or home; spans are drawn evenly from (low, high)."""

    zone: str
    latitude: float
    longitude: float
    first: date
    roles: tuple[str, ...]
    work_days: frozenset[int] = MONDAY_TO_FRIDAY
    home_office: frozenset[int] = frozenset()
    part_days: frozenset[int] = frozenset({0, 2, 4})
    tells_shift: bool = False
    """An `input_select` says which shift it is; else nothing in the home knows."""
    tells_workday: bool = False
    """A `binary_sensor` knows working days, public holidays among them."""
    trip: tuple[int, int] | None = None
    """First day away and the day of coming home."""
    wall_share: float = 0.3
    """Share of a person's doings of which nobody knows who did them."""
    voice_share: float = 0.05
    misses: tuple[float, float] = (0.03, 0.2)
    spread_minutes: tuple[float, float] = (3, 11)
    noise_a_day: tuple[float, float] = (0.1, 1.2)
    slow_minutes: tuple[float, float] = (5, 30)
    """How often a sensor reports; each keeps to its own."""
    pets: bool = False


LIFESTYLES: tuple[Lifestyle, ...] = (
    Lifestyle(
        *("Asia/Kolkata", 12.97, 77.59, date(2026, 6, 1)),
        ("office", "home", "school", "school", "retired"),
        work_days=frozenset({0, 1, 2, 3, 4, 5}),
        wall_share=0.6,
        voice_share=0.02,
    ),
    Lifestyle(
        *("Australia/Adelaide", -34.93, 138.6, date(2026, 3, 16)),
        ("part time", "office", "school"),
        tells_workday=True,
        spread_minutes=(4, 14),
        pets=True,
    ),
    Lifestyle(
        *("Asia/Jerusalem", 31.78, 35.22, date(2026, 3, 8)),
        ("office", "office", "school"),
        work_days=SUNDAY_TO_THURSDAY,
        part_days=frozenset({6, 1, 3}),
        home_office=frozenset({1}),
        tells_workday=True,
        wall_share=0.4,
    ),
    Lifestyle(
        *("Europe/Helsinki", 60.17, 24.94, date(2026, 10, 5)),
        ("shift", "office"),
        home_office=frozenset({1, 3}),
        tells_shift=True,
        wall_share=0.15,
    ),
    Lifestyle(
        *("America/Los_Angeles", 34.05, -118.24, date(2026, 10, 12)),
        ("shift", "home"),
        tells_workday=True,
        trip=(9, 19),
        misses=(0.05, 0.25),
        wall_share=0.25,
        voice_share=0.15,
        pets=True,
    ),
    Lifestyle(
        *("America/Sao_Paulo", -23.55, -46.63, date(2026, 8, 3)),
        ("office", "retired"),
        home_office=frozenset({1, 3}),
        trip=(12, 22),
        noise_a_day=(0.3, 2.0),
        wall_share=0.5,
    ),
)
"""One a home in turn: six zones (two by half hours, three in the south, four that turn their clocks in the window)."""
