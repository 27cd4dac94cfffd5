"""How often somebody may ask."""

from __future__ import annotations

import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter


@dataclass(frozen=True)
class Rates:
    """As "600/minute". `requests` counts for each caller, `sign_ins` (and wrong tokens) for each address."""

    requests: str = "1200/minute"
    sign_ins: str = "10/minute"


class Limiter:
    """In the event loop: the library's other storage starts a thread for almost every request."""

    def __init__(self, rates: Rates) -> None:
        self._windows = FixedWindowRateLimiter(MemoryStorage())
        self._requests = parse(rates.requests)
        self._sign_ins = parse(rates.sign_ins)

    async def request(self, who: str) -> int:
        """Count one request; seconds to wait, 0 where it is fine."""
        if await self._windows.hit(self._requests, "request", who):
            return 0
        return await self._wait(self._requests, "request", who)

    async def sign_in(self, address: str) -> int:
        """Count one try to sign in; seconds to wait, 0 where it is fine."""
        return 0 if await self._windows.hit(self._sign_ins, "sign-in", address) else await self.refused(address)

    async def refused(self, address: str) -> int:
        """Seconds until that address may try to sign in again, 0 where it may now; counts nothing."""
        if await self._windows.test(self._sign_ins, "sign-in", address):
            return 0
        return await self._wait(self._sign_ins, "sign-in", address)

    async def _wait(self, rate: RateLimitItem, *key: str) -> int:
        # The library's windows are in wall clock seconds, so this one place reads that clock too.
        stats = await self._windows.get_window_stats(rate, *key)
        return max(1, round(stats.reset_time - time.time()))
