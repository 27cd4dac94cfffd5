"""Reconciles refs and home: what changed is indexed, announced and deployed, whoever changed it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from automations.git.detect_pushes import detect_pushes
from automations.git.ledger import read_entries_since, read_latest_entries
from automations.git.ledger_entry import LedgerEntry
from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF, LEDGER_PREFIX
from automations.git.refs import clear_stale_locks, list_refs, pack_objects
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.deployments.automation_service import AutomationService
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.diary import Diary
from reviewer_api.diary.runs import Run
from reviewer_api.review.history_cache import HistoryCache
from reviewer_api.review.presenters import row_from
from schemas.errors import NightshiftError
from schemas.home import Home

POLL_INTERVAL = timedelta(seconds=2)
RETRY_DELAY = timedelta(seconds=10)
HOME_CHECK_INTERVAL = timedelta(seconds=60)
"""How often the home is checked for drift while no ref moves."""
DIARY_RETENTION = timedelta(days=365)
"""A year of nights is about 20 MB."""
MAX_BACKOFF = timedelta(minutes=10)
"""Longest wait between two tries at a home that does not answer."""

log = logging.getLogger(__name__)

LedgerListener = Callable[[LedgerEntry], Awaitable[None]]
"""Called once for each event of a suggestion."""


class Reconciler:
    """One round compares the refs with the last round's; `begin` runs a round every two seconds."""

    def __init__(
        self,
        repository: Repository,
        automation_service: AutomationService,
        diary: Diary,
        history_cache: HistoryCache,
        home: Callable[[], Home],
        now: Callable[[], datetime],
        on_ledger_entry: LedgerListener,
        remote_sync: RemoteSync,
    ) -> None:
        self._repository, self._automation_service, self._diary, self._history_cache = (
            repository,
            automation_service,
            diary,
            history_cache,
        )
        self._home, self._now, self._on_ledger_entry, self.mirror = home, now, on_ledger_entry, remote_sync
        self._refs: dict[str, str] = {}
        self._reconciled_main = ""
        self._next_home_check = 0.0
        """In monotonic seconds: the wall clock may be set back."""
        self._home_check_requested = False
        self._backoff = POLL_INTERVAL
        self._refresh_lock, self._reconcile_lock = asyncio.Lock(), asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._announces = True
        self._round_tasks: list[Callable[[], Awaitable[None]]] = []

    def add_round_task(self, task: Callable[[], Awaitable[None]]) -> None:
        """Run `task` in every round, before refs and home are compared."""
        self._round_tasks.append(task)

    async def begin(self) -> None:
        """Fill the board from git and start the rounds; events from before a new diary are not announced."""
        self._announces = not self._diary.is_new
        await self.refresh()
        self._announces = True
        self._task = asyncio.create_task(self._run_loop())
        await self.mirror.begin()

    async def close(self) -> None:
        await self.mirror.close()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def handle_run_ended(self, _run: Run) -> None:
        """The run left its suggestions in git: index them at once, then pack objects and trim the diary."""
        await self.refresh()
        await asyncio.to_thread(pack_objects, self._repository)
        await self._diary.delete_before(self._now() - DIARY_RETENTION)

    def request_home_check(self) -> None:
        """Reconcile in the next round, however recent the last check: the home has just come back."""
        self._home_check_requested = True

    async def refresh(self) -> None:
        """Bring the board up to date with the ledgers."""
        async with self._refresh_lock:
            await self._refresh()

    async def run_round(self) -> None:
        """Compare the refs, and reconcile where main moved or a home check is due; a slow home blocks nothing else."""
        self._history_cache.evict_if_idle()
        for task in self._round_tasks:
            await task()
        await self.refresh()
        async with self._reconcile_lock:
            main = self._refs[MAIN_REF]
            if main != self._reconciled_main or self._home_check_requested or time.monotonic() >= self._next_home_check:
                self._home_check_requested = False  # before the check: a request during it is a new one
                await self._reconcile(main)

    async def _run_loop(self) -> None:
        while True:
            wait = POLL_INTERVAL
            try:
                await self.run_round()
            except NightshiftError as error:
                wait = RETRY_DELAY
                log.warning("round failed", extra={"why": str(error)})
            except Exception:
                # Whatever it is (a full disk, a broken diary), the reconciler must be running when it is fixed.
                wait = RETRY_DELAY
                log.exception("round failed")
            await asyncio.sleep(wait.total_seconds())

    async def _refresh(self) -> None:
        refs = await asyncio.to_thread(
            list_refs, self._repository, MAIN_REF, BRANCH_PREFIX, LEDGER_PREFIX, DEPLOYED_REF
        )
        if refs == self._refs:
            return
        self.mirror.request_sync()
        moved_branches = {
            ref: sha for ref, sha in refs.items() if ref.startswith(BRANCH_PREFIX) and self._refs.get(ref) != sha
        }
        if moved_branches:
            await asyncio.to_thread(detect_pushes, self._repository, moved_branches, self._now())
            refs = await asyncio.to_thread(
                list_refs, self._repository, MAIN_REF, BRANCH_PREFIX, LEDGER_PREFIX, DEPLOYED_REF
            )
        await self._update_board()
        self._refs = refs

    async def _update_board(self) -> None:
        ledgers = await asyncio.to_thread(read_latest_entries, self._repository)
        board_tips = await self._diary.board.tips()
        home = self._home()
        for habit_id in board_tips.keys() - ledgers.keys():
            await self._diary.board.delete(habit_id)
        for habit_id, entry in ledgers.items():
            if board_tips.get(habit_id) == entry.sha:
                continue
            await self._diary.board.save(row_from(entry, home), entry.sha)
            if self._announces:
                for event_entry in await asyncio.to_thread(
                    read_entries_since, self._repository, entry, board_tips.get(habit_id)
                ):
                    await self._on_ledger_entry(event_entry)

    async def _reconcile(self, main: str) -> None:
        await asyncio.to_thread(clear_stale_locks, self._repository)
        result = await self._automation_service.reconcile()
        is_pending = self._automation_service.home_problem or any(done.outcome == "pending" for done in result.results)
        self._backoff = min(self._backoff * 2, MAX_BACKOFF) if is_pending else POLL_INTERVAL
        self._next_home_check = (
            time.monotonic() + (self._backoff if is_pending else HOME_CHECK_INTERVAL).total_seconds()
        )
        self._reconciled_main = main
        await self._diary.key_values.put("held_plan", result.plan_hash)
        await self.refresh()
