"""A cache of the home's areas, entities and services: refreshed every five minutes and after each run."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from automations.home_assistant.catalogue import HomeSnapshot
from reviewer_api.diary.runs import Run
from schemas.errors import NightshiftError, Unauthorized
from schemas.home import Home

log = logging.getLogger(__name__)
REFRESH_INTERVAL: Final = timedelta(minutes=5)

FetchHome = Callable[[datetime], Awaitable[HomeSnapshot]]


class HomeCache:
    """`home` is the home as last read; where it cannot be asked, the last one stays."""

    def __init__(self, home: Home, fetch: FetchHome, clock: Callable[[], datetime]) -> None:
        self.home = home
        self._fetch, self._clock = fetch, clock
        self._change_listener: Callable[[Home], None] = lambda _: None
        self._refreshers: list[Callable[[], Awaitable[None]]] = []
        self._last_problem = ""
        self._unauthorized = False
        """The home refused our token: asking on could get us banned."""
        self._task: asyncio.Task[None] | None = None

    def on_changed(self, listener: Callable[[Home], None]) -> None:
        self._change_listener = listener

    def add_refresher(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Run `refresh` after each successful read of the home."""
        self._refreshers.append(refresh)

    async def begin(self) -> None:
        await self.refresh()
        self._task = asyncio.create_task(self._run_loop())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> None:
        try:
            fetched = await self._fetch(self._clock())
        except NightshiftError as error:
            self._unauthorized = isinstance(error, Unauthorized)
            self._log_new_problem(str(error))
            return
        self._log_new_problem("; ".join(fetched.notes))
        for refresh in self._refreshers:
            await refresh()
        if fetched.home != self.home:
            self.home = fetched.home
            self._change_listener(self.home)

    async def handle_run_ended(self, _run: Run) -> None:
        """The run read the home too, and its drafts refer to the home as it is now."""
        await self.refresh()

    async def _run_loop(self) -> None:
        while not self._unauthorized:
            await asyncio.sleep(REFRESH_INTERVAL.total_seconds())
            await self.refresh()

    def _log_new_problem(self, problem: str) -> None:
        """Log a problem once, and again only when it changes."""
        if problem and problem != self._last_problem:
            log.warning("the home's catalogue is not fresh", extra={"why": problem})
        self._last_problem = problem
