"""Answers made a moment ago, for questions that come again at once: an open page asks every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable

KEPT_SECONDS = 5.0
MOST = 64


class ShortMemory:
    """Each answer is made once however many ask meanwhile; what is decided never rests on it."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[float, asyncio.Task[bytes]]] = {}

    async def answer(self, question: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer to `question`, which names everything that could change it sooner than in seconds."""
        now = asyncio.get_running_loop().time()
        made, task = self._made.get(question, (0.0, None))
        if task is None or now - made > KEPT_SECONDS:
            if len(self._made) >= MOST:
                self._made.clear()
            task = asyncio.ensure_future(_of(make))
            self._made[question] = (now, task)
        try:
            # Shielded: one who goes away must not take the answer from the others.
            return await asyncio.shield(task)
        except Exception:
            self._made.pop(question, None)
            raise


async def _of(make: Callable[[], Awaitable[bytes]]) -> bytes:
    return await make()
