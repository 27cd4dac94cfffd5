"""`/health/ready` says what is not well, background tasks too, until it is well again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.builders.lamps import repository_in, suggest
from tests.builders.service import Service, running


async def ready(service: Service) -> tuple[int, dict[str, Any]]:
    answer = await service.client.get("/health/ready")
    return answer.status_code, {row["name"]: row["ok"] for row in answer.json()["dependencies"]}


async def test_a_background_task_that_fails_is_said_and_goes_on_once_the_cause_is_gone(tmp_path: Path) -> None:
    repository = repository_in(tmp_path)
    async with running(tmp_path) as service:
        await service.sign_in()
        database = service.parts.diary.database
        await database.execute("ALTER TABLE board RENAME TO hidden")
        suggest(repository, 0)
        with pytest.raises(sqlite3.OperationalError):
            await service.parts.reconciler.run_round()
        failing = await ready(service)
        words = (await service.client.get("/api/status")).status_code

        await database.execute("ALTER TABLE hidden RENAME TO board")
        await service.parts.reconciler.run_round()
        mended = await ready(service)
        shown = (await service.client.get("/api/suggestions")).json()["total"]

    assert (failing[0], failing[1]["repository"]) == (503, False)
    assert (mended[0], mended[1]["repository"]) == (200, True)
    assert (words, shown) == (503, 1)


async def test_every_dependency_is_named_by_ready_and_by_status_alike(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.sign_in()
        _, names = await ready(service)
        status = (await service.client.get("/api/status")).json()["dependencies"]

    assert list(names) == ["home", "broker", "model", "repository", "disk", "schedule", "history"]
    assert [row["name"] for row in status] == list(names)
