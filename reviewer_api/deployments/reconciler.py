"""Watches the refs and the home: what moved is shown, told and deployed, whoever moved it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from automations.git.ledger import LedgerEntry, read_entries_since, read_latest_entries
from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF, LEDGER_PREFIX
from automations.git.pushes import detect_pushes
from automations.git.refs import clear_stale_locks, list_refs, pack_objects
from automations.git.repository import MAIN_REF, Repository
from reviewer_api.deployments.remote_sync import Mirror
from reviewer_api.deployments.service import Deployed
from reviewer_api.diary import Diary
from reviewer_api.diary.runs import Run
from reviewer_api.review.history_cache import Past
from reviewer_api.review.presenters import row_from
from schemas.errors import NightshiftError
from schemas.home import Home

LOOK_EVERY = timedelta(seconds=2)
AFTER_FAILURE = timedelta(seconds=10)
HOME_EVERY = timedelta(seconds=60)
"""How often the home is asked for drift while nothing moves here."""
DIARY_KEEPS = timedelta(days=365)
"""A year of nights is about 20 MB."""
WORST_WAIT = timedelta(minutes=10)
"""Between two tries at a home that does not answer."""

log = logging.getLogger(__name__)

Tell = Callable[[LedgerEntry], Awaitable[None]]
"""Hears each event of a suggestion once."""


class Watch:
    """One round compares the refs with the last round's; `begin` runs a round every two seconds."""

    def __init__(
        self,
        repository: Repository,
        deployed: Deployed,
        diary: Diary,
        past: Past,
        home: Callable[[], Home],
        now: Callable[[], datetime],
        tell: Tell,
        mirror: Mirror,
    ) -> None:
        self._repository, self._deployed, self._diary, self._past = repository, deployed, diary, past
        self._home, self._now, self._tell, self.mirror = home, now, tell, mirror
        self._refs: dict[str, str] = {}
        self._main = ""
        self._next_home = 0.0
        """In monotonic seconds: the wall clock may be set back."""
        self._look_soon = False
        self._wait = LOOK_EVERY
        self._refreshing, self._at_home = asyncio.Lock(), asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._announce = True
        self._also: list[Callable[[], Awaitable[None]]] = []

    def also(self, then: Callable[[], Awaitable[None]]) -> None:
        """Do this in every round, before the home is looked at."""
        self._also.append(then)

    async def begin(self) -> None:
        """Fill the board from git; what was there before a fresh diary is no news."""
        self._announce = not self._diary.fresh
        await self.refresh()
        self._announce = True
        self._task = asyncio.create_task(self._forever())
        await self.mirror.begin()

    async def close(self) -> None:
        await self.mirror.close()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def after_night(self, _run: Run) -> None:
        """The night left its suggestions in git; show them at once, then tidy up."""
        await self.refresh()
        await asyncio.to_thread(pack_objects, self._repository)
        await self._diary.forget_before(self._now() - DIARY_KEEPS)

    def look_at_home_soon(self) -> None:
        """In the next round, whenever the last look was: the home has just come back."""
        self._look_soon = True

    async def refresh(self) -> None:
        """Bring the board to what the ledgers say now."""
        async with self._refreshing:
            await self._refresh()

    async def round(self) -> None:
        """One look at the refs, and at the home where its time has come; a slow home holds up nobody else."""
        self._past.let_go()
        for then in self._also:
            await then()
        await self.refresh()
        async with self._at_home:
            main = self._refs[MAIN_REF]
            if main != self._main or self._look_soon or time.monotonic() >= self._next_home:
                self._look_soon = False  # before the look: what is asked for during it is another one
                await self._go_to_home(main)

    async def _forever(self) -> None:
        while True:
            wait = LOOK_EVERY
            try:
                await self.round()
            except NightshiftError as error:
                wait = AFTER_FAILURE
                log.warning("round failed", extra={"why": str(error)})
            except Exception:
                # Whatever it is (a full disk, a broken diary), the watch must be there when it is mended.
                wait = AFTER_FAILURE
                log.exception("round failed")
            await asyncio.sleep(wait.total_seconds())

    async def _refresh(self) -> None:
        refs = await asyncio.to_thread(
            list_refs, self._repository, MAIN_REF, BRANCH_PREFIX, LEDGER_PREFIX, DEPLOYED_REF
        )
        if refs == self._refs:
            return
        self.mirror.moved()
        moved = {ref: sha for ref, sha in refs.items() if ref.startswith(BRANCH_PREFIX) and self._refs.get(ref) != sha}
        if moved:
            await asyncio.to_thread(detect_pushes, self._repository, moved, self._now())
            refs = await asyncio.to_thread(
                list_refs, self._repository, MAIN_REF, BRANCH_PREFIX, LEDGER_PREFIX, DEPLOYED_REF
            )
        await self._fill_board()
        self._refs = refs

    async def _fill_board(self) -> None:
        found = await asyncio.to_thread(read_latest_entries, self._repository)
        known = await self._diary.board.tips()
        home = self._home()
        for habit_id in known.keys() - found.keys():
            await self._diary.board.forget(habit_id)
        for habit_id, entry in found.items():
            if known.get(habit_id) == entry.sha:
                continue
            await self._diary.board.put(row_from(entry, home), entry.sha)
            if self._announce:
                for news in await asyncio.to_thread(read_entries_since, self._repository, entry, known.get(habit_id)):
                    await self._tell(news)

    async def _go_to_home(self, main: str) -> None:
        await asyncio.to_thread(clear_stale_locks, self._repository)
        result = await self._deployed.reconcile()
        waiting = self._deployed.trouble or any(done.outcome == "pending" for done in result.results)
        self._wait = min(self._wait * 2, WORST_WAIT) if waiting else LOOK_EVERY
        self._next_home = time.monotonic() + (self._wait if waiting else HOME_EVERY).total_seconds()
        self._main = main
        await self._diary.facts.put("held_plan", result.plan_hash)
        await self.refresh()
