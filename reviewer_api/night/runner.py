"""The nightly runner: starts the generator on schedule or on request, one run at a time, and records how it ended."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from reviewer_api.diary.runs import Run, Runs
from reviewer_api.night.generator_process import GENERATOR, GeneratorProcess, ProcessLimits, RunResult
from reviewer_api.night.schedule import missed_start, next_fire_time, trigger_from
from schemas.errors import AlreadyRunning
from schemas.runs import Progress, RunReport

log = logging.getLogger(__name__)
CATCH_UP_DELAY = timedelta(seconds=30)
"""A start missed while the machine was off is made up this long after the service is up."""
NIGHTLY_JOB = "nightly"

RunListener = Callable[[Run], Awaitable[None]]


@dataclass
class ActiveRun:
    """The run under way: its progress so far, and who follows it."""

    run_id: str
    started: datetime
    process: GeneratorProcess
    progress_by_stage: list[Progress] = field(default_factory=list)
    listeners: set[asyncio.Queue[Progress | None]] = field(default_factory=set)

    def publish(self, progress: Progress) -> None:
        # Only the last progress of each stage is kept: a late listener needs the present state, not the whole sequence.
        self.progress_by_stage = [
            reported for reported in self.progress_by_stage if reported.stage != progress.stage
        ] + [progress]
        for listener in self.listeners:
            listener.put_nowait(progress)

    def end(self) -> None:
        for listener in self.listeners:
            listener.put_nowait(None)


class NightlyRunner:
    def __init__(
        self,
        runs: Runs,
        schedule: str,
        zone: ZoneInfo,
        command: Sequence[str] = GENERATOR,
        limits: ProcessLimits | None = None,
        paused: Callable[[], bool] = lambda: False,
        catch_up_delay: timedelta = CATCH_UP_DELAY,
        reports: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.schedule = schedule
        self._runs = runs
        self._trigger = trigger_from(schedule, zone)
        self._next: datetime | None = None
        self._command = command
        self._limits = limits or ProcessLimits()
        self._paused = paused
        self._catch_up_delay, self._reports = catch_up_delay, reports
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._active_run: ActiveRun | None = None
        self._task: asyncio.Task[Run] | None = None
        self._run_listeners: list[RunListener] = []

    def on_finished(self, listener: RunListener) -> None:
        """Call `listener` after every run, whatever its outcome."""
        self._run_listeners.append(listener)

    @property
    def next_run(self) -> datetime | None:
        if self._paused():
            return None
        now = self._clock()
        if self._next is None or self._next <= now:
            self._next = next_fire_time(self._trigger, now)
        return self._next

    @property
    def running(self) -> str | None:
        """The id of the run under way."""
        return self._active_run.run_id if self._active_run else None

    async def begin(self) -> None:
        """Start the schedule, and catch up once where a start was missed while the service was down."""
        now = self._clock()
        await self._runs.close_unfinished(now)
        await self.import_reports()
        # A machine that slept is late by hours; several missed starts are made up by one run.
        self._scheduler.add_job(
            self._start_scheduled, self._trigger, id=NIGHTLY_JOB, misfire_grace_time=None, coalesce=True
        )
        last = await self._runs.latest(1)
        if last and missed_start(self._trigger, last[0].started, now):
            self._scheduler.add_job(
                self._start_scheduled, "date", run_date=now + self._catch_up_delay, misfire_grace_time=None
            )
        self._scheduler.start()

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
        """Stop the schedule, and the run under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._active_run:
            await self._active_run.process.stop()
        if self._task:
            await asyncio.wait([self._task])

    def reschedule(self, zone: ZoneInfo) -> None:
        """The home's time zone became known, or was changed."""
        self._trigger, self._next = trigger_from(self.schedule, zone), None
        if self._scheduler.get_job(NIGHTLY_JOB):
            self._scheduler.reschedule_job(NIGHTLY_JOB, trigger=self._trigger)

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
        await self._runs.begin(run_id, now)
        self._task = asyncio.create_task(self._run_to_end(active_run))
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

    async def _start_scheduled(self) -> None:
        if self._paused():
            log.info("the night was skipped: Nightshift is paused")
            return
        try:
            await self.start()
        except AlreadyRunning:
            log.info("the night was skipped: a run is under way")

    async def _run_to_end(self, active_run: ActiveRun) -> Run:
        try:
            result = await active_run.process.run()
        except OSError as error:
            result = RunResult("failed", f"The generator could not be started: {error}.", None)
        now = self._clock()
        await self._runs.end(active_run.run_id, now, result.outcome, result.why, result.report)
        run = Run(active_run.run_id, active_run.started, now, result.outcome, result.why, result.report)
        log.info("a run ended", extra={"run_id": run.run_id, "outcome": run.outcome, "why": run.why})
        for listener in self._run_listeners:
            await _notify(listener, run)
        self._active_run = None
        active_run.end()
        return run


async def _notify(listener: RunListener, run: Run) -> None:
    """A listener that fails must not end the runner."""
    try:
        await listener(run)
    except Exception:
        log.exception("what follows a run failed", extra={"run_id": run.run_id})
