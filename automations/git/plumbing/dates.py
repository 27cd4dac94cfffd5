"""Times of commits, which whoever makes one can set as they like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)
"""A day before the last that a datetime can hold, so that every zone can show it."""


def time_from_git(seconds: str) -> datetime:
    """From `%at`, which has no zone; what no calendar of ours can show is the first or last time that it can."""
    at = int(seconds) if seconds.lstrip("-").isdigit() else 0
    return datetime.fromtimestamp(min(max(at, _FIRST.timestamp()), _LAST.timestamp()), UTC)
