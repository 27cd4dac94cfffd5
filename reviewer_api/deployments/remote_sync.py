"""Keeps the copy at AUTOMATIONS_REMOTE up to date, beside everything else: its failures never hold up a deployment."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final

from automations.git.remote import RemoteSyncResult, sync_with_remote
from automations.git.repository import Repository
from reviewer_api.tasks.background import BackgroundTask
from schemas.errors import NightshiftError
from schemas.secrets import Secrets

POLL_INTERVAL: Final = timedelta(seconds=60)
"""How often the remote is checked for a newer main, while no ref moves here."""
MAX_BACKOFF: Final = timedelta(minutes=15)

log = logging.getLogger(__name__)


class RemoteSync:
    """`url` "": there is no remote, and nothing is done. `problem` says why it is not in step, "" where it is."""

    def __init__(self, repository: Repository, url: str, secrets: Secrets | None = None) -> None:
        self._repository, self._url, self._secrets = repository, url, secrets
        self.problem = ""
        self.task = BackgroundTask("remote", self._sync_and_wait)
        self._backoff = POLL_INTERVAL

    async def begin(self) -> None:
        if self._url:
            await self.task.begin()

    async def close(self) -> None:
        await self.task.close()

    def request_sync(self) -> None:
        """A ref moved here: push it soon."""
        self.task.wake()

    async def sync(self) -> RemoteSyncResult:
        try:
            result = await asyncio.to_thread(sync_with_remote, self._repository, self._url, self._secrets)
        except NightshiftError as error:
            result = RemoteSyncResult(problem=str(error))
        if result.problem and result.problem != self.problem:
            log.warning("the remote is not in step", extra={"why": result.problem})
        self.problem = result.problem
        return result

    async def _sync_and_wait(self) -> timedelta:
        result = await self.sync()
        self._backoff = min(self._backoff * 2, MAX_BACKOFF) if result.problem else POLL_INTERVAL
        return self._backoff
