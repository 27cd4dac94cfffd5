"""What follows a run, whoever started it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from automations.git.refs import pack_objects
from automations.git.repository import Repository
from reviewer_api.auth.sessions import Auth
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.diary import Diary
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.review.home_cache import HomeCache
from reviewer_api.tasks.background import BackgroundTask

DIARY_RETENTION: Final = timedelta(days=365)
"""A year of nights is about 20 MB."""
POLL_INTERVAL: Final = timedelta(seconds=2)

log = logging.getLogger(__name__)


class AfterNight:
    """Takes each run that ended, in a task of its own: none of it holds up the next run."""

    def __init__(
        self,
        nightly_runner: NightlyRunner,
        home_cache: HomeCache,
        reconciler: Reconciler,
        repository: Repository,
        diary: Diary,
        auth: Auth,
        now: Callable[[], datetime],
    ) -> None:
        self._ended = nightly_runner.ended
        self._home_cache, self._reconciler, self._repository = home_cache, reconciler, repository
        self._diary, self._auth, self._now = diary, auth, now
        self.task = BackgroundTask("after the night", self._follow_up)

    async def caught_up(self) -> None:
        """Wait until what follows the runs that have ended is done, or has failed: then its task goes on trying."""
        try:
            await self.task.next_step()
        except Exception as error:
            log.info("what follows a run is late", extra={"why": str(error)})

    async def _follow_up(self) -> timedelta:
        while self._ended:
            # Before the index: the drafts refer to the home as it is now, and the board names its areas.
            await self._home_cache.refresh()
            await self._reconciler.night_ended(self._ended[0])
            self._ended.popleft()
            await asyncio.to_thread(pack_objects, self._repository)
            await self._diary.delete_before(self._now() - DIARY_RETENTION)
            await self._auth.load(self._now())  # and forget the sessions that have expired
        return POLL_INTERVAL
