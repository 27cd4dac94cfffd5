"""The parts that the service is made of, built once in `__main__.py` and passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from automations.git.repository import Repository
from reviewer_api.auth.home_assistant_oauth import HomeSignIn
from reviewer_api.auth.ingress import Ingress
from reviewer_api.auth.sign_in import Auth
from reviewer_api.deployments.reconciler import Watch
from reviewer_api.deployments.service import Deployed
from reviewer_api.diary import Diary
from reviewer_api.diary.times import utc_now
from reviewer_api.health.readiness import Name, Probe
from reviewer_api.night.nightly import Night
from reviewer_api.notify.notices import Notices
from reviewer_api.review.home_cache import Known
from reviewer_api.review.review import Review
from reviewer_api.review.suggestion_view import Shown
from reviewer_api.web.limiter import Rates
from reviewer_api.web.metrics import Metrics
from reviewer_api.web.static_files import Page
from schemas.settings import Settings


@dataclass(frozen=True)
class Parts:
    settings: Settings
    repository: Repository
    diary: Diary
    auth: Auth
    night: Night
    notices: Notices
    shown: Shown
    review: Review
    deployed: Deployed
    watch: Watch
    known: Known
    home_sign_in: HomeSignIn | None = None
    probes: tuple[tuple[Name, Probe], ...] = ()
    ingress: Ingress = field(default_factory=Ingress)
    page: Page = field(default_factory=Page)
    metrics: Metrics = field(default_factory=Metrics)
    rates: Rates = field(default_factory=Rates)
    clock: Callable[[], datetime] = utc_now

    @property
    def base(self) -> str:
        """The path that the page stands behind, such as "/nightshift"; "" where it is the root."""
        return self.settings.BASE_PATH.rstrip("/")


async def parts_of(request: Request) -> Parts:
    # async, though it waits for nothing: FastAPI runs others in a thread, at several times the cost of the answer.
    return cast(Parts, request.app.state.parts)


PartsHere = Annotated[Parts, Depends(parts_of)]
