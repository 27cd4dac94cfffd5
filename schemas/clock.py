"""Units of time that several rooms count in."""

from __future__ import annotations

SECOND_US = 1_000_000
"""In microseconds, as histories count."""
DAY_SECONDS = 86_400
