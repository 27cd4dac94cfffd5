"""The whole road: history in, suggestion out, approved, live in a real Home Assistant, taken back, restored."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from automations.config.normalize import equivalent
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.client import HomeAssistant
from schemas.home import document_from_home
from tests.builders.real_home import RealHome
from tests.builders.service import Service, running

pytestmark = pytest.mark.e2e


def evenings(folder: Path) -> Path:
    """Thirty days on which somebody turns on the bedroom lamp at about 21:30 local time, by hand."""
    chance, rows = Random(11), ["time,entity_id,state,cause"]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(30, 0, -1):
        on = today - timedelta(days=day) + timedelta(hours=20, minutes=30, seconds=chance.gauss(0, 240))
        off = on + timedelta(minutes=chance.uniform(60, 170))
        rows += [f"{on:%Y-%m-%dT%H:%M:%SZ},light.bedroom_lamp,on,person"]
        rows += [f"{off:%Y-%m-%dT%H:%M:%SZ},light.bedroom_lamp,off,person"]
    path = folder / "history.csv.gz"
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def generator(folder: Path, history: Path, home: Path) -> dict[str, Any]:
    """What a person types: one night on a history file."""
    command = [sys.executable, "-m", "generator", "run", "--source", "file", "--history", str(history), "--json"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATA_DIR": str(folder / "data"),
        "AUTOMATIONS_REPO": str(folder / "automations.git"),
        "HOME_FILE": str(home),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture
async def service(tmp_path: Path, real_home: RealHome, door: HomeAssistant) -> AsyncIterator[Service]:
    """The review service on what a night found in a history that fits the real home."""
    from automations.home_assistant.catalogue import read_registries
    from automations.home_assistant.registries import home_from_registries

    home = home_from_registries(await read_registries(door), None)
    home_file = tmp_path / "home.json"
    home_file.write_text(json.dumps(document_from_home(home)), encoding="utf-8")
    report = await asyncio.to_thread(generator, tmp_path, evenings(tmp_path), home_file)
    assert [row["outcome"] for row in report["suggestions"]].count("created") >= 1, report
    async with running(tmp_path, HA_URL=real_home.url, HA_TOKEN=real_home.token) as made:
        await made.sign_in()
        yield made


async def suggestion(client: httpx.AsyncClient) -> dict[str, Any]:
    rows = (await client.get("/api/suggestions", params={"state": "open"})).json()["items"]
    row = next(row for row in rows if "bedroom lamp" in row["title"].casefold())
    page: dict[str, Any] = (await client.get(f"/api/suggestions/{row['habit_id']}")).json()
    return page


async def test_a_habit_becomes_an_automation_of_the_home_and_back(
    service: Service, door: HomeAssistant, tmp_path: Path
) -> None:
    page = await suggestion(service.client)
    habit = page["row"]["habit_id"]
    key = f"nightshift_{habit}"

    approved = await service.client.post(
        f"/api/suggestions/{habit}/approve", json={"seen": page["seen"], "second_yes": page["seen"]["findings"]}
    )
    assert approved.status_code == 200, approved.text
    plan = (await service.client.get("/api/plan")).json()
    deployed = (await service.client.post("/api/plan/confirm", json={"plan_hash": plan["plan_hash"]})).json()

    repository = Repository(tmp_path / "automations.git")
    states = [s for s in await door.read_states() if s["attributes"].get("id") == key]
    stored = await door.read(key)
    wished = (await service.client.get(f"/api/automations/{key}")).json()
    assert approved.json()["outcome"] == "held"
    assert deployed["outcome"] == "deployed", deployed
    assert b"Approved-By" in repository.git("log", "-1", "--format=%B", MAIN_REF)
    assert [state["state"] for state in states] == ["on"]
    assert stored is not None
    assert wished["row"]["drift"] == "in_step"
    assert wished["live_yaml"] is not None

    rolled_back = (await service.client.post(f"/api/automations/{key}/rollback", json={"seen_main": ""})).json()

    assert rolled_back["outcome"] == "removed", rolled_back
    assert repository.git("log", "-1", "--format=%s", MAIN_REF).startswith(b'Revert "Approve:')
    assert await door.read(key) is None
    assert not [s for s in await door.read_states() if s["attributes"].get("id") == key and s["state"] != "unavailable"]

    restored = (await service.client.post(f"/api/automations/{key}/restore")).json()

    again = await door.read(key)
    assert restored["outcome"] == "deployed", restored
    assert again is not None
    assert equivalent(again, stored)


async def test_a_preview_tells_what_only_the_home_can_know(service: Service) -> None:
    page = await suggestion(service.client)
    unknown = "triggers:\n- trigger: device\n  device_id: 0123456789abcdef\n  domain: light\n  type: turned_on\n"
    edited = page["yaml"].split("triggers:")[0] + unknown + "conditions:" + page["yaml"].split("conditions:")[1]

    preview = await service.client.post(f"/api/suggestions/{page['row']['habit_id']}/preview", json={"yaml": edited})

    found = [problem for problem in preview.json()["problems"] if problem["rung"] == "home"]
    assert [problem["path"] for problem in found] == ["triggers"]
    assert "Home Assistant refuses the triggers" in found[0]["message"]
