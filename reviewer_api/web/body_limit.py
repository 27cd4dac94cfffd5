"""How large the body of a request may be, and how long it may take; what is too large is refused without being read."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BYTES_SIGNED_OUT: Final = 64 * 1024
MAX_BYTES_SIGNED_IN: Final = 1024**2
MAX_BYTES_OF_PUSH: Final = 64 * 1024**2
"""git writes a push to disk as it comes, so it costs no memory."""
SILENCE_SECONDS: Final = 30.0


class BodyLimitMiddleware:
    """Stands behind the auth middleware, which says by `state.caller` whether somebody is signed in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _max_bytes(scope)
        if (length := _content_length(scope)) is not None and length > limit:
            await _refusal(limit)(scope, receive, send)
            return
        await self.app(scope, _limited(receive, limit), send)


def _limited(receive: Receive, limit: int) -> Receive:
    """Raises HTTPException 413 once more than `limit` bytes came, 408 where nothing comes for too long."""
    received = 0
    is_whole = False

    async def receive_limited() -> Message:
        nonlocal received, is_whole
        if is_whole:
            return await receive()  # waits for the end of the connection, as long as that takes
        try:
            message = await asyncio.wait_for(receive(), SILENCE_SECONDS)
        except TimeoutError:
            raise HTTPException(408, f"The rest of the request did not come within {SILENCE_SECONDS:.0f} s.") from None
        received += len(message.get("body", b""))
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        if received > limit:
            raise HTTPException(413, _too_large(limit), {"Connection": "close"})
        return message

    return receive_limited


def _max_bytes(scope: Scope) -> int:
    if "caller" not in scope.get("state", {}):
        return MAX_BYTES_SIGNED_OUT
    return MAX_BYTES_OF_PUSH if scope["path"].startswith("/git/") else MAX_BYTES_SIGNED_IN


def _content_length(scope: Scope) -> int | None:
    value = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(value) if value.isdigit() else None


def _refusal(limit: int) -> JSONResponse:
    return JSONResponse({"detail": _too_large(limit)}, 413, {"Connection": "close"})


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit // 1024} kB; send less at once."
