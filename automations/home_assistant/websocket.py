"""A session over Home Assistant's WebSocket API: for what REST does not offer (registries, live configs)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import CloseCode

from automations.http.client import MAX_BODY_BYTES, create_tls_context, without_credentials
from schemas.errors import Refused, Unauthorized, Unreachable, WrongServerError
from schemas.secrets import Secrets

RESPONSE_TIMEOUT_SECONDS = 60


class WebSocketSession:
    """Commands on one open connection, one at a time."""

    def __init__(self, connection: ClientConnection, display_name: str, secrets: Secrets) -> None:
        self._connection = connection
        self._display_name = display_name
        self._secrets = secrets
        self._message_id = 0

    async def send_command(self, kind: str, **fields: Any) -> Any:
        """The result of one command. Refused quotes the home; Unauthorized where it is for administrators only."""
        self._message_id += 1
        await self._send({"id": self._message_id, "type": kind, **fields})
        while True:
            message = await self._receive()
            if message.get("id") == self._message_id and message.get("type") == "result":
                return self._result_from_message(kind, message)

    async def authenticate(self, token: str) -> None:
        await self._receive()
        await self._send({"type": "auth", "access_token": token})
        answer = await self._receive()
        if answer.get("type") == "auth_invalid":
            raise TokenRefused(
                f"{self._display_name} refused our token; make a new long-lived token of an administrator."
            )
        if answer.get("type") != "auth_ok":
            raise Unreachable(f"{self._display_name} did not answer our token as Home Assistant does; check HA_URL.")

    async def _send(self, message: dict[str, Any]) -> None:
        with _raise_unreachable(self._display_name, self._secrets):
            await self._connection.send(json.dumps(message))

    async def _receive(self) -> dict[str, Any]:
        with _raise_unreachable(self._display_name, self._secrets):
            frame = await asyncio.wait_for(self._connection.recv(decode=False), RESPONSE_TIMEOUT_SECONDS)
            message = json.loads(self._secrets.strike_data(frame))
        if not isinstance(message, dict):
            raise Unreachable(f"{self._display_name} sent a message that is not Home Assistant's; check HA_URL.")
        return message

    def _result_from_message(self, kind: str, message: dict[str, Any]) -> Any:
        if message.get("success"):
            return message.get("result")
        error = message.get("error")
        code, words = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
        if code == "unauthorized":
            raise Unauthorized(
                f"{self._display_name} tells {kind} to administrators only; use an administrator's token."
            )
        raise Refused(f"{self._display_name} answered {kind} with {code}: {words}")


class TokenRefused(Unauthorized):
    """The token itself is not taken; what a token may not ask is plainly Unauthorized."""


@asynccontextmanager
async def open_session(url: str, token: str, secrets: Secrets) -> AsyncIterator[WebSocketSession]:
    """An authenticated connection to the Home Assistant at `url` (http or https), without `secrets` in what it says."""
    display_name = f"Home Assistant at {without_credentials(url)}"
    secure = url.startswith("https:")
    with _raise_unreachable(display_name, secrets):
        connection = await _ConnectWithoutRedirects(
            "ws" + url.removeprefix("http") + "/api/websocket",
            ssl=create_tls_context() if secure else None,
            max_size=MAX_BODY_BYTES,
            open_timeout=10,
            proxy=None,
        )
    async with connection:
        session = WebSocketSession(connection, display_name, secrets)
        await session.authenticate(token)
        yield session


class _ConnectWithoutRedirects(connect):
    """Follows no redirect: our token is for the home alone."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@contextmanager
def _raise_unreachable(display_name: str, secrets: Secrets) -> Iterator[None]:
    try:
        yield
    except (OSError, WebSocketException, ValueError) as error:
        if isinstance(error, ConnectionClosed) and error.sent and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
            raise WrongServerError(
                f"{display_name} sent more than {MAX_BODY_BYTES // 2**20} MB in one message, "
                "so nothing was taken from it."
            ) from error
        said = secrets.strike(str(error).strip()) or type(error).__name__
        raise Unreachable(
            f"{display_name} cannot be talked to over its WebSocket ({said}); "
            "check that it is running and that nothing before it blocks /api/websocket."
        ) from error
