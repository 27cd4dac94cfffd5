"""Checks and replays texts that anybody may have written, in a worker that is killed where it takes too long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from automations.home_assistant.home_api import LiveAutomation
from reviewer_api.worker.kept_worker import KeptWorker
from reviewer_api.worker.process import WorkerEnded, WorkerProcess
from reviewer_api.worker.protocol import Answer
from schemas.backtest import Backtest
from schemas.errors import InputError, NightshiftError
from schemas.home import Home
from schemas.problems import Problem
from schemas.suggestion_files import DraftVerdict

WORK_SECONDS: Final = 2.0
"""For the checks and the backtest of one text; an ordinary one needs a hundredth of it."""
READ_SECONDS: Final = 30.0
"""For main and the history, which the worker reads before the work and keeps."""
TURN_SECONDS: Final = 10.0
"""One question is answered at a time; whoever waits longer is told so."""

TOO_MUCH_WORK: Final = "it is too much work"
BUSY: Final = "others are being looked at; look again in a moment"
NOT_READ: Final = "main and the history could not be read in time; look again in a moment"
NO_WORKER: Final = "the process that checks and replays does not run; the log of the service says why"
FAILED: Final = "our own check failed; the log of the service says how"

log = logging.getLogger(__name__)


class DraftChecks:
    """`home` and `live` are asked for at each question; a home that is away is as last seen."""

    def __init__(
        self, worker: KeptWorker, home: Callable[[], Home], live: Callable[[], Mapping[str, LiveAutomation]]
    ) -> None:
        self._worker, self._home, self._live = worker, home, live
        self._turn = asyncio.Lock()

    async def check(self, yaml: str, automation_id: str, with_backtest: bool = False) -> DraftVerdict:
        """Every problem of a text that would be this automation, and what it would have done where history is stored.

        Where that cannot be found out, a blocking problem or the backtest's reason says why. Raises InputError where
        main's policy cannot be read.
        """
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            return unchecked(BUSY, with_backtest)
        try:
            return await self._ask(yaml, automation_id, with_backtest)
        except NightshiftError:
            raise
        except BaseException:
            # What it still says would be taken for the answer to the next question.
            await self._worker.end()
            raise
        finally:
            self._turn.release()

    async def _ask(self, yaml: str, automation_id: str, with_backtest: bool) -> DraftVerdict:
        """A worker that was ended from outside since the last question is replaced without a word."""
        for _ in range(2):
            worker = await self._worker.ready()
            if worker is None:
                break
            try:
                async with asyncio.timeout(READ_SECONDS):
                    await worker.ask(yaml, automation_id, with_backtest, self._home(), self._live())
                    answer = await worker.answer()
            except WorkerEnded as error:
                log.warning("the worker is gone", extra={"why": str(error)})
                await self._worker.end()
            except TimeoutError:
                await self._worker.replace(f"main and the history were not read within {READ_SECONDS:.0f} seconds")
                return unchecked(NOT_READ, with_backtest)
            else:
                return await self._verdict(worker, answer, with_backtest)
        return unchecked(NO_WORKER, with_backtest)

    async def _verdict(self, worker: WorkerProcess, answer: Answer, with_backtest: bool) -> DraftVerdict:
        known: DraftVerdict | None = None
        try:
            async with asyncio.timeout(WORK_SECONDS):
                for _ in range(2 if with_backtest else 1):
                    if not answer.is_last:
                        answer = await worker.answer()
                        known = answer.verdict or known
        except TimeoutError:
            await self._worker.replace(f"a text was not checked and replayed within {WORK_SECONDS} seconds")
            return unchecked(TOO_MUCH_WORK, with_backtest, known)
        except WorkerEnded:
            await self._worker.replace("a text wanted more memory than the worker may have")
            return unchecked(TOO_MUCH_WORK, with_backtest, known)
        if answer.refusal:
            raise InputError(answer.refusal) if answer.is_input_error else NightshiftError(answer.refusal)
        if answer.failure or known is None:
            log.error("a check failed", extra={"why": answer.failure})
            return unchecked(FAILED, with_backtest, known)
        return known


def unchecked(why: str, with_backtest: bool, known: DraftVerdict | None = None) -> DraftVerdict:
    """What can be said without an answer: it blocks, unless the problems are known and only the backtest is not."""
    now = datetime.now(UTC)
    backtest = Backtest(now, now, computable=False, reason=f"Not computable, because {why}.") if with_backtest else None
    message, fix = f"This could not be checked, because {why}.", "Make it simpler, or look again in a moment."
    return DraftVerdict(known.problems if known else (Problem("not_checked", "yaml", "", message, fix),), backtest)
