"""What the service knows of the home: asked now and then, used often."""

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
EVERY: Final = timedelta(minutes=5)

AskHome = Callable[[datetime], Awaitable[HomeSnapshot]]


class Known:
    """`home` is the home as last told; where it cannot be asked, what was known stays."""

    def __init__(self, home: Home, ask: AskHome, clock: Callable[[], datetime]) -> None:
        self.home = home
        self._ask, self._clock = ask, clock
        self._changed: Callable[[Home], None] = lambda _: None
        self._also: list[Callable[[], Awaitable[None]]] = []
        self._trouble = ""
        self._locked_out = False
        """The home refused our token: asking on could get us banned."""
        self._task: asyncio.Task[None] | None = None

    def when_changed(self, then: Callable[[Home], None]) -> None:
        self._changed = then

    def also(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Ask this of the home whenever it has answered."""
        self._also.append(refresh)

    async def begin(self) -> None:
        await self.refresh()
        self._task = asyncio.create_task(self._forever())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> None:
        try:
            known = await self._ask(self._clock())
        except NightshiftError as error:
            self._locked_out = isinstance(error, Unauthorized)
            self._say(str(error))
            return
        self._say("; ".join(known.notes))
        for refresh in self._also:
            await refresh()
        if known.home != self.home:
            self.home = known.home
            self._changed(self.home)

    async def after_night(self, _run: Run) -> None:
        """The night asked the home too, and what it drafted speaks of the home as it is now."""
        await self.refresh()

    async def _forever(self) -> None:
        while not self._locked_out:
            await asyncio.sleep(EVERY.total_seconds())
            await self.refresh()

    def _say(self, trouble: str) -> None:
        """Once, and again only when it is another one."""
        if trouble and trouble != self._trouble:
            log.warning("the home's catalogue is not fresh", extra={"why": trouble})
        self._trouble = trouble
