"""What a round found or did: one list of these is what board, notices and caller are told."""

from __future__ import annotations

from dataclasses import dataclass

from automations.deploy.reconcile import DeployOutcome
from automations.git.ledger_entry import LedgerEntry
from reviewer_api.diary.runs import Run
from schemas.sync_status import SyncStatus


@dataclass(frozen=True)
class SuggestionChanged:
    """An event was appended to the ledger of a suggestion, whoever did it."""

    entry: LedgerEntry


@dataclass(frozen=True)
class ChangeApplied:
    """A change was taken to the home, or was refused by it, or waits; `main` is where main was then."""

    automation_id: str
    title: str
    action: str
    outcome: DeployOutcome
    why: str
    main: str


@dataclass(frozen=True)
class DriftFound:
    """An automation differs from main since this round."""

    automation_id: str
    title: str
    drift: SyncStatus


@dataclass(frozen=True)
class NightEnded:
    run: Run


Event = SuggestionChanged | ChangeApplied | DriftFound | NightEnded
