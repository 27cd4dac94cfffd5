"""Runs over HTTP: start, list, follow, stop; and what the service tells of itself."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reviewer_api.night.runner import NightlyRunner
from schemas.runs import REPORTS_FOLDER, Progress
from tests.builders.runs import REPORT, SLEEPS, TELLS
from tests.builders.service import TOKEN, running
from tests.builders.waiting import until

BEARER = {"Authorization": f"Bearer {TOKEN}"}
TELLS_AND_WAITS = f"{TELLS}\nopen(sys.argv[1]).read(); print({REPORT.model_dump_json()!r})"
"""Ends once somebody has opened the pipe that it is given."""


async def test_a_run_is_followed_to_its_end_and_then_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, follow, told = tmp_path / "pipe", NightlyRunner.follow, list[Progress]()
    os.mkfifo(pipe)

    async def follow_and_tell(runner: NightlyRunner, run_id: str) -> AsyncIterator[Progress]:
        async for progress in follow(runner, run_id):
            told.append(progress)
            yield progress

    monkeypatch.setattr(NightlyRunner, "follow", follow_and_tell)
    async with running(tmp_path, (sys.executable, "-c", TELLS_AND_WAITS, str(pipe))) as service:
        service.client.headers.update(BEARER)
        run_id = (await service.client.post("/api/runs")).json()["run_id"]

        live = asyncio.create_task(service.client.get(f"/api/runs/{run_id}/live"))
        await until(lambda: len(told) == 2)
        pipe.write_text("")
        events = (await live).text
        page = (await service.client.get(f"/api/runs/{run_id}")).json()
        listed = (await service.client.get("/api/runs")).json()

    assert events.count("event: progress") == 2
    assert '"outcome":"done"' in events.split("event: finished")[1]
    assert (page["row"]["outcome"], page["stages"]) == ("done", [{"stage": "read", "seconds": 0.5}])
    assert ([row["run_id"] for row in listed["items"]], listed["schedule"]) == ([run_id], "0 3 * * *")


async def test_a_second_run_is_refused_while_one_is_under_way_and_it_can_be_stopped(tmp_path: Path) -> None:
    async with running(tmp_path, (sys.executable, "-c", SLEEPS)) as service:
        service.client.headers.update(BEARER)
        run_id = (await service.client.post("/api/runs")).json()["run_id"]

        second = await service.client.post("/api/runs")
        under_way = (await service.client.get(f"/api/runs/{run_id}")).json()["row"]["outcome"]
        stopped = await service.client.delete(f"/api/runs/{run_id}")
        await service.client.get(f"/api/runs/{run_id}/live")
        after = (await service.client.get(f"/api/runs/{run_id}")).json()["row"]["outcome"]

    assert (second.status_code, under_way, stopped.status_code, after) == (409, "running", 204, "interrupted")


async def test_a_run_that_was_started_by_hand_is_on_the_list_once(tmp_path: Path) -> None:
    folder = tmp_path / "data" / REPORTS_FOLDER
    async with running(tmp_path) as service:
        service.client.headers.update(BEARER)
        folder.mkdir()
        (folder / "broken.json").write_text("{")
        for name in ("first", "again"):
            (folder / f"{name}.json").write_text(REPORT.model_dump_json())

        listed = (await service.client.get("/api/runs")).json()["items"]

    assert [(row["run_id"], row["outcome"]) for row in listed] == [(REPORT.run_id, "done")]
    assert list(folder.iterdir()) == []


async def test_a_run_that_never_was_is_not_found(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.client.headers.update(BEARER)
        statuses = [
            (await service.client.request(method, path)).status_code
            for method, path in (("GET", "/api/runs/x"), ("GET", "/api/runs/x/live"), ("DELETE", "/api/runs/x"))
        ]

    assert statuses == [404, 404, 404]


async def test_pausing_stops_the_schedule_until_it_is_lifted(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.client.headers.update(BEARER)
        paused = (await service.client.put("/api/status/pause", json={"paused": True, "reason": "holiday"})).json()
        lifted = (await service.client.put("/api/status/pause", json={"paused": False})).json()

    assert (paused["paused"], lifted["paused"]) == (True, False)


async def test_readiness_names_each_dependency_without_telling_more(tmp_path: Path) -> None:
    async with running(tmp_path, MQTT_BROKER="127.0.0.1", MQTT_PORT="1") as service:
        answer = await service.client.get("/health/ready")

    dependencies = {one["name"]: one for one in answer.json()["dependencies"]}
    assert answer.status_code == 200
    assert dependencies["broker"] == {"name": "broker", "ok": False, "words": "", "mend": ""}
    assert dependencies["disk"]["ok"] is True


async def test_metrics_count_requests_by_route_and_never_by_what_was_asked(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.client.headers.update(BEARER)
        await service.client.get("/api/runs/made-up-by-a-caller")
        text = (await service.client.get("/metrics")).text

    assert 'route="show_run",status="404"' in text
    assert "made-up-by-a-caller" not in text


async def test_the_log_starts_with_the_house(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.client.headers.update(BEARER)
        log = (await service.client.get("/api/log")).json()["items"]

    assert [entry["subject"] for entry in log] == ["Start an empty house of automations"]
