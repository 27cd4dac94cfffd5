"""The state of Nightshift, and the switch that pauses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from reviewer_api.api.runs import row_from
from reviewer_api.api.services import (
    DiaryDep,
    HealthChecksDep,
    HomeCacheDep,
    LiveStateDep,
    NightlyRunnerDep,
    OAuthDep,
    PauseDep,
    ReconcilerDep,
)
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.diary import Diary
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.health.readiness import read_dependencies
from reviewer_api.models.status import PauseQuestion, Status
from reviewer_api.web.version import VERSION
from schemas.suggestions import OPEN_STATES

router = APIRouter(prefix="/status", tags=["status"])


ReadStatus = Callable[[], Awaitable[Status]]


async def status_reader(
    pause: PauseDep,
    diary: DiaryDep,
    home_cache: HomeCacheDep,
    live_state: LiveStateDep,
    nightly_runner: NightlyRunnerDep,
    home_assistant_oauth: OAuthDep,
    checks: HealthChecksDep,
) -> ReadStatus:
    """Reads the status when it is called: after the switch, where that was turned."""

    async def read_status() -> Status:
        home, next_run = home_cache.home, nightly_runner.next_run
        dependencies = await read_dependencies(checks)
        last = await diary.runs.latest(1)
        counts = (await diary.board.page(SuggestionFilter(limit=1))).counts
        return Status(
            version=VERSION,
            timezone=home.timezone,
            language=home.language,
            paused=bool(pause.reason()),
            dependencies=dependencies,
            next_run=iso_from_datetime(next_run) if next_run else None,
            last_run=row_from(last[0]) if last else None,
            open_suggestions=sum(counts.get(state, 0) for state in OPEN_STATES),
            problems=sum(dependency.ok is False for dependency in dependencies),
            held_plan=await _plan_is_held(live_state, diary),
            embedded=home_assistant_oauth is None,
        )

    return read_status


StatusReaderDep = Annotated[ReadStatus, Depends(status_reader)]


@router.get("")
async def show_status(read_status: StatusReaderDep) -> Status:
    return await read_status()


@router.put("/pause", name="pause")
async def turn_pause(
    question: PauseQuestion, pause: PauseDep, reconciler: ReconcilerDep, read_status: StatusReaderDep
) -> Status:
    """Stop deploying and mining until it is lifted; what is deployed goes on working in the home."""
    await asyncio.to_thread(pause.set, (question.reason or "Paused.") if question.paused else "")
    reconciler.request_home_check()  # what waited for the end of a pause is deployed at once
    return await read_status()


async def _plan_is_held(live_state: LiveState, diary: Diary) -> bool:
    """As of the last read of the home's state; before the first one, as the last process stored it."""
    if live_state.last:
        return bool(live_state.last.hold_reason)
    return bool(await diary.key_values.get("held_plan"))
