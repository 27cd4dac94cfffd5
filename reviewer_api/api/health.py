"""For supervisors and Prometheus: liveness, readiness, metrics."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from reviewer_api.api.services import DiaryDep, HealthChecksDep, MetricsDep
from reviewer_api.diary.board import SuggestionFilter
from reviewer_api.health.readiness import read_dependencies
from reviewer_api.models.status import Health, Readiness
from reviewer_api.web.version import VERSION

router = APIRouter(tags=["health"])
REQUIRED = frozenset({"repository", "disk"})
"""Without these nothing works; a home or broker that is away may come back by itself."""


@router.get("/health")
async def alive() -> Health:
    """Answers while the process lives; needs no sign-in and tells nothing about the home."""
    return Health(status="ok", version=VERSION)


@router.get("/health/ready", responses={503: {"model": Readiness}})
async def ready(checks: HealthChecksDep, response: Response) -> Readiness:
    """Each dependency by name and whether it is well, without its details."""
    dependencies = await read_dependencies(checks)
    is_ready = not any(dependency.name in REQUIRED and dependency.ok is False for dependency in dependencies)
    response.status_code = 200 if is_ready else 503
    public = [dependency.model_copy(update={"words": "", "mend": ""}) for dependency in dependencies]
    return Readiness(ready=is_ready, dependencies=public)


@router.get("/metrics", name="metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def show_metrics(metrics: MetricsDep, diary: DiaryDep, checks: HealthChecksDep) -> Response:
    """Prometheus text; needs `Authorization: Bearer`."""
    for state, count in (await diary.board.page(SuggestionFilter(limit=1))).counts.items():
        metrics.suggestions.labels(state).set(count)
    metrics.waiting_notices.set(await diary.outbox.count())
    for dependency in await read_dependencies(checks):
        if dependency.ok is not None:
            metrics.up.labels(dependency.name).set(dependency.ok)
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
