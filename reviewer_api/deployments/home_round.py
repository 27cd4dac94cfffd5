"""One round at the home: read it, plan, write, read back; what was done and what drifted is a list of events."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from automations.deploy.drift import reapply
from automations.deploy.reconcile import ChangeResult, Deployer, ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.author import GitAuthor
from automations.git.refs import clear_stale_locks
from automations.git.repository import Repository
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.presenters import title_from
from reviewer_api.notify.events import ChangeApplied, DriftFound
from schemas.errors import NightshiftError
from schemas.sync_status import DRIFTED_STATUSES, SyncStatus

HOME_CHECK_INTERVAL: Final = timedelta(seconds=60)
"""How often the home is checked for drift while no ref moves."""
MIN_BACKOFF: Final = timedelta(seconds=2)
MAX_BACKOFF: Final = timedelta(minutes=10)
"""Longest wait between two tries at a home that does not answer."""


@dataclass(frozen=True)
class HomeChange:
    """What one round did, and what it found to have drifted."""

    result: ReconcileResult
    drift: Sequence[DriftFound]

    @property
    def applied(self) -> list[ChangeApplied]:
        return [applied_from(done) for done in self.result.results]


class HomeRound:
    """Everything that is asked of the home and written to it; one at a time, which whoever calls must see to."""

    def __init__(
        self, repository: Repository, deployer: Deployer, live_state: LiveState, now: Callable[[], datetime]
    ) -> None:
        self._repository, self._deployer, self._live_state, self._now = repository, deployer, live_state, now
        self._drifted: Mapping[str, SyncStatus] = {}
        """What has been told to differ already, and how."""
        self._main = ""
        """Where main was in the last round."""
        self._check_requested = False
        self._next_check = 0.0
        """In monotonic seconds: the wall clock may be set back."""
        self._backoff = MIN_BACKOFF

    def request_check(self) -> None:
        self._check_requested = True

    @property
    def wait(self) -> timedelta:
        """Until the next check for drift, or the next try at a home that did not answer."""
        return timedelta(seconds=max(0.0, self._next_check - time.monotonic()))

    async def look(self) -> SyncState:
        """Read the state now, and keep it; Unreachable or Unauthorized where the home cannot be asked."""
        try:
            state = await self._deployer.read_state()
        except NightshiftError as error:
            self._live_state.problem = str(error)
            raise
        self._live_state.keep(state, self._now())
        return state

    async def run(self, confirmed_plan: str = "") -> HomeChange:
        """Take main to the home; a home that cannot be asked leaves everything pending, with its reason."""
        self._check_requested = False  # before the check: a request during it is a new one
        await asyncio.to_thread(clear_stale_locks, self._repository)
        main = await asyncio.to_thread(self._repository.main_commit)
        change = await self._conclude(await self._deployer.reconcile(confirmed_plan))
        self._main = main
        self._schedule_next_check(change.result)
        return change

    async def run_if_due(self) -> HomeChange | None:
        """`run`, where main has moved since the last round, a check was requested, or its time has come."""
        main = await asyncio.to_thread(self._repository.main_commit)
        if main == self._main and not self._check_requested and self.wait > timedelta(0):
            return None
        self._backoff = min(self._backoff * 2, MAX_BACKOFF)  # should it be in vain; nobody waits for this one
        return await self.run()

    async def reapply(self, automation_id: str) -> HomeChange:
        """Put main's version back over what the home has; the person saw the difference."""
        state = await self.look()
        return await self._conclude(ReconcileResult(await self._deployer.apply(reapply(state, automation_id), state)))

    async def unmanage(self, automation_id: str, author: GitAuthor) -> str:
        """Let go of it, and return the commit: it leaves main and the deployed chain in one step."""
        commit = await self._deployer.unmanage(automation_id, author)
        await self._try_look()
        return commit

    async def _conclude(self, result: ReconcileResult) -> HomeChange:
        if result.unreachable_reason:
            self._live_state.problem = result.unreachable_reason
        else:
            await self._try_look()
        return HomeChange(result, self._new_drift())

    async def _try_look(self) -> None:
        with contextlib.suppress(NightshiftError):  # the page shows the problem
            await self.look()

    def _schedule_next_check(self, result: ReconcileResult) -> None:
        if self._live_state.problem or any(done.outcome == "pending" for done in result.results):
            wait = self._backoff
        else:
            self._backoff, wait = MIN_BACKOFF, HOME_CHECK_INTERVAL
        self._next_check = time.monotonic() + wait.total_seconds()

    def _new_drift(self) -> list[DriftFound]:
        """What drifted since the last round: each once until it is in step again."""
        state = self._live_state.last
        if state is None:
            return []
        before, self._drifted = self._drifted, drifted(state)
        return [
            DriftFound(key, title_from(key, state), status)
            for key, status in self._drifted.items()
            if before.get(key) is not status
        ]


def drifted(state: SyncState) -> dict[str, SyncStatus]:
    """Each automation that the home has otherwise than main, and how."""
    return {key: status.sync_status for key, status in state.statuses.items() if status.sync_status in DRIFTED_STATUSES}


def applied_from(done: ChangeResult) -> ChangeApplied:
    change, version = done.change, done.change.after or done.change.before
    title = str(version.config.get("alias", change.automation_id)) if version else change.automation_id
    return ChangeApplied(change.automation_id, title, change.change_type.value, done.outcome, done.why, done.main)
