"""Who really sent a request: the other end of the connection, whatever a proxy's headers say of it."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

LOCAL = "local"


class PeerMiddleware:
    """Keeps the peer's address in `state.peer`, then believes `X-Forwarded-*` of `trusted_proxies` for the rest."""

    def __init__(self, app: ASGIApp, trusted_proxies: list[str]) -> None:
        self.app = ProxyHeadersMiddleware(app, trusted_proxies)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        scope.setdefault("state", {})["peer"] = client[0] if client else LOCAL
        await self.app(scope, receive, send)  # type: ignore[arg-type]


def peer_of(request: HTTPConnection) -> str:
    """The address at the other end of the connection, or "local" for a socket without one."""
    return str(request.scope.get("state", {}).get("peer", LOCAL))
