"""One run of the generator as a child process: limited in memory and time, and polite to everything else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from reviewer_api.models.runs import RunOutcome
from schemas.runs import Progress, RunReport

GENERATOR: Final = (sys.executable, "-m", "generator", "run", "--progress", "json", "--json")
TAIL_LINES: Final = 20
WATCH_SECONDS: Final = 0.5
Stopped = Literal["timed_out", "out_of_memory", "interrupted"]


@dataclass(frozen=True)
class ChildLimits:
    """The watch ends the child at `memory_bytes` resident; the kernel refuses it twice that as private data.

    The kernel's limit is wider because it counts pages that were only reserved, as threads and numpy do.
    """

    memory_bytes: int = 1024**3
    seconds: float = 15 * 60
    niceness: int = 10
    """Above the service's own."""
    grace_seconds: float = 10
    """Between asking it to stop and ending it."""


@dataclass(frozen=True)
class Ended:
    outcome: RunOutcome
    why: str
    report: RunReport | None


class NightChild:
    """Runs `command` once; `stop` ends it early."""

    def __init__(self, command: Sequence[str], limits: ChildLimits, progress: Callable[[Progress], None]) -> None:
        self._command = command
        self._limits = limits
        self._progress = progress
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._stopped: Stopped | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # One thread for the linear algebra: the box has other work, and each thread reserves memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            limit=2**20,
        )
        self._process = process
        _be_polite(process.pid, self._limits)
        if self._stopped:
            self._signal(signal.SIGKILL)
        watch = asyncio.create_task(self._watch(process))
        try:
            output, _ = await asyncio.gather(_all_of(process.stdout), self._follow(process.stderr))
            code = await process.wait()
        except asyncio.CancelledError:
            self._signal(signal.SIGKILL)
            raise
        finally:
            watch.cancel()
        return ended(code, self._stopped, output, list(self._tail))

    async def stop(self, why: Stopped = "interrupted") -> None:
        """Ask it to stop, and after the grace time end it with everything that it started."""
        process = self._process
        if process is not None and process.returncode is not None:
            return
        self._stopped = self._stopped or why
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._limits.grace_seconds)
        except TimeoutError:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # Its own session, so that what it started (git, a model's connection) ends with it.
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._limits.seconds
        while process.returncode is None:
            if loop.time() > end:
                return await self.stop("timed_out")
            if _resident_bytes(process.pid) > self._limits.memory_bytes:
                return await self.stop("out_of_memory")
            await asyncio.sleep(WATCH_SECONDS)
        return None

    async def _follow(self, stream: asyncio.StreamReader | None) -> None:
        while stream is not None and (line := await _line(stream)):
            try:
                self._progress(Progress.model_validate_json(line))
            except ValidationError:
                self._tail.append(line.decode(errors="replace").rstrip())


def ended(code: int, stopped: Stopped | None, output: bytes, tail: Sequence[str]) -> Ended:
    """What an exit code, our own stopping and the last words mean together."""
    said = next((line for line in reversed(tail) if line.strip()), "")
    if stopped:
        reasons = {
            "timed_out": "It took longer than it may and was stopped.",
            "out_of_memory": "It wanted more memory than it may have and was stopped.",
            "interrupted": "It was stopped.",
        }
        return Ended(stopped, reasons[stopped], None)
    if code < 0:
        return Ended("killed", f"It was ended from outside ({signal.Signals(-code).name}).", None)
    if code == 3:
        return Ended("already_running", said or "Another analysis is running.", None)
    if code != 0:
        out_of_memory = any("MemoryError" in line for line in tail)
        return Ended("out_of_memory" if out_of_memory else "failed", said or f"It ended with exit code {code}.", None)
    try:
        return Ended("done", "", RunReport.model_validate_json(output))
    except ValidationError as error:
        return Ended("failed", f"Its report cannot be read: {error.errors()[0]['msg']}.", None)


def _be_polite(pid: int, limits: ChildLimits) -> None:
    """Limit it from here: code run between fork and exec can deadlock in a process with threads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + limits.niceness))
        if sys.platform == "linux":
            most = 2 * limits.memory_bytes
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _resident_bytes(pid: int) -> int:
    """Resident memory of the child, 0 where the system does not tell (only Linux does)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


async def _all_of(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; one past the reader's limit is cut into pieces rather than an error."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.read(error.consumed)
