"""The services, built once by `build.py`; a route names the one or two that it may touch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar, cast

from fastapi import Depends
from starlette.requests import Request

from automations.git.repository import Repository
from automations.open.pause import Pause
from reviewer_api.auth.home_assistant_oauth import HomeAssistantOAuth
from reviewer_api.auth.ingress import Ingress
from reviewer_api.auth.page_address import PageAddress
from reviewer_api.auth.sessions import Auth
from reviewer_api.deployments.automation_actions import AutomationActions
from reviewer_api.deployments.automation_view import AutomationView
from reviewer_api.deployments.live_state import LiveState
from reviewer_api.deployments.reconciler import Reconciler
from reviewer_api.deployments.remote_sync import RemoteSync
from reviewer_api.diary import Diary
from reviewer_api.diary.times import utc_now
from reviewer_api.health.checks import HealthCheck
from reviewer_api.night.after_night import AfterNight
from reviewer_api.night.runner import NightlyRunner
from reviewer_api.notify.announcer import Announcer
from reviewer_api.notify.inbox import Inbox
from reviewer_api.notify.notices import Notices
from reviewer_api.notify.sensors import Sensors
from reviewer_api.review.home_cache import HomeCache
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import SuggestionView
from reviewer_api.tasks.background import BackgroundTask
from reviewer_api.web.limiter import Limiter, Rates
from reviewer_api.web.metrics import Metrics
from reviewer_api.web.static_files import StaticFiles
from reviewer_api.worker.kept_worker import KeptWorker

Service = TypeVar("Service")
HealthChecks = tuple[HealthCheck, ...]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Services:
    """Each is built of those above it."""

    repository: Repository
    diary: Diary
    auth: Auth
    home_cache: HomeCache
    live_state: LiveState
    worker: KeptWorker
    suggestion_view: SuggestionView
    review: Review
    notices: Notices
    announcer: Announcer
    remote_sync: RemoteSync
    reconciler: Reconciler
    automation_view: AutomationView
    automation_actions: AutomationActions
    nightly_runner: NightlyRunner
    after_night: AfterNight
    inbox: Inbox
    sensors: Sensors
    pause: Pause
    address: PageAddress
    home_assistant_oauth: HomeAssistantOAuth | None = None
    health_checks: HealthChecks = ()
    upkeep: tuple[BackgroundTask, ...] = ()
    ingress: Ingress = field(default_factory=Ingress)
    static_files: StaticFiles = field(default_factory=StaticFiles)
    metrics: Metrics = field(default_factory=Metrics)
    limiter: Limiter = field(default_factory=lambda: Limiter(Rates()))
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: frozenset[str] = frozenset()
    clock: Clock = utc_now


def services_of(request: Request) -> Services:
    """All of them: for the application itself, not for a route."""
    return cast(Services, request.app.state.services)


def _service(pick: Callable[[Services], Service]) -> Callable[[Request], Awaitable[Service]]:
    # async, though it waits for nothing: FastAPI runs others in a thread, at several times the cost of the response.
    async def picked(request: Request) -> Service:
        return pick(services_of(request))

    return picked


RepositoryDep = Annotated[Repository, Depends(_service(lambda services: services.repository))]
DiaryDep = Annotated[Diary, Depends(_service(lambda services: services.diary))]
AuthDep = Annotated[Auth, Depends(_service(lambda services: services.auth))]
HomeCacheDep = Annotated[HomeCache, Depends(_service(lambda services: services.home_cache))]
LiveStateDep = Annotated[LiveState, Depends(_service(lambda services: services.live_state))]
SuggestionViewDep = Annotated[SuggestionView, Depends(_service(lambda services: services.suggestion_view))]
ReviewDep = Annotated[Review, Depends(_service(lambda services: services.review))]
ReconcilerDep = Annotated[Reconciler, Depends(_service(lambda services: services.reconciler))]
AutomationViewDep = Annotated[AutomationView, Depends(_service(lambda services: services.automation_view))]
AutomationActionsDep = Annotated[AutomationActions, Depends(_service(lambda services: services.automation_actions))]
NightlyRunnerDep = Annotated[NightlyRunner, Depends(_service(lambda services: services.nightly_runner))]
AfterNightDep = Annotated[AfterNight, Depends(_service(lambda services: services.after_night))]
PauseDep = Annotated[Pause, Depends(_service(lambda services: services.pause))]
AddressDep = Annotated[PageAddress, Depends(_service(lambda services: services.address))]
OAuthDep = Annotated[HomeAssistantOAuth | None, Depends(_service(lambda services: services.home_assistant_oauth))]
HealthChecksDep = Annotated[HealthChecks, Depends(_service(lambda services: services.health_checks))]
LimiterDep = Annotated[Limiter, Depends(_service(lambda services: services.limiter))]
MetricsDep = Annotated[Metrics, Depends(_service(lambda services: services.metrics))]
ClockDep = Annotated[Clock, Depends(_service(lambda services: services.clock))]
