"""A cache of the home's areas, entities and services: refreshed every five minutes and after each run."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from automations.home_assistant.catalogue import HomeSnapshot
from reviewer_api.auth.home_users import HomeUsers
from reviewer_api.tasks.background import BackgroundTask
from schemas.errors import NightshiftError, Unauthorized
from schemas.home import Home

log = logging.getLogger(__name__)
REFRESH_INTERVAL: Final = timedelta(minutes=5)

FetchHome = Callable[[datetime], Awaitable[HomeSnapshot]]


class HomeCache:
    """`home` is the home as last read; where it cannot be asked, the last one stays.

    Its users are read with it, where it is a Home Assistant; None where it is not.
    """

    def __init__(
        self, home: Home, fetch: FetchHome, home_users: HomeUsers | None, clock: Callable[[], datetime]
    ) -> None:
        self.home = home
        self._fetch, self._home_users, self._clock = fetch, home_users, clock
        self._last_problem = ""
        self.task = BackgroundTask("home catalogue", self._refresh_and_wait)

    def current(self) -> Home:
        return self.home

    async def begin(self) -> None:
        await self.task.begin(await self._refresh_and_wait())

    async def close(self) -> None:
        await self.task.close()

    async def refresh(self) -> None:
        await self._refresh_and_wait()

    async def _refresh_and_wait(self) -> timedelta | None:
        """None where the home refused our token: asking on could get us banned."""
        try:
            fetched = await self._fetch(self._clock())
        except NightshiftError as error:
            self._log_new_problem(str(error))
            return None if isinstance(error, Unauthorized) else REFRESH_INTERVAL
        self._log_new_problem("; ".join(fetched.notes))
        if self._home_users:
            await self._home_users.refresh()
        if fetched.home != self.home:
            self.home = fetched.home
        return REFRESH_INTERVAL

    def _log_new_problem(self, problem: str) -> None:
        """Log a problem once, and again only when it changes."""
        if problem and problem != self._last_problem:
            log.warning("the home's catalogue is not fresh", extra={"why": problem})
        self._last_problem = problem
