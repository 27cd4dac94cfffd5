"""Brings the home to main, one file at a time: write, read back, and only then move `refs/deployed/home`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from automations.deploy.deployed_chain import record_deployed
from automations.deploy.drift import unmanage
from automations.deploy.home_backup import back_up
from automations.deploy.ledger_events import append_outcome, mark_pending
from automations.deploy.plan import ChangeType, Limits, PlannedChange
from automations.deploy.sync_state import SyncState, read_state
from automations.deploy.write_change import write_change
from automations.git.author import BOT, GitAuthor
from automations.git.merge import find_last_commit, revert
from automations.git.repository import Repository
from automations.git.sync_ledgers import sync_ledgers
from automations.home_assistant.home_api import AutomationStore
from schemas.errors import NightshiftError, Refused, StaleError, Unauthorized, Unreachable
from schemas.suggestions import LedgerEvent

DeployOutcome = Literal["deployed", "removed", "settled", "pending", "refused"]
_OUTCOMES: Final[Mapping[ChangeType, DeployOutcome]] = {
    ChangeType.CREATE: "deployed",
    ChangeType.UPDATE: "deployed",
    ChangeType.DELETE: "removed",
    ChangeType.RECORD_ONLY: "settled",
}
_LEDGER_EVENTS: Final[Mapping[DeployOutcome, LedgerEvent]] = {
    "pending": LedgerEvent.PENDING,
    "refused": LedgerEvent.REFUSED,
}


@dataclass(frozen=True)
class ChangeResult:
    """The outcome of one change."""

    change: PlannedChange
    outcome: DeployOutcome
    main: str
    why: str = ""
    revert_commit: str = ""
    """The automatic revert commit, where the home refused an approved merge."""


@dataclass(frozen=True)
class ReconcileResult:
    """One round: what was done, and why the rest waits ("": nothing does; without `plan_hash` no yes helps)."""

    results: Sequence[ChangeResult]
    hold_reason: str = ""
    plan_hash: str = ""
    unreachable_reason: str = ""
    """Why the home could not be reached; everything is pending then."""


class Deployer:
    """Reconciles one home with one repository; several at once do no harm: each step compares before it writes."""

    def __init__(
        self,
        repository: Repository,
        home_api: AutomationStore,
        limits: Limits,
        pause_reason: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self.repository, self.home_api, self.limits = repository, home_api, limits
        self._pause_reason, self._clock = pause_reason, clock
        self.refusals: dict[str, str] = {}
        """Blob to the home's error message: the same file is not tried again and again."""
        self._lock = asyncio.Lock()

    async def read_state(self) -> SyncState:
        return await read_state(self.repository, self.home_api, self.limits)

    async def reconcile(self, confirmed_plan_hash: str = "") -> ReconcileResult:
        """Do what the plan says, as far as the limits allow; `confirmed_plan_hash`: a plan that a person confirmed.

        A home that cannot be reached leaves everything pending, with its reason.
        """
        async with self._lock:
            await self._sync_ledgers()
            if why := self._pause_reason():
                return ReconcileResult((), why)
            try:
                result = await self._reconcile(confirmed_plan_hash)
            except (Unreachable, Unauthorized) as error:
                await asyncio.to_thread(mark_pending, self.repository, str(error), self._clock())
                return ReconcileResult((), unreachable_reason=str(error))
            if result.results:
                await self._sync_ledgers()
            return result

    async def apply(self, change: PlannedChange, state: SyncState) -> list[ChangeResult]:
        """Apply a change that a person requested; a home that was never written to is backed up before."""
        async with self._lock:
            if not state.git.backed_up:
                await asyncio.to_thread(back_up, self.repository, self.home_api.name, state.live, self._clock())
            results = await self._apply([change], state.git.desired.commit)
            await self._sync_ledgers()
            return results

    async def unmanage(self, automation_id: str, who: GitAuthor) -> str:
        """Unmanage one automation and append to its ledger; the commit.

        Raises InputError where it is not managed here, Unreachable or Unauthorized where the home cannot be read, and
        StaleError where main moved meanwhile; nothing is changed then.
        """
        async with self._lock:
            state = await self.read_state()
            commit = await asyncio.to_thread(unmanage, self.repository, state, automation_id, who, self._clock())
            await self._sync_ledgers()
            return commit

    async def _reconcile(self, confirmed_plan_hash: str) -> ReconcileResult:
        state = await self.read_state()
        changes = [c for c in state.changes if not (c.after and c.after.blob in self.refusals)]
        if not changes:
            return ReconcileResult(())
        if state.hold_reason and (state.git.main_replaced or confirmed_plan_hash != state.plan_hash):
            return ReconcileResult((), state.hold_reason, state.plan_hash)
        await self.home_api.wait_until_ready()
        if not state.git.backed_up and any(c.change_type is not ChangeType.RECORD_ONLY for c in changes):
            await asyncio.to_thread(back_up, self.repository, self.home_api.name, state.live, self._clock())
        return ReconcileResult(await self._apply(changes, state.git.desired.commit))

    async def _apply(self, changes: Sequence[PlannedChange], main: str) -> list[ChangeResult]:
        """One after another; the first that must wait, for the home or the end of a pause, stops the rest."""
        results: list[ChangeResult] = []
        for change in changes:
            why = self._pause_reason()
            results.append(ChangeResult(change, "pending", main, why) if why else await self._apply_one(change, main))
            await asyncio.to_thread(self._write_to_ledger, results[-1])
            if results[-1].outcome == "pending":
                break
        return results

    async def _sync_ledgers(self) -> None:
        await asyncio.to_thread(sync_ledgers, self.repository, self.home_api.name, self._clock())

    async def _apply_one(self, change: PlannedChange, main: str) -> ChangeResult:
        try:
            await write_change(self.home_api, change)
            await asyncio.to_thread(record_deployed, self.repository, change, main, self.home_api.name, self._clock())
            if change.change_type is ChangeType.CREATE:
                await self._add_label(change.automation_id)
        except Refused as error:
            return await asyncio.to_thread(self._handle_refusal, change, main, str(error))
        except (Unreachable, Unauthorized, StaleError) as error:
            return ChangeResult(change, "pending", main, str(error))
        return ChangeResult(change, _OUTCOMES[change.change_type], main)

    async def _add_label(self, automation_id: str) -> None:
        """The label is for people to see; an automation without it works as well."""
        with suppress(NightshiftError):
            await self.home_api.add_label(automation_id)

    def _handle_refusal(self, change: PlannedChange, main: str, refusal: str) -> ChangeResult:
        """The home refused: an approved merge is reverted, with the reason; what a person pushed by hand stays."""
        if change.after:
            self.refusals[change.after.blob] = refusal
        last_commit = find_last_commit(self.repository, change.path)
        if last_commit is None or "Approved-By" not in last_commit.trailers:
            return ChangeResult(change, "refused", main, refusal)
        revert_commit = revert(
            self.repository, change.path, BOT, self._clock(), f"Home Assistant refused it: {refusal}"
        )
        return ChangeResult(change, "refused", main, refusal, revert_commit)

    def _write_to_ledger(self, result: ChangeResult) -> None:
        """`sync_ledgers` appends all that the refs show."""
        event = _LEDGER_EVENTS.get(result.outcome)
        if event:
            append_outcome(self.repository, result.change.automation_id, event, result.why, self._clock())
