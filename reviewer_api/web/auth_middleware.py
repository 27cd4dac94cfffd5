"""The gate before `/api`, `/git` and `/metrics`: who calls, whether they may, how often, and from which page.

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

from reviewer_api.auth.callers import Caller
from reviewer_api.auth.cookies import COOKIE, session_cookie
from reviewer_api.auth.sign_in import Auth
from reviewer_api.web.limiter import Limiter
from schemas.errors import Unreachable

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_PATH: Final = "/api/session"
SIGN_IN_PATHS: Final = "/api/sign-in/"
"""The way to Home Assistant's own sign-in page and back."""


@dataclass(frozen=True)
class Gate:
    """`origins` are the pages beside our own that may send changes; `ingress` knows who comes by the supervisor."""

    auth: Auth
    limiter: Limiter
    origins: frozenset[str]
    ingress: Callable[[Request], Caller | None]
    clock: Callable[[], datetime]
    base: str


class Denied(Exception):
    def __init__(self, status: int, detail: str, wait: int = 0, scheme: str = "Bearer") -> None:
        super().__init__(detail)
        self.answer = JSONResponse({"detail": detail}, status, {"Retry-After": str(wait)} if wait else None)
        if status == 401:
            self.answer.headers["WWW-Authenticate"] = scheme


class GateMiddleware:
    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _guarded(scope["path"]):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            renewed = await self._let_in(request)
        except Denied as denied:
            await denied.answer(scope, receive, send)
            return
        if renewed:
            send = _with_cookie(send, session_cookie(renewed, request, self._gate.base))
        await self.app(scope, receive, send)

    async def _let_in(self, request: Request) -> str | None:
        """Put the caller into the request's state, or raise Denied; gives a new session token where one is due."""
        path = request.scope["path"]
        if path.startswith(SIGN_IN_PATHS) or (request.method, path) == ("POST", SESSION_PATH):
            _unless_too_often(await self._gate.limiter.sign_in(_address(request)))
            return None
        caller = await self._caller(request)
        _unless_too_often(await self._gate.limiter.request(caller.session_id or caller.name))
        if request.method not in SAFE_METHODS:
            self._unless_allowed_to_change(request, caller, path)
        request.state.caller = caller
        return await self._renewed(request) if caller.by == "session" else None

    async def _caller(self, request: Request) -> Caller:
        """A bearer token comes first: who sends one means it, and a cookie does not make up for a wrong one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        for_git = _is_git(request.scope["path"])
        if scheme.lower() == "bearer":
            caller = await self._bearer(request, token.strip())
        elif scheme.lower() == "basic" and for_git:
            caller = await self._bearer(request, _password(token))
        else:
            caller = self._by_session(request) or self._gate.ingress(request)
        if caller is None:
            words = "Not signed in; open the link that Nightshift showed at its start, or sign in again."
            raise Denied(401, words, scheme='Basic realm="Nightshift"' if for_git else "Bearer")
        return caller

    async def _bearer(self, request: Request, token: str) -> Caller | None:
        _unless_too_often(await self._gate.limiter.refused(_address(request)))
        try:
            caller = await self._gate.auth.bearer(token, self._gate.clock())
        except Unreachable as error:
            raise Denied(503, f"Whose token this is could not be asked: {error}", wait=10) from None
        if caller is None:
            await self._gate.limiter.sign_in(_address(request))
        return caller

    def _by_session(self, request: Request) -> Caller | None:
        token = request.cookies.get(COOKIE)
        session = self._gate.auth.session(token, self._gate.clock()) if token else None
        return Caller(session.name, session.role, "session", session.session_id, session.csrf) if session else None

    def _unless_allowed_to_change(self, request: Request, caller: Caller, path: str) -> None:
        if caller.by in ("session", "ingress") and not self._from_our_page(request, caller):
            raise Denied(403, "This change did not come from Nightshift's own page; reload the page and try again.")
        if caller.role != "approver" and path != SESSION_PATH:
            raise Denied(403, "You may look; only an administrator of the home may change anything.")

    def _from_our_page(self, request: Request, caller: Caller) -> bool:
        """By Origin (where a browser sends none, Sec-Fetch-Site) and by the token that only our page can read."""
        origin = request.headers.get("origin")
        if origin is None:
            ours = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        else:
            ours = urlsplit(origin).netloc == request.headers.get("host") or origin in self._gate.origins
        token = request.headers.get("x-csrf-token", "")
        return ours and bool(caller.csrf) and hmac.compare_digest(token.encode(), caller.csrf.encode())

    async def _renewed(self, request: Request) -> str | None:
        now = self._gate.clock()
        session = self._gate.auth.session(request.cookies[COOKIE], now)
        return await self._gate.auth.renewed(session, now) if session else None


def _guarded(path: str) -> bool:
    return path in ("/metrics", "/api") or path.startswith("/api/") or _is_git(path)


def _is_git(path: str) -> bool:
    return path == "/git" or path.startswith("/git/")


def _password(basic: str) -> str:
    """The password of a Basic authorization, which is how git sends a token; the user's name does not matter."""
    try:
        return base64.b64decode(basic, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _address(request: Request) -> str:
    return request.client.host if request.client else "local"


def _unless_too_often(wait: int) -> None:
    if wait:
        raise Denied(429, f"Too many requests; try again in {wait} seconds.", wait)


def _with_cookie(send: Send, cookie: str) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return send_with_cookie
