"""The services that the routes depend on, built once by `build.py` and passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from automations.git.repository import Repository
from reviewer_api.auth.home_assistant_oauth import HomeAssistantOAuth
from reviewer_api.auth.ingress import Ingress
from reviewer_api.auth.sessions import Auth
from reviewer_api.deployments.automation_service import AutomationService
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.diary import Diary
from reviewer_api.diary.times import utc_now
from reviewer_api.health.readiness import DependencyName, Probe
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.notify.notices import Notices
from reviewer_api.review.home_cache import HomeCache
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import SuggestionView
from reviewer_api.web.limiter import Rates
from reviewer_api.web.metrics import Metrics
from reviewer_api.web.static_files import StaticFiles
from schemas.settings import Settings


@dataclass(frozen=True)
class Services:
    settings: Settings
    repository: Repository
    diary: Diary
    auth: Auth
    nightly_runner: NightlyRunner
    notices: Notices
    suggestion_view: SuggestionView
    review: Review
    automation_service: AutomationService
    reconciler: Reconciler
    home_cache: HomeCache
    home_assistant_oauth: HomeAssistantOAuth | None = None
    probes: tuple[tuple[DependencyName, Probe], ...] = ()
    ingress: Ingress = field(default_factory=Ingress)
    static_files: StaticFiles = field(default_factory=StaticFiles)
    metrics: Metrics = field(default_factory=Metrics)
    rates: Rates = field(default_factory=Rates)
    clock: Callable[[], datetime] = utc_now

    @property
    def base_path(self) -> str:
        """The path that the page is mounted at, such as "/nightshift"; "" where it is the root."""
        return self.settings.BASE_PATH.rstrip("/")


async def services_from_request(request: Request) -> Services:
    # async, though it waits for nothing: FastAPI runs others in a thread, at several times the cost of the response.
    return cast(Services, request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_from_request)]
