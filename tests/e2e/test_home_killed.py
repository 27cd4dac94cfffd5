"""A real Home Assistant killed in the middle of deployments, and started again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from automations.config.normalize import equivalent
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.client import HomeAssistant
from schemas.suggestions import State
from tests.builders.lamps import config, habit_id, repository_in, suggest, tip, write_home_file
from tests.builders.real_home import CannotStart, RealHome, started_home
from tests.builders.reviewing import approve_lamp, deploy_lamp
from tests.builders.service import Service, running

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[RealHome]:
    """A home of this test's own, since it is killed."""
    try:
        home = started_home(tmp_path / "home-assistant")
    except CannotStart as error:
        pytest.fail(str(error))
    _until_it_keeps_our_token(home)
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


def _until_it_keeps_our_token(home: RealHome) -> None:
    """Home Assistant writes its tokens a second after it made them; killed before that, it knows none of them."""
    kept, deadline = home.folder / ".storage" / "auth", time.monotonic() + 60
    while not kept.exists() or "long_lived_access_token" not in kept.read_text():
        assert time.monotonic() < deadline, "Home Assistant never wrote the token that it gave us"
        time.sleep(0.1)


@pytest.mark.timeout(600)
async def test_a_home_that_is_killed_while_we_deploy_gets_everything_once_it_is_back(
    tmp_path: Path, own_home: RealHome
) -> None:
    repository = repository_in(tmp_path)
    suggest(repository, *range(5))
    home_file = str(write_home_file(tmp_path / "home.json", 5))
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=own_home.url, HA_TOKEN=own_home.token) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        deciding = asyncio.create_task(_approve_all(service))
        await asyncio.sleep(0.3)
        os.kill(own_home.pid, signal.SIGKILL)
        answers = await deciding
        await asyncio.to_thread(own_home.start)
        await _until_all_watched(service, repository)

    async with HomeAssistant(own_home.url, own_home.token) as door:
        held = {number: await door.read(f"nightshift_{habit_id(number)}") for number in range(5)}
    assert all(answer in ("deployed", "pending", "nothing") for answer in answers)
    assert [number for number, found in held.items() if found is None or not equivalent(found, config(number))] == []
    assert repository.list_files(DEPLOYED_REF).items() <= repository.list_files(MAIN_REF).items()


async def _until_all_watched(service: Service, repository: Repository) -> None:
    """Look at the home again and again; a home that starts beside other work takes its time."""
    deadline = time.monotonic() + 180
    while True:
        service.parts.reconciler.request_home_check()
        await service.parts.reconciler.run_round()
        states = [tip(repository, number).state for number in range(5)]
        if states == [State.WATCHING] * 5:
            return
        assert time.monotonic() < deadline, (states, service.parts.live_state.problem)
        await asyncio.sleep(1)


async def _approve_all(service: Service) -> list[str]:
    return [(await approve_lamp(service.client, number)).json().get("outcome", "") for number in range(1, 5)]
