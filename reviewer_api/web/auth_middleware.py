"""Authentication, roles, CSRF and rate limits before `/api`, `/git` and `/metrics`.

A pure ASGI middleware, so that a route can neither be forgotten nor be reached by a path that nobody listed.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewer_api.auth.caller import Caller
from reviewer_api.auth.cookies import SESSION_COOKIE, session_cookie
from reviewer_api.auth.sessions import Auth
from reviewer_api.web.limiter import Limiter
from reviewer_api.web.peer import peer_of
from schemas.errors import Unreachable

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_PATH: Final = "/api/session"
SIGN_IN_PATHS: Final = "/api/sign-in/"
"""The redirect to Home Assistant's own sign-in page and back."""


@dataclass(frozen=True)
class AuthDependencies:
    """`origins` are the other pages that may send changes; `caller_from_ingress` gives who comes by the supervisor."""

    auth: Auth
    limiter: Limiter
    origins: frozenset[str]
    caller_from_ingress: Callable[[Request], Caller | None]
    clock: Callable[[], datetime]
    base_path: str


class AccessDenied(Exception):
    def __init__(self, status: int, detail: str, retry_after_seconds: int = 0, scheme: str = "Bearer") -> None:
        super().__init__(detail)
        self.response = JSONResponse(
            {"detail": detail}, status, {"Retry-After": str(retry_after_seconds)} if retry_after_seconds else None
        )
        if status == 401:
            self.response.headers["WWW-Authenticate"] = scheme


class AuthMiddleware:
    def __init__(self, app: ASGIApp, dependencies: AuthDependencies) -> None:
        self.app = app
        self._dependencies = dependencies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_protected(scope["path"]):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            new_token = await self._authorize(request)
        except AccessDenied as denied:
            await denied.response(scope, receive, send)
            return
        if new_token:
            send = _with_cookie(send, session_cookie(new_token, request, self._dependencies.base_path))
        await self.app(scope, receive, send)

    async def _authorize(self, request: Request) -> str | None:
        """Set `request.state.caller` or raise AccessDenied; returns a new session token where one is due."""
        path = request.scope["path"]
        if path.startswith(SIGN_IN_PATHS):
            _check_rate_limit(await self._dependencies.limiter.count_sign_in(peer_of(request)))
            return None
        if (request.method, path) == ("POST", SESSION_PATH):
            # Counted by the route, and only once it is wrong. Another site's tries are none of the person's.
            if not self._is_same_origin(request):
                raise AccessDenied(
                    403, "This did not come from Nightshift's own page; open the page and sign in there."
                )
            return None
        caller = await self._authenticate(request)
        _check_rate_limit(await self._dependencies.limiter.count_request(caller.session_id or caller.name))
        if request.method not in SAFE_METHODS:
            self._check_may_write(request, caller, path)
        request.state.caller = caller
        return await self._renew_token(request) if caller.auth_method == "session" else None

    async def _authenticate(self, request: Request) -> Caller:
        """A bearer token comes first: who sends one means it, and a cookie does not make up for a wrong one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        for_git = _is_git(request.scope["path"])
        if scheme.lower() == "bearer":
            caller = await self._authenticate_bearer(request, token.strip())
        elif scheme.lower() == "basic" and for_git:
            caller = await self._authenticate_bearer(request, _basic_password(token))
        else:
            caller = self._authenticate_session(request) or self._dependencies.caller_from_ingress(request)
        if caller is None:
            detail = "Not signed in; open the link that Nightshift showed at its start, or sign in again."
            raise AccessDenied(401, detail, scheme='Basic realm="Nightshift"' if for_git else "Bearer")
        return caller

    async def _authenticate_bearer(self, request: Request, token: str) -> Caller | None:
        now = self._dependencies.clock()
        if known := self._dependencies.auth.known_caller(token, now):
            return known  # before the limit: somebody's wrong tries from the same address must not lock it out
        _check_rate_limit(await self._dependencies.limiter.sign_in_wait_seconds(peer_of(request)))
        try:
            caller = await self._dependencies.auth.caller_from_home(token, now)
        except Unreachable as error:
            raise AccessDenied(
                503, f"Whose token this is could not be asked: {error}", retry_after_seconds=10
            ) from None
        if caller is None:
            await self._dependencies.limiter.count_sign_in(peer_of(request))
        return caller

    def _authenticate_session(self, request: Request) -> Caller | None:
        token = request.cookies.get(SESSION_COOKIE)
        session = self._dependencies.auth.session(token, self._dependencies.clock()) if token else None
        return Caller(session.name, session.role, "session", session.session_id, session.csrf) if session else None

    def _check_may_write(self, request: Request, caller: Caller, path: str) -> None:
        if caller.auth_method in ("session", "ingress") and not self._passes_csrf_check(request, caller):
            raise AccessDenied(
                403, "This change did not come from Nightshift's own page; reload the page and try again."
            )
        if caller.role != "approver" and path != SESSION_PATH:
            raise AccessDenied(403, "You may look; only an administrator of the home may change anything.")

    def _passes_csrf_check(self, request: Request, caller: Caller) -> bool:
        """By where it came from, and by the token that only our page can read."""
        token = request.headers.get("x-csrf-token", "")
        is_right = bool(caller.csrf) and hmac.compare_digest(token.encode(), caller.csrf.encode())
        return is_right and self._is_same_origin(request)

    def _is_same_origin(self, request: Request) -> bool:
        """By Origin; where a browser sends none, by Sec-Fetch-Site; a program sends neither."""
        origin = request.headers.get("origin")
        if origin is None:
            return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        return urlsplit(origin).netloc == request.headers.get("host") or origin in self._dependencies.origins

    async def _renew_token(self, request: Request) -> str | None:
        now = self._dependencies.clock()
        session = self._dependencies.auth.session(request.cookies[SESSION_COOKIE], now)
        return await self._dependencies.auth.renew(session, now) if session else None


def _is_protected(path: str) -> bool:
    return path in ("/metrics", "/api") or path.startswith("/api/") or _is_git(path)


def _is_git(path: str) -> bool:
    return path == "/git" or path.startswith("/git/")


def _basic_password(credentials: str) -> str:
    """The password of a Basic authorization, which is how git sends a token; the user's name does not matter."""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _check_rate_limit(retry_after_seconds: int) -> None:
    if retry_after_seconds:
        raise AccessDenied(429, f"Too many requests; try again in {retry_after_seconds} seconds.", retry_after_seconds)


def _with_cookie(send: Send, cookie: str) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return send_with_cookie
