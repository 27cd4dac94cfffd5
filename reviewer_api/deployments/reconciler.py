"""The one door to the home: looks, plans, writes and tells. Whoever moves git waits here for what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from automations.deploy.reconcile import Deployer, ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.author import GitAuthor
from automations.git.repository import Repository
from reviewer_api.deployments.home_round import HomeChange, HomeRound
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.outcome import outcome_of
from reviewer_api.deployments.presenters import result_from
from reviewer_api.deployments.refs_round import RefsRound
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.diary import Diary
from reviewer_api.diary.runs import Run
from reviewer_api.models.automations import DeployResult
from reviewer_api.notify.announcer import Announcer
from reviewer_api.notify.events import NightEnded
from reviewer_api.tasks.background import BackgroundTask
from reviewer_api.tasks.turns import Turns
from schemas.home import Home

POLL_INTERVAL: Final = timedelta(seconds=2)


class Reconciler:
    """Two tasks, so that a slow home holds up nothing else: rounds over the refs, and rounds at the home.

    Both run by themselves, and at once when somebody waits for one; who comes together shares a round.
    """

    def __init__(
        self,
        repository: Repository,
        deployer: Deployer,
        live_state: LiveState,
        diary: Diary,
        home: Callable[[], Home],
        announcer: Announcer,
        remote_sync: RemoteSync,
        now: Callable[[], datetime],
    ) -> None:
        self._repository, self._deployer, self._live_state = repository, deployer, live_state
        self._diary, self._announcer, self._remote_sync, self._now = diary, announcer, remote_sync, now
        self._refs_round = RefsRound(repository, diary.board, home, now)
        self._home_round = HomeRound(repository, deployer, live_state, now)
        self.refs_task = BackgroundTask("refs", self._follow_refs)
        self.home_task = BackgroundTask("home", self._follow_home)
        self._turns = Turns(self.home_task.wake)

    async def begin(self) -> None:
        """Fill the board from git and start the rounds; events from before a new diary are not told."""
        found = await self._refs_round.run()
        if not self._diary.is_new:
            self._announcer.tell(found.events)
        await self.refs_task.begin(POLL_INTERVAL)
        await self.home_task.begin()

    async def close(self) -> None:
        await self.home_task.close()
        self._turns.close()
        await self.refs_task.close()

    # --- waiting for what becomes of it -----------------------------------------------------

    async def indexed(self) -> None:
        """Wait until the board shows all that git holds now."""
        await self.refs_task.next_step()

    async def settled(self, commit: str) -> DeployResult:
        """Wait for a round that knows of this commit on main, and say what became of it in the home."""
        result = await self._turns.hand_in(self._run_home_round)
        return await asyncio.to_thread(
            outcome_of, commit, result, self._repository, self._deployer.refusals, self._live_state.last
        )

    async def confirm(self, plan_hash: str) -> DeployResult:
        """A person's yes to exactly this held plan."""
        return result_from(await self._turns.hand_in(partial(self._run_home_round, plan_hash)), None)

    async def reapply(self, automation_id: str) -> DeployResult:
        """A person's yes to putting main's version back over what the home has."""
        return result_from(await self._turns.hand_in(partial(self._reapply, automation_id)), None)

    async def unmanage(self, automation_id: str, author: GitAuthor) -> str:
        """Let go of an automation; the commit."""
        commit = await self._turns.hand_in(partial(self._home_round.unmanage, automation_id, author))
        await self.indexed()
        return commit

    async def look(self) -> SyncState:
        """The state of the home now; Unreachable or Unauthorized where it cannot be asked."""
        return await self._turns.hand_in(self._home_round.look)

    async def night_ended(self, run: Run) -> None:
        """A run left its suggestions in git: wait until they are on the board, and tell of the run behind them."""
        await self.indexed()
        self._announcer.tell([NightEnded(run)])

    def request_home_check(self) -> None:
        """Check the home in the next round, however recent the last check: what it waited for is over."""
        self._home_round.request_check()
        self.home_task.wake()

    # --- rounds -----------------------------------------------------------------------------------

    async def run_round(self) -> None:
        """One whole round: the refs, and the home where it is due."""
        await self.refs_task.run_step()
        await self.home_task.run_step()

    async def _follow_refs(self) -> timedelta:
        found = await self._refs_round.run()
        if found.moved:
            self._remote_sync.request_sync()
            self.home_task.wake()
        self._announcer.tell(found.events)
        return POLL_INTERVAL

    async def _follow_home(self) -> timedelta:
        await self._turns.take()
        if change := await self._home_round.run_if_due():
            await self._conclude_round(change)
        return self._home_round.wait

    async def _run_home_round(self, confirmed_plan: str = "") -> ReconcileResult:
        return await self._conclude_round(await self._home_round.run(confirmed_plan))

    async def _reapply(self, automation_id: str) -> ReconcileResult:
        return await self._conclude(await self._home_round.reapply(automation_id))

    async def _conclude_round(self, change: HomeChange) -> ReconcileResult:
        await self._diary.key_values.put("held_plan", change.result.plan_hash)
        return await self._conclude(change)

    async def _conclude(self, change: HomeChange) -> ReconcileResult:
        """Tell what was done, and bring the board up to date with what it wrote to the ledgers."""
        self._announcer.tell([*change.applied, *change.drift])
        for done in change.applied:
            await self._diary.deployments.add(
                self._now(), done.automation_id, done.title, done.action, done.outcome, done.why, done.main
            )
        await self.refs_task.run_step()
        return change.result
