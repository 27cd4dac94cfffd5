"""A service on a repository of lamps, whose home is a folder or a Home Assistant that can misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from automations.git.repository import Repository
from tests.integration.home_assistant.fake_home import FakeHome
from tests.lamps import habit_id, repository_in, suggest, write_home_file
from tests.service import Service
from tests.serving import serving

LAMPS = 12


@pytest.fixture
def home_file(tmp_path: Path) -> str:
    return str(write_home_file(tmp_path / "home.json", LAMPS))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = repository_in(tmp_path)
    suggest(made, *range(3))
    return made


@pytest.fixture
def fake() -> FakeHome:
    return FakeHome()


@pytest.fixture
def fake_url(fake: FakeHome) -> Iterator[str]:
    with serving(fake) as url:
        yield url


async def approve(service: Service, number: int) -> httpx.Response:
    page = (await service.client.get(f"/api/suggestions/{habit_id(number)}")).json()
    question = {"seen": page["seen"], "second_yes": page["seen"]["findings"]}
    return await service.client.post(f"/api/suggestions/{habit_id(number)}/approve", json=question)


async def say_yes(service: Service) -> dict[str, object]:
    plan = (await service.client.get("/api/plan")).json()
    answer = await service.client.post("/api/plan/confirm", json={"plan_hash": plan["plan_hash"]})
    result: dict[str, object] = answer.json()
    return result


async def deploy(service: Service, number: int) -> None:
    """Approved and in the home."""
    outcome = (await approve(service, number)).json()["outcome"]
    if outcome == "held":
        outcome = (await say_yes(service))["outcome"]
    assert outcome == "deployed", outcome
