"""Waiting for what another task, process or machine does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object]) -> None:
    """TimeoutError where it is not so within twenty seconds."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.02)
