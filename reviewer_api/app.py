"""The web application, made of parts that are built already."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware

from automations.git.refs import refs_fingerprint
from reviewer_api.api import (
    automations,
    git_http,
    health,
    home,
    log,
    patterns,
    runs,
    session,
    sign_in,
    status,
    suggestions,
)
from reviewer_api.api.services import Parts
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.suggestions import Stale
from reviewer_api.review.review import NotAllowed
from reviewer_api.review.suggestion_state import NotThere
from reviewer_api.web.auth_middleware import Gate, GateMiddleware
from reviewer_api.web.base_path import BasePathMiddleware
from reviewer_api.web.headers import HeadersMiddleware
from reviewer_api.web.limiter import Limiter
from reviewer_api.web.metrics import MetricsMiddleware
from reviewer_api.web.openapi import document
from reviewer_api.web.response_cache import ReadyAnswersMiddleware
from reviewer_api.web.version import VERSION
from schemas.errors import AlreadyRunning, InputError, NightshiftError, Refused, StaleError, Unauthorized, Unreachable

ROUTERS = (
    session.router,
    sign_in.router,
    suggestions.router,
    automations.router,
    home.router,
    patterns.router,
    runs.router,
    log.router,
    status.router,
)
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorAnswer, "description": words}
    for code, words in {
        400: "Not done, or not readable",
        401: "Not signed in",
        403: "May not",
        422: "Not understood",
        429: "Too often",
        503: "The home does not answer",
    }.items()
}
STATUS_OF = (
    (NotThere, 404),
    (NotAllowed, 422),
    (AlreadyRunning, 409),
    (InputError, 422),
    (Refused, 422),
    (Unreachable, 503),
    (Unauthorized, 503),
    (NightshiftError, 400),
)


def create_app(parts: Parts, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The service; `routers` are mounted under `/api`, where only who is signed in gets."""
    app = create_api(routers, lifespan=_living(parts))
    app.state.parts = parts
    app.add_exception_handler(NightshiftError, _sentence)
    app.add_exception_handler(sqlite3.OperationalError, _diary_trouble)
    app.add_exception_handler(StaleError, _moved)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_api_route("/{path:path}", _page, name="page", include_in_schema=False)
    _add_middleware(app, parts)
    return app


def create_api(routers: Sequence[APIRouter] = ROUTERS, **more: Any) -> FastAPI:
    """The routes alone: enough to describe the API, without parts to serve it."""
    app = FastAPI(
        title="Nightshift",
        summary="Review what the night found.",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        **more,
    )
    for router in routers:
        app.include_router(router, prefix="/api", responses=ERRORS)
    app.include_router(health.router)
    app.include_router(git_http.router)
    app.add_api_route("/api/openapi.json", lambda: document(app), include_in_schema=False)
    return app


def _add_middleware(app: FastAPI, parts: Parts) -> None:
    """Last added is outermost: headers and measures are on every answer, also on a refusal of the gate."""
    origins = frozenset(parts.settings.CORS_ORIGINS)
    gate = Gate(parts.auth, Limiter(parts.rates), origins, parts.ingress.caller, parts.clock, parts.base)
    app.add_middleware(ReadyAnswersMiddleware, since=partial(_since, parts))
    app.add_middleware(GateMiddleware, gate=gate)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-CSRF-Token"],
        )
    app.add_middleware(HeadersMiddleware, framed=parts.ingress.address is not None)
    app.add_middleware(MetricsMiddleware, metrics=parts.metrics)
    if parts.base:
        app.add_middleware(BasePathMiddleware, base=parts.base)


def _since(parts: Parts) -> Hashable:
    """Changes with every ref, whoever moves it, with the board, with a look at the home, and with a run."""
    return refs_fingerprint(parts.repository), parts.diary.board.version, parts.deployed.looked_at, parts.night.running


def _living(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        await parts.auth.load(parts.clock())
        await parts.known.begin()
        await parts.notices.begin()
        await parts.night.begin()
        await parts.watch.begin()
        try:
            yield
        finally:
            await parts.watch.close()
            await parts.night.close()
            await parts.notices.close()
            await parts.known.close()

    return living


def _page(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    base = parts.ingress.base(request) or parts.base
    return parts.page.answer(request, f"{base}/")


def _sentence(_: Request, error: Exception) -> JSONResponse:
    status = next(code for kind, code in STATUS_OF if isinstance(error, kind))
    return JSONResponse({"detail": str(error)}, status)


def _diary_trouble(_: Request, error: Exception) -> JSONResponse:
    words = f"The diary cannot be written ({error}); make room in DATA_DIR. What was decided is in git and stays."
    return JSONResponse({"detail": words}, 503)


def _moved(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse(Stale(detail=str(error), moved=[str(error)], page=None).model_dump(), 409)


def _misunderstood(_: Request, error: Exception) -> JSONResponse:
    """All that is wrong with the question, in sentences; what was sent is not repeated, it may hold a secret."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    wrong = [f"{'.'.join(map(str, e['loc'][1:])) or 'body'}: {e['msg']}" for e in found]
    return JSONResponse({"detail": "; ".join(wrong)}, 422)
