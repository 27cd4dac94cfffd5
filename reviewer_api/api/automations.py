"""What is deployed: the list, one automation with its versions, and a person's decision on it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from reviewer_api.api.author import AuthorDep
from reviewer_api.api.services import AutomationActionsDep, AutomationViewDep, ReconcilerDep
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
async def list_automations(automation_view: AutomationViewDep, q: str = "") -> AutomationList:
    """As last seen in the home; `checked_at` says when."""
    return await automation_view.rows(q)


@router.get("/{automation_id}", responses=NOT_FOUND)
async def show_automation(automation_id: str, automation_view: AutomationViewDep) -> AutomationPage:
    return await automation_view.page(automation_id)


@router.get("/{automation_id}/versions/{sha}", responses=NOT_FOUND)
async def show_version(automation_id: str, sha: str, automation_view: AutomationViewDep) -> DiffAnswer:
    """What one commit of main did to it."""
    return await automation_view.version_diff(automation_id, sha)


@router.get("/{automation_id}/rollback", responses=NOT_FOUND)
async def preview_rollback(
    automation_id: str, automation_view: AutomationViewDep, to: str | None = None
) -> RollbackPreview:
    """What a rollback would change, in git and in the home."""
    return await automation_view.rollback_preview(automation_id, to)


@router.post("/{automation_id}/rollback", responses=NOT_FOUND)
async def rollback(
    automation_id: str, question: RollbackQuestion, actions: AutomationActionsDep, author: AuthorDep
) -> DeployResult:
    """To before its last change, or to a version; a revert commit in the caller's name."""
    return await actions.rollback(automation_id, question.to, question.seen_main, author)


@router.post("/{automation_id}/restore", responses=NOT_FOUND)
async def restore(automation_id: str, actions: AutomationActionsDep, author: AuthorDep) -> DeployResult:
    """Undo its last rollback."""
    return await actions.restore(automation_id, author)


@router.post("/{automation_id}/adopt", responses=NOT_FOUND)
async def adopt(automation_id: str, actions: AutomationActionsDep, author: AuthorDep) -> DeployResult:
    """Take the home's version into main, in the caller's name."""
    return await actions.adopt(automation_id, author)


@router.post("/{automation_id}/unmanage", responses=NOT_FOUND)
async def unmanage(automation_id: str, actions: AutomationActionsDep, author: AuthorDep) -> DeployResult:
    """Let go of it: it stays in the home as it is."""
    return await actions.unmanage(automation_id, author)


@router.post("/{automation_id}/reapply", responses=NOT_FOUND)
async def reapply(automation_id: str, reconciler: ReconcilerDep) -> DeployResult:
    """Put main's version back over what the home has."""
    return await reconciler.reapply(automation_id)


@router.post("/{automation_id}/run", responses=NOT_FOUND)
async def run_once(automation_id: str, actions: AutomationActionsDep) -> RunOnceAnswer:
    """Fire its actions once in the home, without waiting for them to end."""
    return await actions.run_once(automation_id)
