"""What was made a moment ago is given again, and never longer than it holds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from reviewer_api.web.response_cache import (
    CACHED_PREFIX,
    FRESH_SECONDS,
    MAX_RESPONSE_BYTES,
    STALE_SECONDS,
    ResponseCacheMiddleware,
)


@dataclass
class Routes:
    """Stands behind the middleware: says how often it was asked, and answers while `open` is set."""

    status: int = 200
    size: int = 1
    asked: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        scope["route"] = "list_suggestions"
        made = self.asked
        await asyncio.sleep(0)
        await self.open.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"x-made", b"%d" % made)]})
        await send({"type": "http.response.body", "body": b"." * self.size})


class Told:
    """Stands before it, as the measures do: which route answered."""

    def __init__(self, app: ResponseCacheMiddleware) -> None:
        self.app, self.routes = app, list[object]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        self.routes.append(scope.get("route"))


def client_of(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ns")  # type: ignore[arg-type]


async def test_an_answer_is_made_once_however_many_ask() -> None:
    routes = Routes()
    told = Told(ResponseCacheMiddleware(routes, lambda: 1))

    async with client_of(told) as client:
        together = await asyncio.gather(*(client.get(f"{CACHED_PREFIX}?state=open") for _ in range(5)))
        later = await client.get(f"{CACHED_PREFIX}?state=open")

    assert {answer.headers["x-made"] for answer in [*together, later]} == {"1"}
    assert (routes.asked, set(told.routes)) == (1, {"list_suggestions"})


async def test_another_question_is_another_answer_and_a_change_is_never_ready() -> None:
    routes = Routes()

    async with client_of(ResponseCacheMiddleware(routes, lambda: 1)) as client:
        for address in (CACHED_PREFIX, f"{CACHED_PREFIX}?q=a", f"{CACHED_PREFIX}/abc"):
            await client.get(address)
        await client.post(f"{CACHED_PREFIX}/abc/decline")
        await client.post(f"{CACHED_PREFIX}/abc/decline")

    assert routes.asked == 5


async def test_what_moved_is_made_anew() -> None:
    routes, seen = Routes(), [0]

    async with client_of(ResponseCacheMiddleware(routes, lambda: seen[0])) as client:
        await client.get(CACHED_PREFIX)
        seen[0] = 1
        await client.get(CACHED_PREFIX)

    assert routes.asked == 2


@dataclass
class Seconds:
    """A clock that is set by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


async def test_nobody_waits_while_what_they_have_just_seen_is_made_anew() -> None:
    routes, clock = Routes(), Seconds()

    async with client_of(ResponseCacheMiddleware(routes, lambda: 1, clock)) as client:
        await client.get(CACHED_PREFIX)
        clock.now += FRESH_SECONDS + 1
        routes.open.clear()
        meanwhile = [(await client.get(CACHED_PREFIX)).headers["x-made"] for _ in range(2)]
        routes.open.set()
        await everything_else()
        after = (await client.get(CACHED_PREFIX)).headers["x-made"]

    assert (meanwhile, after) == (["1", "1"], "2")


async def test_what_cannot_be_made_anew_is_told_to_the_next() -> None:
    routes, clock = Routes(), Seconds()

    async with client_of(ResponseCacheMiddleware(routes, lambda: 1, clock)) as client:
        await client.get(CACHED_PREFIX)
        clock.now += FRESH_SECONDS + 1
        routes.status = 404
        statuses = [(await client.get(CACHED_PREFIX)).status_code]
        await everything_else()
        statuses.append((await client.get(CACHED_PREFIX)).status_code)

    assert statuses == [200, 404]


async def test_what_nobody_asked_for_in_a_while_is_made_before_it_is_given() -> None:
    routes, clock = Routes(), Seconds()

    async with client_of(ResponseCacheMiddleware(routes, lambda: 1, clock)) as client:
        await client.get(CACHED_PREFIX)
        clock.now += STALE_SECONDS + 1
        late = (await client.get(CACHED_PREFIX)).headers["x-made"]

    assert late == "2"


async def everything_else() -> None:
    """Let the tasks that this one did not wait for end."""
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=10)
    await asyncio.sleep(0)


@pytest.mark.parametrize("routes", [Routes(status=404), Routes(size=MAX_RESPONSE_BYTES + 1)])
async def test_a_refusal_and_what_is_very_large_are_not_kept(routes: Routes) -> None:
    async with client_of(ResponseCacheMiddleware(routes, lambda: 1)) as client:
        await client.get(CACHED_PREFIX)
        await client.get(CACHED_PREFIX)

    assert routes.asked == 2


async def test_who_goes_away_does_not_take_the_answer_from_the_others() -> None:
    routes = Routes()

    async with client_of(ResponseCacheMiddleware(routes, lambda: 1)) as client:
        first = asyncio.create_task(client.get(CACHED_PREFIX))
        second = asyncio.create_task(client.get(CACHED_PREFIX))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()

        assert (await second).headers["x-made"] == "1"


async def test_what_one_answer_is_given_on_its_way_out_is_on_no_other() -> None:
    """As a new cookie for whose session is renewed: it signs in, so nobody else may ever see it."""
    ready = ResponseCacheMiddleware(Routes(), lambda: 1)

    async def with_cookie(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", "theirs")
            await send(message)

        await ready(scope, receive, send_with_cookie)

    async with client_of(with_cookie) as client, client_of(ready) as another:
        given = [(await client.get(CACHED_PREFIX)).headers.get_list("set-cookie") for _ in range(2)]

        assert given == [["theirs"], ["theirs"]]
        assert "set-cookie" not in (await another.get(CACHED_PREFIX)).headers
