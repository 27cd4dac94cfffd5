"""The nightly runner: starts the generator on schedule or on request, one run at a time, and records how it ended."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reviewer_api.diary.runs import Run, Runs
from reviewer_api.night.generator_process import GENERATOR, GeneratorProcess, ProcessLimits, RunResult
from reviewer_api.night.schedule import Schedule
from reviewer_api.tasks.background import BackgroundTask
from schemas.errors import AlreadyRunning
from schemas.runs import Progress, RunReport

log = logging.getLogger(__name__)
CATCH_UP_DELAY = timedelta(seconds=30)
"""A start missed while the machine was off is made up this long after the service is up."""
CLOSE_SECONDS = 15.0
"""How long the service waits at its end for a run that was stopped to be written down."""


@dataclass
class ActiveRun:
    """The run under way: its progress so far, and who follows it."""

    run_id: str
    started: datetime
    process: GeneratorProcess
    progress_by_stage: list[Progress] = field(default_factory=list)
    listeners: set[asyncio.Queue[Progress | None]] = field(default_factory=set)
    result: RunResult | None = None
    """How it ended, once it has."""
    recorded: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, progress: Progress) -> None:
        # Only the last progress of each stage is kept: a late listener needs the present state, not the whole sequence.
        self.progress_by_stage = [
            reported for reported in self.progress_by_stage if reported.stage != progress.stage
        ] + [progress]
        for listener in self.listeners:
            listener.put_nowait(progress)

    def end(self) -> None:
        self.recorded.set()
        for listener in self.listeners:
            listener.put_nowait(None)


class NightlyRunner:
    """Its runs go on in one background task; what ended waits in `ended` for whoever follows it up."""

    def __init__(
        self,
        runs: Runs,
        schedule: str,
        zone: Callable[[], ZoneInfo],
        command: Sequence[str] = GENERATOR,
        limits: ProcessLimits | None = None,
        paused: Callable[[], bool] = lambda: False,
        catch_up_delay: timedelta = CATCH_UP_DELAY,
        reports: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.schedule = schedule
        self.ended: deque[Run] = deque()
        self._runs, self._paused, self._clock = runs, paused, clock
        self._schedule = Schedule(schedule, zone, catch_up_delay)
        self._command, self._limits = command, limits or ProcessLimits()
        self._reports = reports
        self._active_run: ActiveRun | None = None
        self.task = BackgroundTask("night", self._run_what_is_due)

    @property
    def next_run(self) -> datetime | None:
        return None if self._paused() else self._schedule.next_start(self._clock())

    @property
    def running(self) -> str | None:
        """The id of the run under way."""
        return self._active_run.run_id if self._active_run else None

    async def begin(self) -> None:
        """Start the schedule, and catch up once where a start was missed while the service was down."""
        now = self._clock()
        await self._runs.close_unfinished(now)
        await self.import_reports()
        last = await self._runs.latest(1)
        self._schedule.begin(now, last[0].started if last else None)
        await self.task.begin()

    async def import_reports(self) -> None:
        """Import the reports of runs that were started from the command line, and delete their files."""
        if self._reports is None:
            return
        for file in sorted(self._reports.glob("*.json")):
            try:
                report = RunReport.model_validate_json(file.read_bytes())
            except FileNotFoundError:
                continue  # imported by a concurrent call
            except ValueError as error:
                log.warning("a report cannot be read", extra={"file": file.name, "why": str(error)})
            else:
                await self._runs.add_report(report)
            file.unlink(missing_ok=True)

    async def close(self) -> None:
        """Stop the run under way, and the schedule."""
        if active_run := self._active_run:
            await active_run.process.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(active_run.recorded.wait(), CLOSE_SECONDS)
        await self.task.close()

    async def start(self) -> str:
        """Start a run now and return its id; AlreadyRunning while one is under way."""
        if self._active_run:
            raise AlreadyRunning("An analysis is running already; its progress is on the page of runs.")
        now = self._clock()
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        active_run = ActiveRun(
            run_id, now, GeneratorProcess(self._command, self._limits, lambda progress: active_run.publish(progress))
        )
        self._active_run = active_run
        try:
            await self._runs.begin(run_id, now)
        except BaseException:
            self._active_run = None
            raise
        self.task.wake()
        return run_id

    async def stop(self, run_id: str) -> bool:
        """Stop that run; False where it is not under way."""
        if self._active_run is None or self._active_run.run_id != run_id:
            return False
        await self._active_run.process.stop()
        return True

    async def follow(self, run_id: str) -> AsyncIterator[Progress]:
        """The progress of that run, from each stage's latest so far until it ends; empty where it is not under way."""
        active_run = self._active_run
        if active_run is None or active_run.run_id != run_id:
            return
        queue: asyncio.Queue[Progress | None] = asyncio.Queue()
        for progress in active_run.progress_by_stage:
            queue.put_nowait(progress)
        active_run.listeners.add(queue)
        try:
            while (update := await queue.get()) is not None:
                yield update
        finally:
            active_run.listeners.discard(queue)

    async def _run_what_is_due(self) -> timedelta:
        """Start a run where one is due, and see the one under way to its end; what fails is tried again."""
        await self._start_if_due()
        if self._active_run:
            await self._run_to_end(self._active_run)
        return self._schedule.wait(self._clock())

    async def _start_if_due(self) -> None:
        now = self._clock()
        if self._schedule.is_due(now):
            why = "Nightshift is paused" if self._paused() else "a run is under way" if self._active_run else ""
            if why:
                log.info("the night was skipped", extra={"why": why})
            else:
                await self.start()
        self._schedule.passed(now)

    async def _run_to_end(self, active_run: ActiveRun) -> None:
        if active_run.result is None:
            active_run.result = await _run_process(active_run.process)
        result, now = active_run.result, self._clock()
        await self._start_if_due()  # one that was due meanwhile is skipped
        await self._runs.end(active_run.run_id, now, result.outcome, result.why, result.report)
        run = Run(active_run.run_id, active_run.started, now, result.outcome, result.why, result.report)
        log.info("a run ended", extra={"run_id": run.run_id, "outcome": run.outcome, "why": run.why})
        self._active_run = None
        self.ended.append(run)
        active_run.end()


async def _run_process(process: GeneratorProcess) -> RunResult:
    """Whatever goes wrong, the run has ended then."""
    try:
        return await process.run()
    except OSError as error:
        return RunResult("failed", f"The generator could not be started: {error}.", None)
    except Exception as error:
        log.exception("the generator could not be followed")
        return RunResult("failed", f"The generator could not be followed: {error}.", None)
