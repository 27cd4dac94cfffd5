"""What is deployed: the list, one automation with its versions, and a person's word on it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from reviewer_api.api.services import Parts, PartsHere
from reviewer_api.api.suggestions import who
from reviewer_api.auth.callers import CallerHere
from reviewer_api.models.automations import (
    AutomationList,
    AutomationPage,
    DeployResult,
    RollbackPreview,
    RollbackQuestion,
    RunOnceAnswer,
)
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.common import DiffAnswer
from reviewer_api.models.suggestions import Stale

router = APIRouter(prefix="/automations", tags=["automations"])
MISSING: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}, 409: {"model": Stale}}


@router.get("")
async def list_automations(parts: PartsHere, q: str = "") -> AutomationList:
    """As last seen in the home; `checked_at` says when."""
    return await parts.deployed.rows(q)


@router.get("/{automation_id}", responses=MISSING)
async def show_automation(automation_id: str, parts: PartsHere) -> AutomationPage:
    return await parts.deployed.page(automation_id)


@router.get("/{automation_id}/versions/{sha}", responses=MISSING)
async def show_version(automation_id: str, sha: str, parts: PartsHere) -> DiffAnswer:
    """What one commit of main did to it."""
    return await parts.deployed.version_diff(automation_id, sha)


@router.get("/{automation_id}/rollback", responses=MISSING)
async def preview_rollback(automation_id: str, parts: PartsHere, to: str | None = None) -> RollbackPreview:
    """What a rollback would change, in git and in the home."""
    return await parts.deployed.rollback_preview(automation_id, to)


@router.post("/{automation_id}/rollback", responses=MISSING)
async def rollback(
    automation_id: str, question: RollbackQuestion, parts: PartsHere, caller: CallerHere
) -> DeployResult:
    """To before its last change, or to a version; a revert commit in the caller's name."""
    result = await parts.deployed.rollback(automation_id, question.to, question.seen_main, who(caller))
    return await _after(parts, result)


@router.post("/{automation_id}/restore", responses=MISSING)
async def restore(automation_id: str, parts: PartsHere, caller: CallerHere) -> DeployResult:
    """Undo its last rollback."""
    return await _after(parts, await parts.deployed.restore(automation_id, who(caller)))


@router.post("/{automation_id}/adopt", responses=MISSING)
async def adopt(automation_id: str, parts: PartsHere, caller: CallerHere) -> DeployResult:
    """Take the home's version into main, in the caller's name."""
    return await _after(parts, await parts.deployed.adopt(automation_id, who(caller)))


@router.post("/{automation_id}/unmanage", responses=MISSING)
async def unmanage(automation_id: str, parts: PartsHere, caller: CallerHere) -> DeployResult:
    """Let go of it: it stays in the home as it is."""
    return await _after(parts, await parts.deployed.unmanage(automation_id, who(caller)))


@router.post("/{automation_id}/reapply", responses=MISSING)
async def reapply(automation_id: str, parts: PartsHere) -> DeployResult:
    """Put main's version back over what the home has."""
    return await _after(parts, await parts.deployed.reapply(automation_id))


@router.post("/{automation_id}/run", responses=MISSING)
async def run_once(automation_id: str, parts: PartsHere) -> RunOnceAnswer:
    """Fire its actions once in the home, without waiting for them to end."""
    return await parts.deployed.run_once(automation_id)


async def _after(parts: Parts, result: DeployResult) -> DeployResult:
    await parts.watch.refresh()
    return result
