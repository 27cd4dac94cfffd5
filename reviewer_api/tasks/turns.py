"""Work that many hand in and one task does, one piece after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")
Work = Callable[[], Awaitable[Result]]


@dataclass(frozen=True)
class _Turn:
    work: Work[Any]
    answer: asyncio.Future[Any]


class Turns:
    """`hand_in` waits for the answer; `take` does all that waits. Who hands in and goes away stops no work."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        """Wakes the task that takes."""
        self._waiting: deque[_Turn] = deque()

    async def hand_in(self, work: Work[Result]) -> Result:
        """The result of `work`, or what it raises. The same method that waits already is done once for all who wait."""
        turn = next((one for one in self._waiting if one.work == work), None)
        if turn is None:
            turn = _Turn(work, asyncio.get_running_loop().create_future())
            self._waiting.append(turn)
            self._wake()
        result: Result = await asyncio.shield(turn.answer)
        return result

    async def take(self) -> None:
        """Do what was handed in, first come, first served."""
        while self._waiting:
            turn = self._waiting.popleft()
            try:
                turn.answer.set_result(await turn.work())
            except Exception as error:
                turn.answer.set_exception(error)
                turn.answer.exception()  # retrieved, also where everybody who waited has gone
            except BaseException:
                turn.answer.cancel()
                raise

    def close(self) -> None:
        """Nothing is taken any more: cancel whoever waits."""
        while self._waiting:
            self._waiting.popleft().answer.cancel()
