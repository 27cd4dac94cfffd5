"""The life of a suggestion: the events of its ledger and the states they lead to."""

from __future__ import annotations

from enum import StrEnum


class LedgerEvent(StrEnum):
    """What a ledger commit records; its trailer `Event`."""

    OBSERVED = "observed"
    PROPOSED = "proposed"
    REFRESHED = "refreshed"
    EVIDENCE = "evidence"
    HELD_BACK = "held_back"
    RELEASED = "released"
    EDITED = "edited"
    COMMENTED = "commented"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    DECLINED = "declined"
    REOPENED = "reopened"
    APPROVED = "approved"
    DEPLOYED = "deployed"
    PENDING = "pending"
    REFUSED = "refused"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    ROLLED_BACK = "rolled_back"
    UNMANAGED = "unmanaged"
    RESTORED = "restored"
    FADED = "faded"
    SUPERSEDED = "superseded"
    STALE = "stale"


class State(StrEnum):
    """Where a suggestion stands; the trailer `State` of its ledger's tip."""

    SETTLING = "settling"
    WAITING = "waiting"
    HELD_BACK = "held_back"
    OPEN = "open"
    EDITED = "edited"
    SNOOZED = "snoozed"
    STALE = "stale"
    DECLINED = "declined"
    FADED = "faded"
    SUPERSEDED = "superseded"
    APPROVED = "approved"
    PENDING = "pending"
    REFUSED = "refused"
    WATCHING = "watching"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    ROLLED_BACK = "rolled_back"
    UNMANAGED = "unmanaged"


OPEN_STATES = frozenset({State.OPEN, State.EDITED, State.STALE})
"""A person can approve, edit, snooze or decline these; they count against the open cap."""

DEPLOYED_STATES = frozenset({State.APPROVED, State.PENDING, State.WATCHING, State.HEALTHY, State.DEGRADED})
"""On main now."""


class DeclineScope(StrEnum):
    """How far a no reaches."""

    SUGGESTION = "suggestion"
    HABIT = "habit"
    DEVICE = "device"
    KIND = "kind"
