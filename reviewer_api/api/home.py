"""The home: the plan of the next round, drift, deployments, and the catalogue that the editor completes from."""

from __future__ import annotations

from fastapi import APIRouter, Query

from reviewer_api.api.services import ServicesDep
from reviewer_api.models.automations import ConfirmQuestion, DeploymentList, DeployResult, DriftAnswer, PlanAnswer
from reviewer_api.models.status import Catalogue, CompletionEntity

router = APIRouter(tags=["home"])


@router.get("/plan")
async def show_plan(services: ServicesDep) -> PlanAnswer:
    """What deploying would do now, and why it waits for a person where it does."""
    return await services.automation_service.plan()


@router.post("/plan/confirm")
async def confirm_plan(question: ConfirmQuestion, services: ServicesDep) -> DeployResult:
    """Yes to exactly the plan that was shown."""
    result = await services.automation_service.confirm(question.plan_hash)
    await services.reconciler.refresh()
    return result


@router.get("/drift")
async def show_drift(services: ServicesDep) -> DriftAnswer:
    return await services.automation_service.drift()


@router.get("/deployments")
async def list_deployments(services: ServicesDep, limit: int = Query(100, ge=1, le=500)) -> DeploymentList:
    """Newest first."""
    return DeploymentList(items=await services.diary.deployments.latest(limit))


@router.get("/catalogue")
async def show_catalogue(services: ServicesDep) -> Catalogue:
    """Entities and services, for completion."""
    home = services.home_cache.home
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
