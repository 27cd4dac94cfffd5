"""A Data API that answers in all the ways in which such services really answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class DataApiService:
    """An ASGI app over `rows` (time, entity id, state), oldest first. The other fields say how it differs."""

    rows: list[tuple[datetime, str, str]]
    now: datetime
    path: str = "/api/events"
    key: str = ""
    honours: frozenset[str] = frozenset({"start", "start_time", "end_time", "limit", "offset"})
    default_limit: int = 100
    most_rows: int | None = None
    tells_states: bool = True
    means_before: datetime | None = None
    shape: str = "list"
    time_name: str = "timestamp"
    state_name: str = "new_state.state"
    """Where a row tells its state: a field, or `state` within a field."""
    also: list[Any] = field(default_factory=list)
    """Told in each answer beside the rows."""
    refuses: int = 0
    """Answers this status to all that is asked of its events."""
    fails_first: int = 0
    busy_first: int = 0
    health: Answer = (200, {"content-type": "application/json"}, b'{"status":"healthy"}')
    entities: list[dict[str, Any]] = field(default_factory=list)
    devices: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, told, body = self._reply(scope["path"], dict(parse_qsl(scope["query_string"].decode())), headers)
        raw = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    def _reply(self, path: str, params: dict[str, str], headers: dict[str, str]) -> Answer:
        if path == "/health":
            return self.health
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            return _json({"detail": "Invalid API key"}, 401)
        if path == "/api/entities":
            return _json({"entities": self.entities, "count": len(self.entities), "limit": 10_000})
        if path == "/api/devices":
            return _json({"devices": self.devices, "count": len(self.devices), "limit": 1000})
        if path != self.path:
            return _json({"detail": "Not Found"}, 404)
        self.asked.append(params)
        if self.refuses:
            return _json({"detail": [{"loc": ["query", "start"], "msg": "not understood"}]}, self.refuses)
        if self.busy_first:
            self.busy_first -= 1
            return 429, {"retry-after": "0.05"}, b"too many requests"
        if self.fails_first:
            self.fails_first -= 1
            return 503, {"content-type": "text/plain"}, b"upstream is away"
        return _json(self._shaped(self._chosen(params)))

    def _chosen(self, params: dict[str, str]) -> list[dict[str, Any]]:
        used = {name: value for name, value in params.items() if name in self.honours}
        if "start" in used:
            first, last = self.now - timedelta(days=int(used["start"][1:-1])), self.now
        elif "start_time" in used:
            first, last = datetime.fromisoformat(used["start_time"]), datetime.fromisoformat(used["end_time"])
        else:
            first, last = self.now - timedelta(days=1), self.now
        limit = int(used.get("limit", self.default_limit))
        if self.most_rows is not None:
            limit = min(limit, self.most_rows)
        offset = int(used.get("offset", 0))
        newest_first = [row for row in reversed(self._told(first, last)) if first <= row[0] < last]
        return [self._row(*row) for row in newest_first[offset : offset + limit]] + self.also

    def _told(self, first: datetime, last: datetime) -> list[tuple[datetime, str, str]]:
        if self.means_before is None or first >= self.means_before:
            return self.rows
        start = first.replace(minute=0, second=0, microsecond=0)
        return [(start + timedelta(minutes=5 * step), "sensor.power", "20.5") for step in range(288)]

    def _row(self, time: datetime, entity_id: str, state: str) -> dict[str, Any]:
        name, _, inner = self.state_name.partition(".")
        told = {inner: state} if inner else state
        return {
            "id": f"{time.timestamp()}",
            self.time_name: time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "entity_id": entity_id,
            "event_type": "state_changed",
            "old_state": None,
            name: told if self.tells_states else None,
            "attributes": {},
            "tags": {"domain": entity_id.split(".")[0]},
        }

    def _shaped(self, rows: list[dict[str, Any]]) -> Any:
        if self.shape == "events":
            return {"events": rows}
        if self.shape == "data":
            return {"success": True, "data": {"events": rows, "count": len(rows), "time_range": {}}}
        if self.shape == "devices":
            return {
                entity: [row for row in rows if row["entity_id"] == entity] for entity in {r["entity_id"] for r in rows}
            }
        return rows


def _json(document: object, status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(document).encode()
