"""Homes on disk for the fleet, and a store in which homes hang or kill whoever reads them."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec


def write_home(folder: Path, hour: int, days: int = 30) -> None:
    """A small home in which somebody turns on a lamp at the same hour every day."""
    folder.mkdir(parents=True)
    home = {"timezone": "UTC", "entities": [{"entity_id": "light.lamp", "name": "Lamp"}]}
    (folder / "home.json").write_text(json.dumps(home))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = ["time,entity_id,state,cause"]
    for day in range(days):
        on = start + timedelta(days=day, hours=hour, minutes=(day * 7) % 9)
        rows += [f"{on:%Y-%m-%dT%H:%M:%SZ},light.lamp,on,person"]
        rows += [f"{on + timedelta(hours=2, minutes=(day * 37) % 200):%Y-%m-%dT%H:%M:%SZ},light.lamp,off,person"]
    (folder / "history.csv").write_text("\n".join(rows))


class FaultyStore(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """`faulty://hangs` never answers; `faulty://kills` ends the process that asks, as the kernel does for memory."""

    protocol = "faulty"

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        if "kills" in path:
            os.kill(os.getpid(), signal.SIGKILL)
        while "hangs" in path:
            time.sleep(0.01)
        raise FileNotFoundError(path)


# A worker that preloads this module knows the store too.
fsspec.register_implementation("faulty", FaultyStore, clobber=True)
