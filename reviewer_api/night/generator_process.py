"""One run of the generator as a child process: limited in memory and time, and at low priority."""

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
POLL_SECONDS: Final = 0.5
StopReason = Literal["timed_out", "out_of_memory", "interrupted"]


@dataclass(frozen=True)
class ProcessLimits:
    """The watchdog ends the process at `memory_bytes` resident; the kernel allows it twice that as private data.

    The kernel's limit is wider because it counts pages that were only reserved, as threads and numpy do.
    """

    memory_bytes: int = 1024**3
    seconds: float = 15 * 60
    niceness: int = 10
    """Added to the service's own."""
    grace_seconds: float = 10
    """Between SIGTERM and SIGKILL."""


@dataclass(frozen=True)
class RunResult:
    outcome: RunOutcome
    why: str
    report: RunReport | None


class GeneratorProcess:
    """Runs `command` once; `stop` ends it early."""

    def __init__(self, command: Sequence[str], limits: ProcessLimits, on_progress: Callable[[Progress], None]) -> None:
        self._command = command
        self._limits = limits
        self._on_progress = on_progress
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._stop_reason: StopReason | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> RunResult:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # One thread for the linear algebra: the machine has other work, and each thread reserves memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            limit=2**20,
        )
        self._process = process
        _apply_limits(process.pid, self._limits)
        if self._stop_reason:
            self._signal(signal.SIGKILL)
        watchdog = asyncio.create_task(self._enforce_limits(process))
        try:
            output, _ = await asyncio.gather(_read_all(process.stdout), self._read_progress(process.stderr))
            code = await process.wait()
        except asyncio.CancelledError:
            self._signal(signal.SIGKILL)
            raise
        finally:
            watchdog.cancel()
        return result_from_exit(code, self._stop_reason, output, list(self._tail))

    async def stop(self, reason: StopReason = "interrupted") -> None:
        """Send SIGTERM, and after the grace time SIGKILL, to it and everything that it started."""
        process = self._process
        if process is not None and process.returncode is not None:
            return
        self._stop_reason = self._stop_reason or reason
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._limits.grace_seconds)
        except TimeoutError:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # The whole process group, so that what it started (git, a model's connection) ends with it.
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def _enforce_limits(self, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._limits.seconds
        while process.returncode is None:
            if loop.time() > end:
                return await self.stop("timed_out")
            if _resident_bytes(process.pid) > self._limits.memory_bytes:
                return await self.stop("out_of_memory")
            await asyncio.sleep(POLL_SECONDS)
        return None

    async def _read_progress(self, stream: asyncio.StreamReader | None) -> None:
        while stream is not None and (line := await _read_line(stream)):
            try:
                self._on_progress(Progress.model_validate_json(line))
            except ValidationError:
                self._tail.append(line.decode(errors="replace").rstrip())


def result_from_exit(code: int, stop_reason: StopReason | None, output: bytes, tail: Sequence[str]) -> RunResult:
    """The outcome from exit code, our own reason to stop it, and the last lines of its error output (`tail`)."""
    last_line = next((line for line in reversed(tail) if line.strip()), "")
    if stop_reason:
        reasons = {
            "timed_out": "It took longer than it may and was stopped.",
            "out_of_memory": "It wanted more memory than it may have and was stopped.",
            "interrupted": "It was stopped.",
        }
        return RunResult(stop_reason, reasons[stop_reason], None)
    if code < 0:
        return RunResult("killed", f"It was ended from outside ({signal.Signals(-code).name}).", None)
    if code == 3:
        return RunResult("already_running", last_line or "Another analysis is running.", None)
    if code != 0:
        out_of_memory = any("MemoryError" in line for line in tail)
        return RunResult(
            "out_of_memory" if out_of_memory else "failed", last_line or f"It ended with exit code {code}.", None
        )
    try:
        return RunResult("done", "", RunReport.model_validate_json(output))
    except ValidationError as error:
        return RunResult("failed", f"Its report cannot be read: {error.errors()[0]['msg']}.", None)


def _apply_limits(pid: int, limits: ProcessLimits) -> None:
    """Set from the parent: code run between fork and exec can deadlock in a process with threads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + limits.niceness))
        if sys.platform == "linux":
            max_bytes = 2 * limits.memory_bytes
            resource.prlimit(pid, resource.RLIMIT_DATA, (max_bytes, max_bytes))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _resident_bytes(pid: int) -> int:
    """Resident memory of the process; 0 where the system does not say (only Linux does)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """The next line; one past the reader's limit is cut into pieces rather than an error."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.read(error.consumed)
