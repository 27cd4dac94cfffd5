"""The worker that is there when somebody asks: started at the first question, ended when idle, replaced when killed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from reviewer_api.tasks.background import BackgroundTask
from reviewer_api.worker.process import WORKER, WorkerEnded, WorkerProcess
from reviewer_api.worker.protocol import Setup

IDLE_SECONDS: Final = 5 * 60
"""After the last question: it holds 80 MB and more, which the machine can use otherwise."""
IDLE_CHECK: Final = timedelta(seconds=15)

log = logging.getLogger(__name__)


class KeptWorker:
    """At most one at a time; `clock` counts seconds."""

    def __init__(
        self, setup: Setup, command: Sequence[str] = WORKER, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._setup, self._command, self._clock = setup, command, clock
        self._starting: asyncio.Task[WorkerProcess | None] | None = None
        self._last_used = clock()
        self.task = BackgroundTask("idle worker", self.end_if_idle)

    async def begin(self) -> None:
        await self.task.begin(IDLE_CHECK)

    async def close(self) -> None:
        await self.task.close()
        await self.end()

    @property
    def current(self) -> WorkerProcess | None:
        """None where none is running, or it is only starting."""
        ready = self._starting and self._starting.done() and not self._starting.cancelled()
        return self._starting.result() if ready and self._starting else None

    async def ready(self) -> WorkerProcess | None:
        """The one that runs, or a new one; None where it cannot be started, which is tried again at the next call."""
        self._last_used = self._clock()
        starting = self._starting = self._starting or asyncio.create_task(self._start())
        # Shielded: whoever asks next waits for the same one.
        worker = await asyncio.shield(starting)
        if worker is None and self._starting is starting:
            self._starting = None
        return worker

    async def replace(self, why: str) -> None:
        """Kill it; the next question finds another that is ready, or nearly so."""
        log.warning("the worker was killed", extra={"why": why})
        await self.end()
        self._starting = asyncio.create_task(self._start())

    async def end(self) -> None:
        starting, self._starting = self._starting, None
        if starting is None:
            return
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            if worker := await starting:
                await worker.kill()

    async def end_if_idle(self) -> timedelta:
        if self._clock() - self._last_used > IDLE_SECONDS:
            await self.end()
        return IDLE_CHECK

    async def _start(self) -> WorkerProcess | None:
        try:
            return await WorkerProcess.start(self._setup, self._command)
        except WorkerEnded as error:
            log.error("the worker that checks and replays cannot be started", extra={"why": str(error)})
            return None
