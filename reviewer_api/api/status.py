"""The state of Nightshift, and the switch that pauses it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from automations.open.pause import pause_reason, set_pause
from reviewer_api.api.runs import row_from
from reviewer_api.api.services import Services, ServicesDep
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.diary.times import iso_from_datetime
from reviewer_api.health.readiness import probe_dependencies
from reviewer_api.models.status import PauseQuestion, Status
from reviewer_api.web.version import VERSION
from schemas.suggestions import OPEN_STATES

router = APIRouter(prefix="/status", tags=["status"])


@router.get("")
async def show_status(services: ServicesDep) -> Status:
    return await read_status(services)


@router.put("/pause")
async def pause(question: PauseQuestion, services: ServicesDep) -> Status:
    """Stop deploying and mining until it is lifted; what is deployed goes on working in the home."""
    await asyncio.to_thread(set_pause, services.settings, (question.reason or "Paused.") if question.paused else "")
    services.reconciler.request_home_check()  # what waited for the end of a pause is deployed at once
    return await read_status(services)


async def read_status(services: Services) -> Status:
    home = services.home_cache.home
    dependencies = await probe_dependencies(services.probes)
    last = await services.diary.runs.latest(1)
    counts = (await services.diary.board.page(SuggestionFilter(limit=1))).counts
    next_run = services.nightly_runner.next_run
    return Status(
        version=VERSION,
        timezone=home.timezone,
        language=home.language,
        paused=bool(pause_reason(services.settings)),
        dependencies=dependencies,
        next_run=iso_from_datetime(next_run) if next_run else None,
        last_run=row_from(last[0]) if last else None,
        open_suggestions=sum(counts.get(state, 0) for state in OPEN_STATES),
        problems=sum(dependency.ok is False for dependency in dependencies),
        held_plan=await _plan_is_held(services),
        embedded=services.settings.HA_URL is None,
    )


async def _plan_is_held(services: Services) -> bool:
    """As of the last read of the home's state; before the first one, as the last process stored it."""
    if services.automation_service.last_state:
        return bool(services.automation_service.last_state.hold_reason)
    return bool(await services.diary.key_values.get("held_plan"))
