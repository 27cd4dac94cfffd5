"""The home: the plan of the next round, drift, deployments, and the catalogue that the editor completes from."""

from __future__ import annotations

from fastapi import APIRouter, Query

from reviewer_api.api.services import AutomationViewDep, DiaryDep, HomeCacheDep, ReconcilerDep
from reviewer_api.models.automations import ConfirmQuestion, DeploymentList, DeployResult, DriftAnswer, PlanAnswer
from reviewer_api.models.status import Catalogue, CompletionEntity

router = APIRouter(tags=["home"])


@router.get("/plan")
async def show_plan(automation_view: AutomationViewDep) -> PlanAnswer:
    """What deploying would do now, and why it waits for a person where it does."""
    return await automation_view.plan()


@router.post("/plan/confirm")
async def confirm_plan(question: ConfirmQuestion, reconciler: ReconcilerDep) -> DeployResult:
    """Yes to exactly the plan that was shown."""
    return await reconciler.confirm(question.plan_hash)


@router.get("/drift")
async def show_drift(automation_view: AutomationViewDep) -> DriftAnswer:
    return await automation_view.drift()


@router.get("/deployments")
async def list_deployments(diary: DiaryDep, limit: int = Query(100, ge=1, le=500)) -> DeploymentList:
    """Newest first."""
    return DeploymentList(items=await diary.deployments.latest(limit))


@router.get("/catalogue")
async def show_catalogue(home_cache: HomeCacheDep) -> Catalogue:
    """Entities and services, for completion."""
    home = home_cache.home
    entities = [
        CompletionEntity(
            entity_id=entity.entity_id,
            name=entity.display_name,
            area=home.areas_by_id[entity.area_id].name if entity.area_id in home.areas_by_id else None,
        )
        for entity in home.entities
        if not entity.disabled
    ]
    return Catalogue(entities=entities, services=[service.full_name for service in home.services])
