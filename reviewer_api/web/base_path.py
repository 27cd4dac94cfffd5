"""Serving under a path prefix of a proxy, whether the proxy strips the prefix or keeps it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class BasePathMiddleware:
    """Strips the prefix, so that routes see paths from the root.

    `root_path` is left alone: frameworks disagree on what it means.
    """

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self.app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["path"] + "/").startswith(self._base_path + "/"):
            scope = {**scope, "path": scope["path"].removeprefix(self._base_path) or "/"}
        await self.app(scope, receive, send)
