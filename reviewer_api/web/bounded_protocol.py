"""uvicorn's HTTP protocol within bounds: how many connections, and how long and how large the head of a request."""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_CONNECTIONS: Final = 400
"""Under the usual limit of 1024 open files, of which git, the home and the diary need some."""
HEAD_SECONDS: Final = 15.0
MAX_HEAD_BYTES: Final = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """A connection that is silent before its request's head is whole is closed after `HEAD_SECONDS`.

    Where there are too many connections, the one that has waited longest for its head goes first: somebody who opens a
    thousand and sends nothing pushes out their own, and not who comes to ask something.
    """

    connections: set[BoundedProtocol]  # type: ignore[assignment]
    head_timer: asyncio.TimerHandle | None = None
    head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MAX_CONNECTIONS:
            waiting = [one for one in self.connections if one.head_timer]
            min(waiting, key=lambda one: one.head_timer.when() if one.head_timer else 0.0, default=self).abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.head_timer:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.head_timer and self.head_bytes > MAX_HEAD_BYTES:
            self.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self.head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._stop_timer()
        super().on_headers_complete()

    def abort(self) -> None:
        """Close at once, without a word: nobody who waits for one sends half a request."""
        self._stop_timer()
        self.connections.discard(self)
        self.transport.abort()

    def _await_head(self) -> None:
        self.head_bytes = 0
        self.head_timer = self.loop.call_later(HEAD_SECONDS, self.abort)

    def _stop_timer(self) -> None:
        if self.head_timer:
            self.head_timer.cancel()
            self.head_timer = None
