"""Times in the diary: ISO 8601 UTC to the microsecond, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime


def iso_from_datetime(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def datetime_from_iso(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


def utc_now() -> datetime:
    return datetime.now(UTC)
