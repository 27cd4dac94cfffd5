"""How Nightshift is doing, and the switch that pauses it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from automations.open.pause import pause_reason, set_pause
from reviewer_api.api.runs import row_of
from reviewer_api.api.services import Parts, PartsHere
from reviewer_api.diary.board import Wanted
from reviewer_api.diary.times import text
from reviewer_api.health.readiness import dependencies
from reviewer_api.models.status import PauseQuestion, Status
from reviewer_api.web.version import VERSION
from schemas.suggestions import OPEN_STATES

router = APIRouter(prefix="/status", tags=["status"])


@router.get("")
async def show_status(parts: PartsHere) -> Status:
    return await status_of(parts)


@router.put("/pause")
async def pause(question: PauseQuestion, parts: PartsHere) -> Status:
    """Stop deploying and mining until it is lifted; what is deployed goes on working in the home."""
    await asyncio.to_thread(set_pause, parts.settings, (question.reason or "Paused.") if question.paused else "")
    parts.watch.look_at_home_soon()  # what waited for the end of a pause goes on at once
    return await status_of(parts)


async def status_of(parts: Parts) -> Status:
    home = parts.known.home
    found = await dependencies(parts.probes)
    last = await parts.diary.runs.latest(1)
    counts = (await parts.diary.board.page(Wanted(limit=1))).counts
    next_run = parts.night.next_run
    return Status(
        version=VERSION,
        timezone=home.timezone,
        language=home.language,
        paused=bool(pause_reason(parts.settings)),
        dependencies=found,
        next_run=text(next_run) if next_run else None,
        last_run=row_of(last[0]) if last else None,
        open_suggestions=sum(counts.get(state, 0) for state in OPEN_STATES),
        problems=sum(dependency.ok is False for dependency in found),
        held_plan=await _plan_is_held(parts),
        embedded=parts.settings.HA_URL is None,
    )


async def _plan_is_held(parts: Parts) -> bool:
    """As the last look at the home showed; before the first one, as it was when the service last ran."""
    if parts.deployed.last:
        return bool(parts.deployed.last.hold_reason)
    return bool(await parts.diary.facts.get("held_plan"))
