"""Units of time that several packages share."""

from __future__ import annotations

SECOND_US = 1_000_000
"""One second in microseconds, the unit of a history's times."""
DAY_SECONDS = 86_400
