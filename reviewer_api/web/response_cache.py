"""Answers about suggestions that were made a moment ago, given again as they are: an open page asks every few seconds.

A middleware between the gate and the routes: what is ready costs no routing, no models and no git. What is decided
never rests on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH: Final = "/api/suggestions"
KEPT_SECONDS: Final = 5.0
HELD_SECONDS: Final = 15.0
"""Between the two an answer is still given, and made anew beside it: nobody waits for what they have just seen."""
MOST: Final = 32
LARGEST_BYTES: Final = 2**18


@dataclass(frozen=True)
class Ready:
    """One whole answer; `route` is the one that made it, for the measures."""

    messages: tuple[Message, ...]
    route: Any

    @property
    def may_be_kept(self) -> bool:
        size = sum(len(message.get("body", b"")) for message in self.messages)
        return self.messages[0]["status"] == 200 and size <= LARGEST_BYTES


class ReadyAnswersMiddleware:
    """`since` names everything that could change an answer sooner than in seconds."""

    def __init__(self, app: ASGIApp, since: Callable[[], Hashable]) -> None:
        self.app = app
        self._since = since
        self._made: dict[Hashable, tuple[float, asyncio.Task[Ready]]] = {}
        self._renewing: dict[Hashable, asyncio.Task[Ready]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PATH):
            await self.app(scope, receive, send)
            return
        ready = await self._answer(scope)
        scope["route"] = ready.route
        for message in ready.messages:
            # A copy for each who asks: what is put on one's way out, such as a session's new cookie, is theirs alone.
            await send({**message})

    async def _answer(self, scope: Scope) -> Ready:
        """Made once however many ask meanwhile."""
        question = (scope["path"], scope["query_string"], self._since())
        now = asyncio.get_running_loop().time()
        made, task = self._made.get(question, (0.0, None))
        if task is None or now - made > HELD_SECONDS:
            if len(self._made) >= MOST:
                self._made.clear()
            task = asyncio.ensure_future(self._make(scope))
            self._made[question] = (now, task)
        elif now - made > KEPT_SECONDS and question not in self._renewing:
            self._renew(question, {**scope})
        try:
            # Shielded: one who goes away must not take the answer from the others.
            ready = await asyncio.shield(task)
        except Exception:
            self._made.pop(question, None)
            raise
        if not ready.may_be_kept:
            self._made.pop(question, None)
        return ready

    def _renew(self, question: Hashable, scope: Scope) -> None:
        def done(task: asyncio.Task[Ready]) -> None:
            del self._renewing[question]
            if not task.cancelled() and task.exception() is None and task.result().may_be_kept:
                self._made[question] = (asyncio.get_running_loop().time(), task)
            else:
                # Whatever it was, the next one who asks is told.
                self._made.pop(question, None)

        self._renewing[question] = asyncio.ensure_future(self._make(scope))
        self._renewing[question].add_done_callback(done)

    async def _make(self, scope: Scope) -> Ready:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, _nothing_more, keep)
        return Ready(tuple(messages), scope.get("route"))


async def _nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
