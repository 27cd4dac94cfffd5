"""What is deployed: the list, one automation with its versions, and a person's decision on it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from reviewer_api.api.services import Services, ServicesDep
from reviewer_api.api.suggestions import author_from_caller
from reviewer_api.auth.caller import CallerDep
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
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}, 409: {"model": Stale}}


@router.get("")
async def list_automations(services: ServicesDep, q: str = "") -> AutomationList:
    """As last seen in the home; `checked_at` says when."""
    return await services.automation_service.rows(q)


@router.get("/{automation_id}", responses=NOT_FOUND)
async def show_automation(automation_id: str, services: ServicesDep) -> AutomationPage:
    return await services.automation_service.page(automation_id)


@router.get("/{automation_id}/versions/{sha}", responses=NOT_FOUND)
async def show_version(automation_id: str, sha: str, services: ServicesDep) -> DiffAnswer:
    """What one commit of main did to it."""
    return await services.automation_service.version_diff(automation_id, sha)


@router.get("/{automation_id}/rollback", responses=NOT_FOUND)
async def preview_rollback(automation_id: str, services: ServicesDep, to: str | None = None) -> RollbackPreview:
    """What a rollback would change, in git and in the home."""
    return await services.automation_service.rollback_preview(automation_id, to)


@router.post("/{automation_id}/rollback", responses=NOT_FOUND)
async def rollback(
    automation_id: str, question: RollbackQuestion, services: ServicesDep, caller: CallerDep
) -> DeployResult:
    """To before its last change, or to a version; a revert commit in the caller's name."""
    result = await services.automation_service.rollback(
        automation_id, question.to, question.seen_main, author_from_caller(caller)
    )
    return await _refresh_board(services, result)


@router.post("/{automation_id}/restore", responses=NOT_FOUND)
async def restore(automation_id: str, services: ServicesDep, caller: CallerDep) -> DeployResult:
    """Undo its last rollback."""
    return await _refresh_board(
        services, await services.automation_service.restore(automation_id, author_from_caller(caller))
    )


@router.post("/{automation_id}/adopt", responses=NOT_FOUND)
async def adopt(automation_id: str, services: ServicesDep, caller: CallerDep) -> DeployResult:
    """Take the home's version into main, in the caller's name."""
    return await _refresh_board(
        services, await services.automation_service.adopt(automation_id, author_from_caller(caller))
    )


@router.post("/{automation_id}/unmanage", responses=NOT_FOUND)
async def unmanage(automation_id: str, services: ServicesDep, caller: CallerDep) -> DeployResult:
    """Let go of it: it stays in the home as it is."""
    return await _refresh_board(
        services, await services.automation_service.unmanage(automation_id, author_from_caller(caller))
    )


@router.post("/{automation_id}/reapply", responses=NOT_FOUND)
async def reapply(automation_id: str, services: ServicesDep) -> DeployResult:
    """Put main's version back over what the home has."""
    return await _refresh_board(services, await services.automation_service.reapply(automation_id))


@router.post("/{automation_id}/run", responses=NOT_FOUND)
async def run_once(automation_id: str, services: ServicesDep) -> RunOnceAnswer:
    """Fire its actions once in the home, without waiting for them to end."""
    return await services.automation_service.run_once(automation_id)


async def _refresh_board(services: Services, result: DeployResult) -> DeployResult:
    await services.reconciler.refresh()
    return result
