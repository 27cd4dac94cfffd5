"""The web application, made of the services that `build.py` made."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match

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
from reviewer_api.api.services import Services, services_of
from reviewer_api.models.base import ErrorAnswer
from reviewer_api.models.suggestions import Stale
from reviewer_api.review.draft_reader import SuggestionNotFound
from reviewer_api.review.review import ApprovalBlocked
from reviewer_api.web.auth_middleware import AuthDependencies, AuthMiddleware
from reviewer_api.web.base_path import BasePathMiddleware
from reviewer_api.web.body_limit import BodyLimitMiddleware
from reviewer_api.web.headers import HeadersMiddleware
from reviewer_api.web.metrics import MetricsMiddleware
from reviewer_api.web.openapi import openapi_document
from reviewer_api.web.peer import PeerMiddleware
from reviewer_api.web.response_cache import ResponseCacheMiddleware
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
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorAnswer, "description": description}
    for code, description in {
        400: "Not done, or not readable",
        401: "Not signed in",
        403: "May not",
        422: "Not understood",
        429: "Too often",
        503: "The home does not answer",
    }.items()
}
STATUS_CODES = (
    (SuggestionNotFound, 404),
    (ApprovalBlocked, 422),
    (AlreadyRunning, 409),
    (InputError, 422),
    (Refused, 422),
    (Unreachable, 503),
    (Unauthorized, 503),
    (NightshiftError, 400),
)


def create_app(services: Services, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The service; `routers` are mounted under `/api`, which only a signed-in caller reaches."""
    app = create_api(routers, lifespan=_lifespan(services))
    app.state.services = services
    app.add_exception_handler(NightshiftError, _error_response)
    app.add_exception_handler(sqlite3.OperationalError, _diary_error_response)
    app.add_exception_handler(StaleError, _stale_response)
    app.add_exception_handler(RequestValidationError, _validation_error_response)
    app.add_api_route("/api/{path:path}", _unknown_address, methods=list(METHODS), include_in_schema=False)
    app.add_api_route("/{path:path}", _serve_page, name="page", include_in_schema=False)
    _add_middleware(app, services)
    return app


def create_api(routers: Sequence[APIRouter] = ROUTERS, **options: Any) -> FastAPI:
    """The routes alone: enough to describe the API, without services behind it."""
    app = FastAPI(
        title="Nightshift",
        summary="Review what the night found.",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        **options,
    )
    for router in routers:
        app.include_router(router, prefix="/api", responses=ERROR_RESPONSES)
    app.include_router(health.router)
    app.include_router(git_http.router)
    app.add_api_route("/api/openapi.json", lambda: openapi_document(app), include_in_schema=False)
    return app


def _add_middleware(app: FastAPI, services: Services) -> None:
    """Last added is outermost: headers and metrics cover every response, also a refusal of the auth middleware."""
    origins, base_path = services.cors_origins, services.address.base_path
    auth_dependencies = AuthDependencies(
        services.auth, services.limiter, origins, services.ingress.caller, services.clock, base_path
    )
    app.add_middleware(ResponseCacheMiddleware, cache_version=partial(_cache_version, services))
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(AuthMiddleware, dependencies=auth_dependencies)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-CSRF-Token"],
        )
    app.add_middleware(HeadersMiddleware, framed=services.ingress.address is not None)
    app.add_middleware(MetricsMiddleware, metrics=services.metrics)
    if base_path:
        app.add_middleware(BasePathMiddleware, base_path=base_path)
    app.add_middleware(PeerMiddleware, trusted_proxies=list(services.trusted_proxies))


def _cache_version(services: Services) -> Hashable:
    """Changes with every ref, whoever moves it, with the board, with a read of the home's state, and with a run."""
    return (
        refs_fingerprint(services.repository),
        services.diary.board.version,
        services.live_state.read_at,
        services.nightly_runner.running,
    )


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await services.auth.load(services.clock())
        async with AsyncExitStack() as stack:
            for one in _background(services):
                await one.begin()
                stack.push_async_callback(one.close)
            yield

    return lifespan


class Background(Protocol):
    async def begin(self) -> None: ...

    async def close(self) -> None: ...


def _background(services: Services) -> Iterable[Background]:
    """What runs beside the requests, begun in this order and closed in the other: each needs those before it."""
    return (
        services.home_cache,
        services.worker,
        services.inbox,
        services.notices,
        services.announcer.task,
        services.remote_sync,
        services.reconciler,
        services.nightly_runner,
        services.after_night.task,
        services.sensors.task,
        *services.upkeep,
    )


def _serve_page(request: Request) -> Response:
    services = services_of(request)
    base_path = services.ingress.base_path(request) or services.address.base_path
    return services.static_files.respond(request, f"{base_path}/")


def _unknown_address(request: Request) -> JSONResponse:
    """404, or 405 where another method would be understood; the page's own addresses are not under `/api`."""
    if allowed := _allowed_methods(request):
        detail = f"{request.url.path} takes {', '.join(allowed)}, not {request.method}."
        return JSONResponse({"detail": detail}, 405, {"Allow": ", ".join(allowed)})
    return JSONResponse({"detail": f"There is no {request.url.path}; /api/openapi.json lists what there is."}, 404)


def _allowed_methods(request: Request) -> list[str]:
    """The methods that a route takes at this address."""
    routes = [
        route for route in request.app.routes if getattr(route, "endpoint", None) not in (_unknown_address, _serve_page)
    ]
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    return [
        method for method, scope in scopes.items() if any(route.matches(scope)[0] is Match.FULL for route in routes)
    ]


def _error_response(_: Request, error: Exception) -> JSONResponse:
    status = next(code for kind, code in STATUS_CODES if isinstance(error, kind))
    # What it quotes may hold bytes that are no text, such as a name in git.
    return JSONResponse({"detail": str(error).encode("utf-8", "replace").decode()}, status)


def _diary_error_response(_: Request, error: Exception) -> JSONResponse:
    detail = f"The diary cannot be written ({error}); make room in DATA_DIR. What was decided is in git and stays."
    return JSONResponse({"detail": detail}, 503)


def _stale_response(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse(Stale(detail=str(error), moved=[str(error)], page=None).model_dump(), 409)


def _validation_error_response(_: Request, error: Exception) -> JSONResponse:
    """All that is wrong with the request, in sentences; its values are not repeated, they may hold a secret."""
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    messages = [f"{'.'.join(map(str, e['loc'][1:])) or 'body'}: {e['msg']}" for e in errors]
    return JSONResponse({"detail": "; ".join(messages)}, 422)
