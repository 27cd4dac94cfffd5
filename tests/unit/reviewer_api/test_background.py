"""The one loop of all background tasks, and the turns that one of them takes."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from reviewer_api.tasks import background
from reviewer_api.tasks.background import BackgroundTask
from reviewer_api.tasks.turns import Turns
from schemas.errors import NightshiftError

SOON = timedelta(0)


class Steps:
    """A step that fails as often as it is told to, and is counted."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.done = list(errors), 0
        self.was_done = asyncio.Event()

    async def __call__(self) -> timedelta | None:
        if self.errors:
            raise self.errors.pop(0)
        self.done += 1
        self.was_done.set()
        return None


async def test_a_task_that_fails_says_so_and_goes_on_once_the_cause_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "RETRY_DELAY", SOON)
    steps = Steps(NightshiftError("The home is away."), OSError("The disk is full."))
    task = BackgroundTask("rounds", steps)

    await task.begin()
    await asyncio.wait_for(steps.was_done.wait(), 10)
    await task.close()

    failures = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.__dict__["task"] for record in failures] == ["rounds", "rounds"]
    assert task.problem == ""


async def test_a_failure_is_known_until_a_step_succeeds() -> None:
    task = BackgroundTask("rounds", Steps(OSError("The disk is full.")))

    with pytest.raises(OSError, match="full"):
        await task.run_step()
    failed = task.problem
    await task.run_step()

    assert "The disk is full." in failed
    assert task.problem == ""


async def test_who_waits_gets_a_whole_step_that_began_after_that() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    seen: list[str] = []
    state = "before"

    async def look() -> None:
        now = state
        begun.set()
        await go_on.wait()
        seen.append(now)

    task = BackgroundTask("rounds", look)
    await task.begin()
    await begun.wait()
    state = "after"
    waiting = [asyncio.create_task(task.next_step()) for _ in range(3)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*waiting)
    await task.close()

    assert seen == ["before", "after"]


async def test_who_waits_is_told_why_the_step_failed() -> None:
    task = BackgroundTask("rounds", Steps(NightshiftError("The home is away.")))
    await task.begin(after=None)

    with pytest.raises(NightshiftError, match="away"):
        await task.next_step()
    await task.close()


async def test_closing_cancels_the_step_under_way_and_whoever_waits() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    task = BackgroundTask("rounds", forever)
    await task.begin()
    waiting = asyncio.create_task(task.next_step())
    await asyncio.sleep(0)

    await task.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_many_hand_in_is_done_once_for_all_who_came_before_its_turn() -> None:
    done: list[str] = []

    class Home:
        async def round(self) -> int:
            done.append("round")
            return len(done)

        async def write(self) -> str:
            done.append("write")
            return "written"

    home, turns = Home(), Turns(lambda: None)
    asked = [asyncio.create_task(turns.hand_in(work)) for work in (home.round, home.write, home.round)]
    await asyncio.sleep(0)
    await turns.take()

    assert await asyncio.gather(*asked) == [1, "written", 1]
    assert done == ["round", "write"]


async def test_work_whose_asker_has_gone_is_done_nevertheless_and_a_failure_is_only_theirs() -> None:
    done: list[str] = []

    async def write() -> None:
        done.append("written")

    async def fail() -> None:
        raise NightshiftError("The home is away.")

    turns = Turns(lambda: None)
    gone, failing = asyncio.create_task(turns.hand_in(write)), asyncio.create_task(turns.hand_in(fail))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    await turns.take()

    assert done == ["written"]
    with pytest.raises(NightshiftError, match="away"):
        await failing


async def test_turns_that_end_cancel_whoever_waits() -> None:
    turns = Turns(lambda: None)

    async def never() -> None:
        raise AssertionError("it was never to be taken")

    waiting = asyncio.create_task(turns.hand_in(never))
    await asyncio.sleep(0)
    turns.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
