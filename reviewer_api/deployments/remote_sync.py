"""Keeps the copy at AUTOMATIONS_REMOTE up to date, beside everything else: its failures never hold up a deployment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import Final

from automations.git.remote import RemoteSyncResult, sync_with_remote
from automations.git.repository import Repository
from schemas.errors import NightshiftError

ASK_EVERY: Final = timedelta(seconds=60)
"""How often the copy is asked for a main that went on, while nothing moves here."""
WORST_WAIT: Final = timedelta(minutes=15)

log = logging.getLogger(__name__)


class Mirror:
    """`url` "": there is none, and nothing is done. `trouble` says what is wrong with it, "" where all is copied."""

    def __init__(self, repository: Repository, url: str) -> None:
        self._repository, self._url = repository, url
        self.trouble = ""
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        if self._url:
            self._task = asyncio.create_task(self._forever())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def moved(self) -> None:
        """Something moved here: copy it soon."""
        self._moved.set()

    async def once(self) -> RemoteSyncResult:
        try:
            done = await asyncio.to_thread(sync_with_remote, self._repository, self._url)
        except NightshiftError as error:
            done = RemoteSyncResult(problem=str(error))
        if done.problem and done.problem != self.trouble:
            log.warning("the remote is not in step", extra={"why": done.problem})
        self.trouble = done.problem
        return done

    async def _forever(self) -> None:
        wait = ASK_EVERY
        while True:
            self._moved.clear()
            try:
                done = await self.once()
                wait = min(wait * 2, WORST_WAIT) if done.problem else ASK_EVERY
            except Exception:
                log.exception("the remote could not be copied to")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), wait.total_seconds())
