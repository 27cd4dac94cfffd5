"""Security headers on every response."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors {ancestors}",
    )
)
NO_STORE: Final = (b"cache-control", b"no-store")


class HeadersMiddleware:
    """`framed`: the page may be framed by Home Assistant's, only where the service runs behind its ingress."""

    def __init__(self, app: ASGIApp, framed: bool) -> None:
        self.app = app
        ancestors = "'self'" if framed else "'none'"
        self.headers = {
            "content-security-policy": PAGE_POLICY.format(ancestors=ancestors),
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN" if framed else "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
        }
        # Encoded for ASGI: no response sets one of these itself, so they are only appended.
        self._raw = [(name.encode(), value.encode()) for name, value in self.headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *self._raw]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(NO_STORE)
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)
