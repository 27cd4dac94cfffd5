"""Which releases of Home Assistant a config is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationInfo

OLDEST_KNOWN: Final = (2025, 4)
NEWEST_KNOWN: Final = (2026, 11)


@dataclass(frozen=True)
class Release:
    """What counts as valid: the rules of 2025.4, those of 2026.11, or what either accepts.

    `newer` is True for a home that is newer than we know: what we do not know may then be right.
    """

    old: bool
    new: bool
    newer: bool = False

    @classmethod
    def of(cls, version: tuple[int, int] | None) -> Release:
        """The rules for a home's (year, month); for None, and between the known releases, either's word is enough."""
        if version is None:
            return EITHER
        return cls(old=version < NEWEST_KNOWN, new=version > OLDEST_KNOWN, newer=version > NEWEST_KNOWN)


EITHER: Final = Release(old=True, new=True)


def release_of(info: ValidationInfo) -> Release:
    """The release that this validation was started with (`model_validate(..., context=Release)`)."""
    return info.context if isinstance(info.context, Release) else EITHER
