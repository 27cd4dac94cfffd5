"""Which releases of Home Assistant a config is validated against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationInfo

OLDEST_KNOWN: Final = (2025, 4)
NEWEST_KNOWN: Final = (2026, 11)


@dataclass(frozen=True)
class Release:
    """What counts as valid: the rules of 2025.4, those of 2026.11, or what either accepts.

    `newer_than_known` is True for a home newer than `NEWEST_KNOWN`: unknown keys and kinds may then be valid.
    """

    old_rules: bool
    new_rules: bool
    newer_than_known: bool = False
    version: tuple[int, int] | None = None
    """The home's own (year, month); None where it is not known."""

    @classmethod
    def from_version(cls, version: tuple[int, int] | None) -> Release:
        """The rules for a home's (year, month); for None, and between the known ones, what either accepts is valid."""
        if version is None:
            return EITHER_RELEASE
        return cls(
            old_rules=version < NEWEST_KNOWN,
            new_rules=version > OLDEST_KNOWN,
            newer_than_known=version > NEWEST_KNOWN,
            version=version,
        )


EITHER_RELEASE: Final = Release(old_rules=True, new_rules=True)


def release_from_info(info: ValidationInfo) -> Release:
    """The release that this validation was started with (`model_validate(..., context=Release)`)."""
    return info.context if isinstance(info.context, Release) else EITHER_RELEASE
