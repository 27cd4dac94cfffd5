"""A task in the background: one step again and again, whatever becomes of it, until the service ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from schemas.errors import NightshiftError

RETRY_DELAY: Final = timedelta(seconds=10)
"""Between a step that failed and the next."""
AT_ONCE: Final = timedelta(0)

log = logging.getLogger(__name__)

Pause = timedelta | None
"""How long to wait for the next step; None: until the task is woken."""


class BackgroundTask:
    """Runs `step`, one at a time. A step that fails is logged under the task's name, and tried again."""

    def __init__(self, name: str, step: Callable[[], Awaitable[Pause]]) -> None:
        self.name = name
        self.problem = ""
        """Why the last step failed; "" where it did not."""
        self._step = step
        self._lock = asyncio.Lock()
        self._woken = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    async def begin(self, after: Pause = AT_ONCE) -> None:
        """Start running; the first step comes `after` that long."""
        self._task = asyncio.create_task(self._run(after), name=self.name)

    async def close(self) -> None:
        """Cancel the step under way; whoever waits for one is cancelled with it."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for waiting in self._waiting:
            waiting.cancel()

    def wake(self) -> None:
        """Run the next step without waiting for its time."""
        self._woken.set()

    async def next_step(self) -> None:
        """Wait for a whole step that begins from now on; raises what it raises."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self.wake()
        await done

    async def run_step(self) -> Pause:
        """Run one step now, after the one that may be under way."""
        async with self._lock:
            waiting, self._waiting = self._waiting, []
            self._woken.clear()  # before the step: what wakes it meanwhile asks for another
            try:
                pause = await self._step()
            except BaseException as error:
                self.problem = f"{type(error).__name__}: {error}"
                _end(waiting, error)
                raise
            self.problem = ""
            _end(waiting, None)
            return pause

    async def _run(self, pause: Pause) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`: before Python 3.12 it loses a cancellation that comes together with the waking.
                async with asyncio.timeout(None if pause is None else pause.total_seconds()):
                    await self._woken.wait()
            pause = await self._try_step()

    async def _try_step(self) -> Pause:
        try:
            return await self.run_step()
        except NightshiftError as error:
            log.warning("a background task failed", extra={"task": self.name, "why": str(error)})
        except Exception:
            # Whatever it is (a full disk, a locked diary): the task must be running once it is mended.
            log.exception("a background task failed", extra={"task": self.name})
        return RETRY_DELAY


def _end(waiting: Sequence[asyncio.Future[None]], error: BaseException | None) -> None:
    for one in waiting:
        if one.done():  # who waited has gone
            continue
        if error is None:
            one.set_result(None)
        elif isinstance(error, Exception):
            one.set_exception(error)
        else:
            one.cancel()
