"""How one automation on main compares with the home."""

from __future__ import annotations

from enum import StrEnum


class SyncStatus(StrEnum):
    IN_STEP = "in_step"
    GIT_AHEAD = "git_ahead"
    """Main has a change that is not deployed to the home yet."""
    EDITED_IN_HOME = "edited_in_home"
    BOTH = "both"
    """Edited in the home and on main, differently."""
    MISSING = "missing"
    """Somebody removed it in the home."""
    SUSPENDED = "suspended"
    """In step, and turned off by a person: no drift."""
    NOT_OURS = "not_ours"
    BROKEN = "broken"
    """The file on main fails its checks; the home keeps the previous version."""
    UNKNOWN = "unknown"
    """The home cannot be asked, or cannot show it."""


DRIFTED_STATUSES = frozenset({SyncStatus.EDITED_IN_HOME, SyncStatus.BOTH, SyncStatus.MISSING})
"""A person decides: adopt, restore or unmanage."""
