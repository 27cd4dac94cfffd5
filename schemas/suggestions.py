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


class State(StrEnum):
    """Where a suggestion stands; the trailer `State` of its ledger's tip."""

    WAITING = "waiting"
    HELD_BACK = "held_back"
    OPEN = "open"
    EDITED = "edited"
    SNOOZED = "snoozed"
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


OPEN_STATES = frozenset({State.OPEN, State.EDITED})
"""A person can approve, edit, snooze or decline these; they count against the open cap."""


class DeclineScope(StrEnum):
    """How far a no reaches."""

    SUGGESTION = "suggestion"
    HABIT = "habit"
    DEVICE = "device"
    KIND = "kind"
