"""One worker as the service sees it: started, asked, killed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import ValidationError

from automations.home_assistant.home_api import LiveAutomation
from reviewer_api.worker.protocol import ANSWER, LENGTH, SETUP, Answer, Question, Setup, framed
from schemas.home import AutomationConfig, Home

WORKER: Final = (sys.executable, "-m", "reviewer_api.worker")
START_SECONDS: Final = 20
"""To load Python and the libraries, on a small box too."""
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH")


class WorkerEnded(Exception):
    """It is not there, or what it says makes no sense."""


class WorkerProcess:
    """Answers one question at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout  # noqa: S101 - started with pipes
        self._process, self._questions, self._answers = process, process.stdin, process.stdout
        self._home: Home | None = None
        self._live: Mapping[str, LiveAutomation] | None = None
        self._live_hash = ""

    @classmethod
    async def start(cls, setup: Setup, command: Sequence[str]) -> WorkerProcess:
        """A worker that is ready; WorkerEnded says why none can be had."""
        pipe = asyncio.subprocess.PIPE
        environment = worker_environment(os.environ)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, env=environment, start_new_session=True
            )
        except OSError as error:
            raise WorkerEnded(str(error)) from None
        worker = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                await worker._send(SETUP.dump_json(setup))
                await worker.answer()
        except TimeoutError:
            await worker.kill()
            raise WorkerEnded(f"it was not ready after {START_SECONDS} seconds") from None
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(
        self, yaml: str, automation_id: str, with_backtest: bool, home: Home, live: Mapping[str, LiveAutomation]
    ) -> None:
        """All its answers are then to be read. Of the home only what changed is sent."""
        changed_home = None if home is self._home else home
        changed_live = None if live is self._live else self._changed_configs(live)
        self._home, self._live = home, live
        question = Question(yaml, automation_id, with_backtest, changed_home, changed_live)
        await self._send(question.to_json())

    def _changed_configs(self, live: Mapping[str, LiveAutomation]) -> Mapping[str, AutomationConfig] | None:
        """None where they are as they were: the home is read again and again, and seldom changes."""
        configs = {key: automation.config for key, automation in live.items() if automation.config is not None}
        text = json.dumps(configs, default=str, skipkeys=True)
        before, self._live_hash = self._live_hash, hashlib.sha256(text.encode()).hexdigest()
        return None if self._live_hash == before else configs

    async def answer(self) -> Answer:
        try:
            (length,) = LENGTH.unpack(await self._answers.readexactly(LENGTH.size))
            return ANSWER.validate_json(await self._answers.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerEnded("it has ended") from None
        except ValidationError as error:
            raise WorkerEnded(f"its answer cannot be read: {error.errors()[0]['msg']}") from None

    async def _send(self, document: bytes) -> None:
        try:
            self._questions.write(framed(document))
            await self._questions.drain()
        except ConnectionError:
            raise WorkerEnded("it has ended") from None

    async def kill(self) -> None:
        """At once, with the git that it may run just now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python and git need, and none of the service's secrets."""
    kept = {name: value for name, value in environment.items() if name in _PASSED_ON or name.startswith("PYTHON")}
    # One thread for the linear algebra, one arena for the allocator: others reserve memory that counts.
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
