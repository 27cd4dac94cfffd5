"""Twenty-four nights of one service, a day apart by its clock: what is held must not grow with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
import time_machine

from generator.sample.sample_home import write_sample
from reviewer_api.api.services import Services
from reviewer_api.app import create_app
from reviewer_api.build import services_from_settings
from tests.builders.reviewing import approve_and_confirm, first_page
from tests.builders.service import Service, settings_in

NIGHTS, SETTLED = 24, 4
"""After the first nights everything was loaded that is loaded when it is needed."""
MOST_MB = 6.0
LEAP_DAY = "0 0 29 2 *"
"""Each night is started by hand here: none may start by itself when the clock moves on to the next day."""


@dataclass(frozen=True)
class Held:
    memory_mb: float
    descriptors: int
    threads: int
    tasks: int
    sessions: int
    diary_mb: float
    git_mb: float


def held(process: psutil.Process, parts: Services, sessions: int, folder: Path) -> Held:
    diary = sum(path.stat().st_size for path in (folder / "data").glob("diary.sqlite*")) / 2**20
    rest = (path for path in (folder / "automations.git").rglob("*") if path.is_file())
    return Held(
        round(process.memory_info().rss / 2**20, 1),
        process.num_fds(),
        process.num_threads(),
        len(asyncio.all_tasks()),
        sessions,
        round(diary, 2),
        round(sum(path.stat().st_size for path in rest) / 2**20, 2),
    )


async def one_day(service: Service) -> None:
    """A night, and a morning: somebody signs in, looks around, approves one and declines one."""
    run = (await service.client.post("/api/runs")).raise_for_status().json()["run_id"]
    await service.client.get(f"/api/runs/{run}/live", timeout=300)
    outcome = (await service.client.get(f"/api/runs/{run}")).json()["row"]
    assert outcome["outcome"] == "done", outcome
    await service.sign_in()
    await service.parts.reconciler.run_round()
    if not (await service.client.get("/api/suggestions?state=open")).json()["items"]:
        return
    page = await first_page(service.client)
    await service.client.post(f"/api/suggestions/{page['row']['habit_id']}/preview", json={"yaml": page["yaml"]})
    await approve_and_confirm(service.client, page)
    if (await service.client.get("/api/suggestions?state=open")).json()["items"]:
        page = await first_page(service.client)
        await service.client.post(f"/api/suggestions/{page['row']['habit_id']}/decline", json={"scope": "suggestion"})


@asynccontextmanager
async def as_it_is_built(folder: Path, **more: str) -> AsyncIterator[Service]:
    """With the real generator as its child, and all that follows a night."""
    async with services_from_settings(settings_in(folder, **more)) as parts:
        app = create_app(parts)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://ns") as client,
        ):
            yield Service(client, parts, app)


@pytest.mark.timeout(3600)
async def test_nothing_grows_from_night_to_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.now(UTC).replace(hour=3, minute=0)
    names = {"HOME_FILE": str(tmp_path / "home.json"), "HISTORY_FILE": str(tmp_path / "history.csv.gz")}
    places = {"DATA_DIR": str(tmp_path / "data"), "AUTOMATIONS_REPO": str(tmp_path / "automations.git")}
    for name, value in {**names, **places, "HISTORY_SOURCE": "file"}.items():
        monkeypatch.setenv(name, value)
    process, seen = psutil.Process(), list[Held]()
    write_sample(tmp_path, (today - timedelta(days=NIGHTS)).date())

    async with as_it_is_built(tmp_path, **names, HISTORY_SOURCE="file", ANALYSIS_SCHEDULE=LEAP_DAY) as service:
        await service.sign_in()
        for night in range(NIGHTS, 0, -1):
            with time_machine.travel(today - timedelta(days=night - 1)):
                write_sample(tmp_path, (today - timedelta(days=night - 1)).date())
                await one_day(service)
                sessions = len(await service.parts.diary.sessions.all())
                seen.append(held(process, service.parts, sessions, tmp_path))
                print(f"night {NIGHTS - night + 1}: {seen[-1]}", flush=True)

    settled, last = seen[SETTLED], seen[-1]
    assert last.memory_mb - settled.memory_mb < MOST_MB
    assert last.descriptors <= settled.descriptors + 2
    assert last.threads <= settled.threads + 2
    assert last.tasks <= settled.tasks + 2
    assert last.diary_mb < 5
    assert last.sessions <= NIGHTS + 4
    assert not list((tmp_path / "automations.git").rglob("*.lock"))
