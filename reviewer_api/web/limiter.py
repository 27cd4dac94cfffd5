"""Rate limits for requests and sign-ins."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter


@dataclass(frozen=True)
class Rates:
    """As "600/minute". `requests` counts for each caller, `sign_ins` (and wrong tokens) for each address."""

    requests: str = "1200/minute"
    sign_ins: str = "10/minute"


class Limiter:
    """In the event loop: the library's other storage starts a thread for almost every request.

    The library's windows end by the wall clock. Here each window has a key of its own, numbered by the monotonic clock:
    a wall clock that is set back must lock nobody out. `clock` tells its seconds.
    """

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows = FixedWindowRateLimiter(MemoryStorage())
        self._requests = parse(rates.requests)
        self._sign_ins = parse(rates.sign_ins)

    async def count_request(self, caller_key: str) -> int:
        """Count one request; seconds to wait, 0 where it is fine."""
        number, seconds_left = self._current_window(self._requests)
        return 0 if await self._windows.hit(self._requests, "request", caller_key, number) else seconds_left

    async def count_sign_in(self, address: str) -> int:
        """Count one try to sign in; seconds to wait, 0 where it is fine."""
        number, seconds_left = self._current_window(self._sign_ins)
        return 0 if await self._windows.hit(self._sign_ins, "sign-in", address, number) else seconds_left

    async def sign_in_wait_seconds(self, address: str) -> int:
        """Seconds until that address may try to sign in again, 0 where it may now; counts nothing."""
        number, seconds_left = self._current_window(self._sign_ins)
        return 0 if await self._windows.test(self._sign_ins, "sign-in", address, number) else seconds_left

    def _current_window(self, rate: RateLimitItem) -> tuple[str, int]:
        """The number of the present window, and the seconds that are left of it, rounded up."""
        length = rate.get_expiry()
        number, elapsed = divmod(self._clock(), length)
        return str(int(number)), max(1, ceil(length - elapsed))
