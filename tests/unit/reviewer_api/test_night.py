"""Runs of the generator as child processes: every way to end has its name."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reviewer_api.diary import Diary, open_diary
from reviewer_api.diary.runs import Run, Runs
from reviewer_api.models.runs import RunOutcome
from reviewer_api.night.generator_process import GeneratorProcess, ProcessLimits
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.tasks import background
from schemas.errors import AlreadyRunning
from schemas.runs import RunReport, Stage
from tests.builders.runs import REPORT, SLEEPS, TELLS
from tests.builders.waiting import until


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    opened = await open_diary(tmp_path / "diary.sqlite")
    yield opened
    await opened.close()


@asynccontextmanager
async def night(diary: Diary, code: str, limits: ProcessLimits | None = None) -> AsyncIterator[NightlyRunner]:
    made = NightlyRunner(diary.runs, "0 3 * * *", lambda: ZoneInfo("UTC"), (sys.executable, "-c", code), limits)
    await made.begin()
    yield made
    await made.close()


def once(condition: str, then: str) -> str:
    """Code that waits for its limits, half a minute at most: they come from outside, after it has begun."""
    wait = f"while not ({condition}) and time.monotonic() < end: time.sleep(0.02)"
    return f"import os, resource, sys, time\nend = time.monotonic() + 30\n{wait}\n{then}"


async def ended(diary: Diary, code: str, limits: ProcessLimits | None = None) -> Run:
    """The run of a generator that does `code`, as the diary remembers it."""
    async with night(diary, code, limits) as one:
        run_id = await one.start()
        async for _ in one.follow(run_id):
            pass
    run = await diary.runs.get(run_id)
    assert run is not None
    return run


async def test_a_run_that_ends_well_leaves_its_report(diary: Diary) -> None:
    run = await ended(diary, f"print({REPORT.model_dump_json()!r})")

    assert (run.outcome, run.why, run.report) == ("done", "", REPORT)


async def test_a_run_that_fails_is_told_in_its_own_last_words(diary: Diary) -> None:
    run = await ended(diary, "import sys; sys.exit('The history is empty; record something first.')")

    assert (run.outcome, run.why) == ("failed", "The history is empty; record something first.")


async def test_exit_code_three_means_that_another_process_is_at_it(diary: Diary) -> None:
    assert (await ended(diary, "raise SystemExit(3)")).outcome == "already_running"


async def test_a_run_killed_from_outside_is_named_so(diary: Diary) -> None:
    run = await ended(diary, "import os; os.kill(os.getpid(), 9)")

    assert (run.outcome, "SIGKILL" in run.why) == ("killed", True)


async def test_a_run_without_a_readable_report_failed(diary: Diary) -> None:
    run = await ended(diary, "print('{}')")

    assert (run.outcome, "report" in run.why) == ("failed", True)


async def test_a_run_past_its_time_is_stopped(diary: Diary) -> None:
    run = await ended(diary, SLEEPS, ProcessLimits(seconds=0))

    assert run.outcome == "timed_out"


async def test_a_run_that_does_not_listen_is_ended_with_what_it_started(diary: Diary) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"

    run = await ended(diary, stubborn, ProcessLimits(seconds=0.5, grace_seconds=0.1))

    assert run.outcome == "timed_out"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child's memory")
async def test_a_run_that_holds_too_much_memory_is_stopped(diary: Diary) -> None:
    greedy = "import time; held = bytearray(96 * 1024**2); time.sleep(60)"

    run = await ended(diary, greedy, ProcessLimits(memory_bytes=64 * 1024**2))

    assert run.outcome == "out_of_memory"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
async def test_memory_wanted_faster_than_the_watch_looks_is_refused_by_the_kernel(diary: Diary) -> None:
    limited = "resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY"

    run = await ended(diary, once(limited, "bytearray(4 * 1024**3)"))

    assert run.outcome == "out_of_memory"


async def test_a_run_is_politer_than_the_service(diary: Diary) -> None:
    wanted = min(19, os.nice(0) + 7)

    run = await ended(diary, once(f"os.nice(0) == {wanted}", "sys.exit(str(os.nice(0)))"), ProcessLimits(niceness=7))

    assert int(run.why) == wanted


async def test_closing_the_service_interrupts_the_run(diary: Diary) -> None:
    async with night(diary, SLEEPS) as one:
        run_id = await one.start()

    run = await diary.runs.get(run_id)
    assert run is not None
    assert run.outcome == "interrupted"


async def test_two_runs_never_go_at_once(diary: Diary) -> None:
    async with night(diary, SLEEPS) as one:
        await one.start()

        with pytest.raises(AlreadyRunning):
            await one.start()


async def test_listeners_early_and_late_hear_how_it_goes(diary: Diary) -> None:
    """Who comes late hears how each stage stands, and what follows; who comes too late hears nothing."""
    async with night(diary, TELLS * 2 + SLEEPS) as one:
        run_id = await one.start()
        early, late = one.follow(run_id), one.follow(run_id)
        heard_early = [(await anext(early)).stage for _ in range(4)]
        heard_late = [(await anext(late)).stage for _ in range(2)]
        await one.stop(run_id)
        rest = [[told async for told in listener] for listener in (early, late, one.follow(run_id))]

    assert heard_early == [Stage.READ, Stage.MINE, Stage.READ, Stage.MINE]
    assert heard_late == [Stage.READ, Stage.MINE]
    assert rest == [[], [], []]


async def test_a_run_that_ends_while_the_service_stops_it_is_no_error(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = GeneratorProcess.stop

    async with night(diary, SLEEPS) as one:

        async def stop_slowly(process: GeneratorProcess) -> None:
            await stop(process)
            await until(lambda: not one.running)

        monkeypatch.setattr(GeneratorProcess, "stop", stop_slowly)
        run_id = await one.start()

    assert [(run.run_id, run.outcome) for run in await diary.runs.latest()] == [(run_id, "interrupted")]


async def test_what_ran_when_the_service_died_was_interrupted(diary: Diary) -> None:
    await diary.runs.begin("lost", datetime.now(UTC))

    async with night(diary, SLEEPS):
        pass

    lost = await diary.runs.get("lost")
    assert lost is not None
    assert lost.outcome == "interrupted"


async def test_a_night_missed_while_the_service_was_down_is_made_up_once(diary: Diary, tmp_path: Path) -> None:
    await diary.runs.begin("long-ago", datetime.now(UTC) - timedelta(days=9))
    one = NightlyRunner(
        diary.runs,
        "0 3 * * *",
        lambda: ZoneInfo("UTC"),
        (sys.executable, "-c", ""),
        catch_up_delay=timedelta(0),
    )

    await one.begin()
    for _ in range(3):
        await one.task.next_step()
    await one.close()

    assert len(await diary.runs.latest()) == 2


class LockedRuns(Runs):
    """A diary that cannot be written to a few times."""

    def __init__(self, diary: Diary, failures: int) -> None:
        super().__init__(diary.database)
        self.failures = failures

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise sqlite3.OperationalError("database is locked")

    async def begin(self, run_id: str, started: datetime) -> None:
        self._fail()
        await super().begin(run_id, started)

    async def end(
        self, run_id: str, finished: datetime, outcome: RunOutcome, why: str, report: RunReport | None
    ) -> None:
        self._fail()
        await super().end(run_id, finished, outcome, why, report)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "RETRY_DELAY", timedelta(0))


async def test_an_end_that_the_diary_does_not_take_is_written_once_it_does_and_the_next_run_starts(
    diary: Diary, at_once: None
) -> None:
    runs = LockedRuns(diary, 0)
    one = NightlyRunner(runs, "0 3 * * *", lambda: ZoneInfo("UTC"), (sys.executable, "-c", SLEEPS))
    await one.begin()
    run_id = await one.start()
    runs.failures = 3
    await one.stop(run_id)
    async for _ in one.follow(run_id):
        pass
    again = await one.start()
    await one.close()

    outcomes = {run.run_id: run.outcome for run in await diary.runs.latest()}
    assert outcomes == {run_id: "interrupted", again: "interrupted"}


async def test_a_scheduled_start_that_the_diary_does_not_take_is_made_once_it_does(diary: Diary, at_once: None) -> None:
    await diary.runs.begin("long-ago", datetime.now(UTC) - timedelta(days=9))
    one = NightlyRunner(
        LockedRuns(diary, 3),
        "0 3 * * *",
        lambda: ZoneInfo("UTC"),
        (sys.executable, "-c", ""),
        catch_up_delay=timedelta(0),
    )

    await one.begin()
    await until(lambda: one.ended)
    await one.close()

    assert one.task.problem == ""


async def test_a_start_that_the_diary_does_not_take_is_said_and_hinders_no_other(diary: Diary) -> None:
    runs = LockedRuns(diary, 1)
    one = NightlyRunner(runs, "0 3 * * *", lambda: ZoneInfo("UTC"), (sys.executable, "-c", SLEEPS))
    await one.begin()

    with pytest.raises(sqlite3.OperationalError):
        await one.start()
    run_id = await one.start()
    await one.close()

    assert [run.run_id for run in await diary.runs.latest()] == [run_id]


async def test_a_night_goes_by_the_homes_zone_also_where_it_is_known_late(diary: Diary) -> None:
    zone = ZoneInfo("UTC")
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    one = NightlyRunner(diary.runs, "0 3 * * *", lambda: zone, clock=lambda: now)
    before = one.next_run

    zone = ZoneInfo("America/Los_Angeles")
    after = one.next_run

    assert before == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert after == datetime(2026, 11, 24, 3, tzinfo=zone)


async def test_a_paused_night_does_not_start(diary: Diary) -> None:
    await diary.runs.begin("long-ago", datetime.now(UTC) - timedelta(days=9))
    one = NightlyRunner(
        diary.runs,
        "0 3 * * *",
        lambda: ZoneInfo("UTC"),
        (sys.executable, "-c", ""),
        paused=lambda: True,
        catch_up_delay=timedelta(0),
    )

    await one.begin()
    await one.task.next_step()
    next_run = one.next_run
    await one.close()

    assert (len(await diary.runs.latest()), next_run) == (1, None)
