"""For supervisors and Prometheus: alive, ready, measured."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from reviewer_api.api.services import PartsHere
from reviewer_api.diary.board import Wanted
from reviewer_api.health.readiness import dependencies
from reviewer_api.models.status import Health, Readiness
from reviewer_api.web.version import VERSION

router = APIRouter(tags=["health"])
NEEDED = frozenset({"repository", "disk"})
"""Without these nothing works; a home or broker that is away is waited for."""


@router.get("/health")
async def alive() -> Health:
    """Answers while the process lives; needs no sign-in and tells nothing about the home."""
    return Health(status="ok", version=VERSION)


@router.get("/health/ready", responses={503: {"model": Readiness}})
async def ready(parts: PartsHere, response: Response) -> Readiness:
    """Each dependency by name and whether it is well, without its details."""
    found = await dependencies(parts.probes)
    is_ready = not any(dependency.name in NEEDED and dependency.ok is False for dependency in found)
    response.status_code = 200 if is_ready else 503
    public = [found_one.model_copy(update={"words": "", "mend": ""}) for found_one in found]
    return Readiness(ready=is_ready, dependencies=public)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(parts: PartsHere) -> Response:
    """Prometheus text; needs `Authorization: Bearer`."""
    for state, count in (await parts.diary.board.page(Wanted(limit=1))).counts.items():
        parts.metrics.suggestions.labels(state).set(count)
    parts.metrics.waiting_notices.set(await parts.diary.outbox.count())
    for found in await dependencies(parts.probes):
        if found.ok is not None:
            parts.metrics.up.labels(found.name).set(found.ok)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
