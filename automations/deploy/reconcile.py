"""Brings the home to main, one file at a time: write, read back, and only then move `refs/deployed/home`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from automations.config.yaml import encode, equivalent
from automations.deploy.drift import unmanage
from automations.deploy.plan import ChangeType, Limits, PlannedChange
from automations.deploy.sync_state import SyncState, read_state
from automations.git.author import BOT, GitAuthor
from automations.git.ledger import read_latest_entries, read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.lifecycle import legal_events
from automations.git.merge import MAX_ATTEMPTS, append_event, find_last_commit, revert
from automations.git.naming import BACKUP_PREFIX, DEPLOYED_REF, commit_message
from automations.git.repository import NULL_SHA, RefUpdate, Repository
from automations.git.sync_ledgers import sync_ledgers
from automations.home_assistant.home_api import HomeApi, LiveAutomation
from schemas.errors import NightshiftError, Refused, StaleError, Unauthorized, Unreachable
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent, State

DeployOutcome = Literal["deployed", "removed", "settled", "pending", "refused"]


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
        home_api: HomeApi,
        limits: Limits,
        pause_reason: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self.repository, self.home_api, self.limits = repository, home_api, limits
        self._pause_reason, self._clock = pause_reason, clock
        self._refusals: dict[str, str] = {}
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
                await asyncio.to_thread(self._mark_pending, str(error))
                return ReconcileResult((), unreachable_reason=str(error))
            if result.results:
                await self._sync_ledgers()
            return result

    async def apply(self, change: PlannedChange, state: SyncState) -> list[ChangeResult]:
        """Apply a change that a person requested; a home that was never written to is backed up before."""
        async with self._lock:
            if not state.git.backed_up:
                await asyncio.to_thread(self._back_up, state.live)
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
        changes = [c for c in state.changes if not (c.after and c.after.blob in self._refusals)]
        if not changes:
            return ReconcileResult(())
        if state.hold_reason and (state.git.main_replaced or confirmed_plan_hash != state.plan_hash):
            return ReconcileResult((), state.hold_reason, state.plan_hash)
        await self.home_api.wait_until_ready()
        if not state.git.backed_up and any(c.change_type is not ChangeType.RECORD_ONLY for c in changes):
            await asyncio.to_thread(self._back_up, state.live)
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
        await asyncio.to_thread(lambda: sync_ledgers(self.repository, self.home_api.name, self._clock()))

    async def _apply_one(self, change: PlannedChange, main: str) -> ChangeResult:
        try:
            await self._write(change)
            await asyncio.to_thread(self._advance_deployed_ref, change, main)
            if change.change_type is ChangeType.CREATE:
                await self._add_label(change.automation_id)
        except Refused as error:
            return await asyncio.to_thread(self._handle_refusal, change, main, str(error))
        except (Unreachable, Unauthorized, StaleError) as error:
            return ChangeResult(change, "pending", main, str(error))
        outcomes: dict[ChangeType, DeployOutcome] = {ChangeType.DELETE: "removed", ChangeType.RECORD_ONLY: "settled"}
        return ChangeResult(change, outcomes.get(change.change_type, "deployed"), main)

    async def _write(self, change: PlannedChange) -> None:
        """Only over `expected_live`; what is there already is not written: a rewrite stops a running automation."""
        key, desired = change.automation_id, change.after.config if change.after else None
        if change.change_type is ChangeType.RECORD_ONLY and desired is not None:
            return
        live = await self.home_api.read(key)
        if same_or_both_absent(live, desired):
            if desired is not None:
                await self.home_api.ensure_loaded(
                    key
                )  # stored is not loaded: it, or we, may have been stopped in between
            return
        if change.change_type is ChangeType.RECORD_ONLY:
            raise Unreachable(f"{self.home_api.name} does not show {key} and keeps it in its file; look in its log.")
        if not same_or_both_absent(live, change.expected_live):
            raise StaleError(f"{key} was changed in the home meanwhile; look at it again.")
        if desired is None:
            await self.home_api.delete(key)
        else:
            await self.home_api.write(key, desired)
        if not same_or_both_absent(await self.home_api.read(key), desired):
            raise Unreachable(f"{self.home_api.name} does not hold {key} as it was written.")

    async def _add_label(self, automation_id: str) -> None:
        """The label is for people to see; an automation without it works as well."""
        with suppress(NightshiftError):
            await self.home_api.add_label(automation_id)

    def _advance_deployed_ref(self, change: PlannedChange, main: str) -> None:
        """Record in the deployed chain what the home holds now; StaleError where another process did so differently."""
        first_recorded: dict[str, str | None] | None = None
        for _ in range(MAX_ATTEMPTS):
            deployed_commit = self.repository.resolve(DEPLOYED_REF)
            base = deployed_commit if self._is_this_home(deployed_commit) else None
            blobs = self._blobs_to_record(change, base)
            recorded = {path: self.repository.blob_sha(base, path) if base else None for path in blobs}
            if first_recorded is not None and recorded == blobs:
                return  # the other process recorded the same
            if first_recorded not in (None, recorded):
                break
            first_recorded = recorded
            tree = self.repository.write_tree_from_blobs(base, blobs)
            commit = self._commit_deployed(
                tree, deployed_commit, f"{change.change_type.value.capitalize()} {change.path}", change, main
            )
            with suppress(StaleError):
                self.repository.update_refs([RefUpdate(DEPLOYED_REF, commit, deployed_commit or NULL_SHA)])
                return
        raise StaleError(f"Another process deployed {change.path} just then; the next round looks again.")

    def _blobs_to_record(self, change: PlannedChange, base: str | None) -> dict[str, str | None]:
        """What the deployed chain shall hold after this change, by path."""
        blobs: dict[str, str | None] = {}
        # A path that another automation took over meanwhile belongs to that one.
        if change.before and base and self.repository.blob_sha(base, change.before.path) == change.before.blob:
            blobs[change.before.path] = None
        if change.after:
            blobs[change.after.path] = change.after.blob
        return blobs

    def _commit_deployed(self, tree: str, parent: str | None, subject: str, change: PlannedChange, main: str) -> str:
        trailers = {
            "Main": main,
            "Automation-Id": change.automation_id,
            "Action": change.change_type,
            "Home": self.home_api.name,
        }
        return self.repository.commit(
            tree, [parent] if parent else [], commit_message(subject, "", trailers), BOT, self._clock()
        )

    def _is_this_home(self, deployed_commit: str | None) -> bool:
        if deployed_commit is None:
            return False
        return self.repository.read_trailers(deployed_commit).get("Home") == self.home_api.name

    def _back_up(self, live_automations: Mapping[str, LiveAutomation]) -> None:
        """Keep every config of the home that can be read as a commit under refs/backup/."""
        now = self._clock()
        files: dict[str, bytes | None] = {
            f"{number:04d}.yaml": encode({"id": key, **live.config}).encode()
            for number, (key, live) in enumerate(sorted(live_automations.items()))
            if live.config is not None
        }
        tree = self.repository.write_tree(None, files)
        text = commit_message(
            "Back up the home before the first change", "", {"Home": self.home_api.name, "Count": len(files)}
        )
        commit = self.repository.commit(tree, (), text, BOT, now)
        self.repository.update_refs([RefUpdate(f"{BACKUP_PREFIX}{now:%Y%m%dT%H%M%S%fZ}", commit, NULL_SHA)])

    def _handle_refusal(self, change: PlannedChange, main: str, refusal: str) -> ChangeResult:
        """The home refused: an approved merge is reverted, with the reason; what a person pushed by hand stays."""
        if change.after:
            self._refusals[change.after.blob] = refusal
        last_commit = find_last_commit(self.repository, change.path)
        if last_commit is None or "Approved-By" not in last_commit.trailers:
            return ChangeResult(change, "refused", main, refusal)
        revert_commit = revert(
            self.repository, change.path, BOT, self._clock(), f"Home Assistant refused it: {refusal}"
        )
        return ChangeResult(change, "refused", main, refusal, revert_commit)

    def _write_to_ledger(self, result: ChangeResult) -> None:
        """What the refs do not show: why it waits or was refused. `sync_ledgers` appends all else."""
        if result.outcome in ("pending", "refused"):
            latest_entry = read_latest_entry(self.repository, result.change.automation_id.removeprefix("nightshift_"))
            self._append_event(
                latest_entry, LedgerEvent.PENDING if result.outcome == "pending" else LedgerEvent.REFUSED, result.why
            )

    def _mark_pending(self, why: str) -> None:
        for latest_entry in read_latest_entries(self.repository).values():
            if latest_entry.state is State.APPROVED:
                self._append_event(latest_entry, LedgerEvent.PENDING, why)

    def _append_event(self, latest_entry: LedgerEntry | None, event: LedgerEvent, why: str) -> None:
        """Once: for a suggestion that is pending already nothing is appended again."""
        if (
            latest_entry is None
            or event not in legal_events(latest_entry.state)
            or (event is LedgerEvent.PENDING and latest_entry.state is State.PENDING)
        ):
            return
        with suppress(StaleError):  # somebody else wrote into it just now; the next round looks again
            append_event(self.repository, latest_entry, event, why, self._clock())


def same_or_both_absent(first: AutomationConfig | None, second: AutomationConfig | None) -> bool:
    """Whether both mean the same; None equals only None."""
    return first is second is None or (first is not None and second is not None and equivalent(first, second))
