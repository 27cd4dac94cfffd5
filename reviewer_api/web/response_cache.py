"""A short cache of responses about suggestions (stale-while-revalidate): an open page asks every few seconds.

A middleware between auth and the routes: a cached response costs no routing, no models and no git. No decision
uses it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CACHED_PREFIX: Final = "/api/suggestions"
FRESH_SECONDS: Final = 5.0
STALE_SECONDS: Final = 15.0
"""Between the two a response is still served and refreshed in the background, so that no caller waits for it."""
MAX_ENTRIES: Final = 32
MAX_RESPONSE_BYTES: Final = 2**18


@dataclass(frozen=True)
class CachedResponse:
    """One whole response; `route` is the one that made it, for the metrics."""

    messages: tuple[Message, ...]
    route: Any

    @property
    def is_cacheable(self) -> bool:
        size = sum(len(message.get("body", b"")) for message in self.messages)
        return self.messages[0]["status"] == 200 and size <= MAX_RESPONSE_BYTES


class ResponseCacheMiddleware:
    """`cache_version` is part of every key: it changes with everything that could change a response within seconds.

    `clock` tells seconds.
    """

    def __init__(
        self, app: ASGIApp, cache_version: Callable[[], Hashable], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self._cache_version, self._clock = cache_version, clock
        self._cache: dict[Hashable, tuple[float, asyncio.Task[CachedResponse]]] = {}
        self._refreshing: dict[Hashable, asyncio.Task[CachedResponse]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(CACHED_PREFIX):
            await self.app(scope, receive, send)
            return
        response = await self._get_response(scope)
        scope["route"] = response.route
        for message in response.messages:
            # A copy for each caller: what is added on the way out, such as a session's new cookie, is theirs alone.
            await send({**message})

    async def _get_response(self, scope: Scope) -> CachedResponse:
        """Cached, or made once for all callers that ask at the same time."""
        cache_key = (scope["path"], scope["query_string"], self._cache_version())
        now = self._clock()
        made_at, task = self._cache.get(cache_key, (0.0, None))
        if task is None or now - made_at > STALE_SECONDS:
            if len(self._cache) >= MAX_ENTRIES:
                self._cache.clear()
            task = asyncio.ensure_future(self._call_app(scope))
            self._cache[cache_key] = (now, task)
        elif now - made_at > FRESH_SECONDS and cache_key not in self._refreshing:
            self._refresh(cache_key, {**scope})
        try:
            # Shielded: a caller that disconnects must not cancel it for the others.
            response = await asyncio.shield(task)
        except Exception:
            self._cache.pop(cache_key, None)
            raise
        if not response.is_cacheable:
            self._cache.pop(cache_key, None)
        return response

    def _refresh(self, cache_key: Hashable, scope: Scope) -> None:
        def store_result(task: asyncio.Task[CachedResponse]) -> None:
            del self._refreshing[cache_key]
            if not task.cancelled() and task.exception() is None and task.result().is_cacheable:
                self._cache[cache_key] = (self._clock(), task)
            else:
                # Whatever failed, the next caller gets the error.
                self._cache.pop(cache_key, None)

        self._refreshing[cache_key] = asyncio.ensure_future(self._call_app(scope))
        self._refreshing[cache_key].add_done_callback(store_result)

    async def _call_app(self, scope: Scope) -> CachedResponse:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(scope, _receive_empty_body, collect)
        return CachedResponse(tuple(messages), scope.get("route"))


async def _receive_empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
