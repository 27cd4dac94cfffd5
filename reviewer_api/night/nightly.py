"""The night: starts the generator on schedule or on request, one at a time, and remembers how it ended."""

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
from reviewer_api.night.generator_process import GENERATOR, ChildLimits, Ended, NightChild
from reviewer_api.night.schedule import next_after, trigger_from, was_missed
from schemas.errors import AlreadyRunning
from schemas.runs import Progress, RunReport

log = logging.getLogger(__name__)
CATCH_UP_AFTER = timedelta(seconds=30)
"""A start missed while the machine was off is made up this long after the service is up."""
NIGHTLY = "nightly"

Finished = Callable[[Run], Awaitable[None]]


@dataclass
class Live:
    """The run under way: what it told so far, and who listens."""

    run_id: str
    started: datetime
    child: NightChild
    told: list[Progress] = field(default_factory=list)
    listeners: set[asyncio.Queue[Progress | None]] = field(default_factory=set)

    def tell(self, progress: Progress) -> None:
        # Only the last word of each stage is kept: a late listener wants the picture, not the film.
        self.told = [earlier for earlier in self.told if earlier.stage != progress.stage] + [progress]
        for listener in self.listeners:
            listener.put_nowait(progress)

    def end(self) -> None:
        for listener in self.listeners:
            listener.put_nowait(None)


class Night:
    def __init__(
        self,
        runs: Runs,
        schedule: str,
        zone: ZoneInfo,
        command: Sequence[str] = GENERATOR,
        limits: ChildLimits | None = None,
        paused: Callable[[], bool] = lambda: False,
        catch_up_after: timedelta = CATCH_UP_AFTER,
        reports: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.schedule = schedule
        self._runs = runs
        self._trigger = trigger_from(schedule, zone)
        self._next: datetime | None = None
        self._command = command
        self._limits = limits or ChildLimits()
        self._paused = paused
        self._catch_up_after, self._reports = catch_up_after, reports
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._live: Live | None = None
        self._task: asyncio.Task[Run] | None = None
        self._finished: list[Finished] = []

    def when_finished(self, then: Finished) -> None:
        """Call this after every run, whatever became of it."""
        self._finished.append(then)

    @property
    def next_run(self) -> datetime | None:
        if self._paused():
            return None
        now = self._clock()
        if self._next is None or self._next <= now:
            self._next = next_after(self._trigger, now)
        return self._next

    @property
    def running(self) -> str | None:
        """The id of the run under way."""
        return self._live.run_id if self._live else None

    async def begin(self) -> None:
        """Start the clock, and make up once for a start that was missed while the service was down."""
        now = self._clock()
        await self._runs.close_unfinished(now)
        await self.take_in()
        # A sleeping machine is late by hours; many missed starts are still one night's work.
        self._scheduler.add_job(self._on_time, self._trigger, id=NIGHTLY, misfire_grace_time=None, coalesce=True)
        last = await self._runs.latest(1)
        if last and was_missed(self._trigger, last[0].started, now):
            self._scheduler.add_job(self._on_time, "date", run_date=now + self._catch_up_after, misfire_grace_time=None)
        self._scheduler.start()

    async def take_in(self) -> None:
        """The reports of runs that were started by hand become runs like the others."""
        if self._reports is None:
            return
        for file in sorted(self._reports.glob("*.json")):
            try:
                report = RunReport.model_validate_json(file.read_bytes())
            except FileNotFoundError:
                continue  # taken in by another who asked at the same time
            except ValueError as error:
                log.warning("a report cannot be read", extra={"file": file.name, "why": str(error)})
            else:
                await self._runs.put(report)
            file.unlink(missing_ok=True)

    async def close(self) -> None:
        """Stop the clock, and the run under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._live:
            await self._live.child.stop()
        if self._task:
            await asyncio.wait([self._task])

    def reschedule(self, zone: ZoneInfo) -> None:
        """The home's time zone became known, or was changed."""
        self._trigger, self._next = trigger_from(self.schedule, zone), None
        if self._scheduler.get_job(NIGHTLY):
            self._scheduler.reschedule_job(NIGHTLY, trigger=self._trigger)

    async def start(self) -> str:
        """Start a run now and give its id; AlreadyRunning while one is under way."""
        if self._live:
            raise AlreadyRunning("An analysis is running already; its progress is on the page of runs.")
        now = self._clock()
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        live = Live(run_id, now, NightChild(self._command, self._limits, lambda progress: live.tell(progress)))
        self._live = live
        await self._runs.begin(run_id, now)
        self._task = asyncio.create_task(self._see_through(live))
        return run_id

    async def stop(self, run_id: str) -> bool:
        """Stop that run; False where it is not under way."""
        if self._live is None or self._live.run_id != run_id:
            return False
        await self._live.child.stop()
        return True

    async def follow(self, run_id: str) -> AsyncIterator[Progress]:
        """What that run tells, from its last words so far until it ends; nothing where it is not under way."""
        live = self._live
        if live is None or live.run_id != run_id:
            return
        queue: asyncio.Queue[Progress | None] = asyncio.Queue()
        for progress in live.told:
            queue.put_nowait(progress)
        live.listeners.add(queue)
        try:
            while (told := await queue.get()) is not None:
                yield told
        finally:
            live.listeners.discard(queue)

    async def _on_time(self) -> None:
        if self._paused():
            log.info("the night was skipped: Nightshift is paused")
            return
        try:
            await self.start()
        except AlreadyRunning:
            log.info("the night was skipped: a run is under way")

    async def _see_through(self, live: Live) -> Run:
        try:
            ended = await live.child.run()
        except OSError as error:
            ended = Ended("failed", f"The generator could not be started: {error}.", None)
        now = self._clock()
        await self._runs.end(live.run_id, now, ended.outcome, ended.why, ended.report)
        run = Run(live.run_id, live.started, now, ended.outcome, ended.why, ended.report)
        log.info("a run ended", extra={"run_id": run.run_id, "outcome": run.outcome, "why": run.why})
        for then in self._finished:
            await _tell(then, run)
        self._live = None
        live.end()
        return run


async def _tell(then: Finished, run: Run) -> None:
    """What follows a run may fail without taking the night down."""
    try:
        await then(run)
    except Exception:
        log.exception("what follows a run failed", extra={"run_id": run.run_id})
