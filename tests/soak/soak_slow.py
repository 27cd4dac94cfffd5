"""A home that takes five seconds for every answer: deployed, rolled back and restored all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.suggestions import State
from tests.builders.fake_home import CONFIG, FakeHome
from tests.builders.lamps import habit_id, repository_in, suggest, tip, write_home_file
from tests.builders.reviewing import deploy_lamp
from tests.builders.service import running
from tests.builders.serving import serving


@pytest.mark.timeout(1800)
async def test_five_seconds_an_answer_are_waited_for(tmp_path: Path) -> None:
    repository, fake = repository_in(tmp_path), FakeHome()
    suggest(repository, 0, 1)
    home_file, key = str(write_home_file(tmp_path / "home.json", 2)), f"nightshift_{habit_id(1)}"
    with serving(fake) as url:
        async with running(tmp_path, HOME_FILE=home_file, HA_URL=url, HA_TOKEN="token") as service:
            service.client.timeout = 300
            await service.sign_in()
            await deploy_lamp(service.client, 0)
            fake.delay_seconds = 5.0

            await deploy_lamp(service.client, 1)
            preview = (await service.client.get(f"/api/automations/{key}/rollback")).json()
            question = {"seen_main": preview["seen_main"]}
            gone = (await service.client.post(f"/api/automations/{key}/rollback", json=question)).json()
            back = (await service.client.post(f"/api/automations/{key}/restore")).json()

    assert (gone["outcome"], back["outcome"]) == ("removed", "deployed")
    assert tip(repository, 1).state is State.WATCHING
    assert fake.asked.count(f"POST {CONFIG}{key}") == 2
