"""States that every entity can have, whatever it is."""

from __future__ import annotations

from typing import Final

UNAVAILABLE: Final = "unavailable"
UNKNOWN: Final = "unknown"
UNAVAILABLE_STATES: Final = (UNAVAILABLE, UNKNOWN)
"""An entity in one of these says nothing about its thing."""
