"""A small Home Assistant that can misbehave; it remembers what it was told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

CONFIG = "/api/config/automation/config/"


@dataclass
class FakeHome:
    """An ASGI app. `automations` is its file, `live` what it shows; the other fields say how it misbehaves."""

    automations: dict[str, Any] = field(default_factory=dict)
    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: str = "RUNNING"
    components: tuple[str, ...] = ("automation",)
    loads_after_write: bool = True
    loads_after_reload: bool = True
    refuses_reload: bool = False
    cuts_after_storing: bool = False
    cuts_before_storing: bool = False
    hangs: bool = False
    delay_seconds: float = 0.0
    restarts_after: str = ""
    """Right after this was asked it begins anew: it shows nothing yet, and its editor has no address."""
    instead: tuple[int, dict[str, str], bytes] | None = None
    """Answers everything with this status, headers and body."""
    writes_instead: tuple[int, dict[str, str], bytes] | None = None
    """Answers writes with this and stores nothing."""
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method, path = scope["method"], unquote(scope["raw_path"].decode())
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append(f"{method} {scope['raw_path'].decode()}")
        await asyncio.sleep(self.delay_seconds)
        if self.hangs:
            await asyncio.sleep(30)
        reply = self._reply(method, path, body)
        if self.restarts_after == f"{method} {path}":
            self.live, self.state, self.restarts_after = {}, "NOT_RUNNING", ""
        await self._answer(send, *reply)

    def _reply(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.instead:
            return self.instead
        if path == "/api/config":
            return _json(200, {"state": self.state, "components": list(self.components), "version": "2026.11.0"})
        if path == "/api/states":
            return _json(200, list(self.live.values()))
        if path == "/api/services/automation/reload":
            if self.refuses_reload:
                return _json(400, {"message": "Failed to load configuration: while parsing a flow node"})
            if self.loads_after_reload:
                self._load()
            return _json(200, [])
        if path.startswith(CONFIG) and self.state == "RUNNING":
            return self._config(method, path.removeprefix(CONFIG), body)
        return 404, {"content-type": "text/plain"}, b"404: Not Found"

    def _config(self, method: str, automation_id: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if method == "GET":
            known = self.automations.get(automation_id)
            return _json(200, known) if known else _json(404, {"message": "Resource not found"})
        if self.writes_instead:
            return self.writes_instead
        if self.cuts_before_storing:
            return _cut()
        if method == "DELETE":
            if self.automations.pop(automation_id, None) is None:
                return _json(400, {"message": "Resource not found"})
        else:
            self.automations[automation_id] = {"id": automation_id, **json.loads(body)}
        if self.loads_after_write:
            self._load()
        return _cut() if self.cuts_after_storing else _json(200, {"result": "ok"})

    def _load(self) -> None:
        for gone in set(self.live) - set(self.automations):
            del self.live[gone]
        for automation_id, config in self.automations.items():
            self.live[automation_id] = {
                "entity_id": f"automation.{len(self.live)}",
                "state": "on",
                "attributes": {"id": automation_id, "friendly_name": config.get("alias", "")},
                "last_updated": str(len(self.asked)),
            }

    async def _answer(self, send: Any, status: int, headers: dict[str, str], body: bytes) -> None:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


def _json(status: int, document: object) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(document).encode()


def _cut() -> tuple[int, dict[str, str], bytes]:
    """An answer that ends before its announced length."""
    return 200, {"content-type": "application/json", "content-length": "100"}, b'{"result":'
