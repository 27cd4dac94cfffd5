"""Measures how histories are read: `make bench-history`. Each part runs in a process of its own, for its own peak.

The recorder's database and the Data API's million rows are made here (seeded); Home Assistant is a real one.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from automations.history.data_api import DataApi
from automations.history.home_assistant import HomeAssistantHistory
from automations.history.recorder import Recorder
from automations.history.store import DayStore, StoredDay, events_of_day
from automations.home_assistant.client import HomeAssistant
from automations.home_assistant.websocket import WebSocketSession
from automations.http.client import HttpClient
from schemas.home import Entity, Home
from tests.builders.real_home import RealHome, started_home
from tests.builders.recorder_db import RecorderDb
from tests.builders.serving import serving

NOW = datetime.now(UTC)
DAYS = 30
ENTITIES = [f"light.number_{number}" for number in range(30)] + [f"sensor.number_{number}" for number in range(70)]
HOME = Home("UTC", entities=tuple(Entity(entity_id) for entity_id in ENTITIES))
IDS = frozenset(ENTITIES)
ROWS = 5_000_000
MILLION = 1_000_000


def make_database(path: Path) -> None:
    """Five million rows in thirty days, three in ten of things that people operate, with contexts."""
    database = RecorderDb(path).database
    rng = np.random.default_rng(1)
    moments = np.sort(rng.uniform(NOW.timestamp() - DAYS * 86_400, NOW.timestamp() - 1, ROWS))
    entities = rng.integers(1, len(ENTITIES) + 1, ROWS)
    values = rng.integers(0, 4000, ROWS)

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in range(ROWS):
            number, context = int(entities[row]), row.to_bytes(16, "big")
            operated = number <= 30
            state = ("on", "off")[row % 2] if operated else f"{values[row] / 100:.2f}"
            user = context if operated and row % 3 == 0 else None
            yield state, moments[row], context, user, number, max(1, row - 100), number

    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    database.executemany("INSERT INTO states_meta (entity_id) VALUES (?)", [(name,) for name in ENTITIES])
    database.executemany(
        "INSERT INTO states (state, last_updated_ts, context_id_bin, context_user_id_bin, metadata_id, old_state_id,"
        " attributes_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )
    database.execute("COMMIT")
    database.close()


async def recorder(path: Path) -> dict[str, Any]:
    started = time.perf_counter()
    history = await Recorder(path).read(NOW - timedelta(days=DAYS), NOW, HOME, IDS)
    return {"events": len(history.events), "seconds": time.perf_counter() - started}


async def store(path: Path) -> dict[str, Any]:
    """Ninety days of a hundred entities, each changing every five minutes."""
    count = 90 * 86_400 // 300 * len(ENTITIES)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)):
        pass
    events = (await Recorder(path).read(NOW - timedelta(days=DAYS), NOW, HOME, IDS)).events
    keep = np.sort(np.random.default_rng(2).choice(len(events), min(count // 3, len(events)), replace=False))
    folder = path.parent / "store"
    kept = DayStore(folder)
    days = [(NOW - timedelta(days=day)).date() for day in range(DAYS + 1)]
    started = time.perf_counter()
    for day in days:
        kept.save(StoredDay(day, NOW, IDS, events_of_day(events.take(keep), day)))
    written = time.perf_counter()
    read = kept.read(NOW - timedelta(days=DAYS), NOW)
    megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    return {
        "events": len(read),
        "write_seconds": written - started,
        "read_seconds": time.perf_counter() - written,
        "mb_in_90_days": megabytes * 3,
    }


class MillionRows:
    """A Data API stand-in: a million rows in thirty days, made as they are asked for."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        query = dict(pair.split("=") for pair in scope["query_string"].decode().split("&"))
        offset, limit = int(query["offset"]), int(query["limit"])
        newest = NOW - timedelta(seconds=1)
        step = timedelta(days=DAYS) / (MILLION + 1)
        rows = [
            {
                "timestamp": (newest - step * row).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "entity_id": ENTITIES[row % len(ENTITIES)],
                "event_type": "state_changed",
                "new_state": {"state": str(row % 977)},
            }
            for row in range(offset, min(offset + limit, MILLION))
        ]
        body = json.dumps(rows).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})


async def data_api(url: str) -> dict[str, Any]:
    started = time.perf_counter()
    async with HttpClient("The Data API", "DATA_API_URL", url) as site:
        source = DataApi(site, "/api/events", "relative", NOW)
        history = await source.read(NOW - timedelta(days=DAYS), NOW, HOME, IDS)
    return {"events": len(history.events), "seconds": time.perf_counter() - started}


async def home_assistant(url: str, token: str) -> dict[str, Any]:
    """The same answers twice: asked and thrown away, and read into columns with their causes."""
    home = Home("Europe/Amsterdam", entities=tuple(Entity(name) for name in BUSY))
    start = NOW - timedelta(days=31)
    async with HomeAssistant(url, token) as door:
        source = HomeAssistantHistory(door)
        asked = []
        ask = WebSocketSession.send_command

        async def remember(talk: WebSocketSession, kind: str, **fields: Any) -> Any:
            asked.append((kind, fields))
            return await ask(talk, kind, **fields)

        WebSocketSession.send_command = remember  # type: ignore[method-assign]
        await source.read(start, NOW, home, frozenset(BUSY))
        WebSocketSession.send_command = ask  # type: ignore[method-assign]
        started = time.perf_counter()
        async with door.open_websocket() as talk:
            for kind, fields in asked:
                await talk.send_command(kind, **fields)
        alone = time.perf_counter()
        history = await source.read(start, NOW, home, frozenset(BUSY))
        done = time.perf_counter()
    return {"events": len(history.events), "server_alone_seconds": alone - started, "seconds": done - alone}


BUSY = [
    *(f"light.{name}" for name in ("living_room_ceiling", "kitchen_ceiling", "bedroom_lamp", "hallway_light")),
    *(f"binary_sensor.{name}" for name in ("hallway_motion", "kitchen_motion", "bathroom_motion", "front_door")),
    *(f"sensor.{name}" for name in ("house_power", "outdoor_temperature", "hallway_illuminance")),
]


def seeded_home(folder: Path) -> RealHome:
    """A real home with 41,000 planted rows in 31 days."""
    home = started_home(folder)
    home.stop()
    step = timedelta(days=31) / 3800
    lines = ["time,entity_id,state,cause"]
    for name in BUSY:
        for row in range(3740):
            state = f"{row % 977}" if name.startswith("sensor.") else ("on", "off")[row % 2]
            lines.append(
                f"{(NOW - timedelta(days=31) + step * row).isoformat()},{name},{state},{('person', '')[row % 2]}"
            )
    file = folder / "planted.csv"
    file.write_text("\n".join(lines))
    home.seed(file)
    home.start()
    return home


PARTS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "recorder": lambda path: recorder(Path(path)),
    "store": lambda path: store(Path(path)),
    "data-api": data_api,
    "home-assistant": home_assistant,
}


def peak_mb() -> float:
    """Of this process alone; the usual figure would carry over from the one that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def measured(part: str, *arguments: str) -> None:
    """One part in its own process, told in a line."""
    command = [sys.executable, "-m", "tests.bench.history", part, *arguments]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        f"{part:15}", ", ".join(f"{name} {value:,.2f}".removesuffix(".00") for name, value in told.items()), flush=True
    )


def main() -> None:
    if len(sys.argv) > 1:
        told = asyncio.run(PARTS[sys.argv[1]](*sys.argv[2:]))  # type: ignore[arg-type]
        print(json.dumps(told | {"cpu_seconds": time.process_time(), "peak_mb": peak_mb()}))
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-history-")).resolve()
    try:
        database = folder / "home-assistant_v2.db"
        make_database(database)
        measured("recorder", str(database))
        measured("store", str(database))
        with serving(MillionRows()) as url:
            measured("data-api", url)
        home = seeded_home(folder)
        try:
            measured("home-assistant", home.url, home.token)
        finally:
            home.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    main()
