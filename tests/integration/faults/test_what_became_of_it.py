"""Whoever moves git waits for what becomes of it, also where an earlier round, or another process, was first."""

from __future__ import annotations

import asyncio
from pathlib import Path

from automations.git.merge import merge, revert
from automations.git.repository import Repository
from tests.builders.fake_home import CONFIG, FakeHome
from tests.builders.lamps import NIGHT, habit_id, tip
from tests.builders.reviewing import approve_lamp, deploy_lamp
from tests.builders.service import running
from tests.builders.suggestions import ANNA
from tests.builders.waiting import until

JSON = {"content-type": "application/json"}


def merged(repository: Repository, number: int) -> str:
    """One suggestion merged without the service, as a click would."""
    found = tip(repository, number)
    return merge(repository, found, repository.blob_sha(found.branch, found.path) or "", ANNA, "", NIGHT)


async def test_what_an_earlier_round_deployed_and_took_back_is_told_to_who_asks_later(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        reconciler = service.parts.reconciler
        commit = await asyncio.to_thread(merged, repository, 1)
        await reconciler.run_round()
        deployed = await reconciler.settled(commit)
        undoing = await asyncio.to_thread(revert, repository, tip(repository, 1).path, ANNA, NIGHT)
        await reconciler.run_round()
        removed = await reconciler.settled(undoing)

    assert (deployed.outcome, deployed.merge) == ("deployed", commit)
    assert (removed.outcome, removed.merge) == ("removed", undoing)


async def test_what_an_earlier_round_was_refused_is_told_with_the_homes_words(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        fake.writes_instead = (400, JSON, b'{"message":"Message malformed: no such lamp"}')
        commit = await asyncio.to_thread(merged, repository, 1)
        await service.parts.reconciler.run_round()
        refused = await service.parts.reconciler.settled(commit)

    assert refused.outcome == "refused"
    assert "no such lamp" in refused.why
    assert refused.revert == repository.main_commit()


async def test_a_decision_that_another_process_deployed_is_deployed(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    shared = {"HOME_FILE": home_file, "HOME_FOLDER": str(tmp_path / "shared")}
    async with (
        running(tmp_path, **shared) as one,
        running(tmp_path, **shared, DATA_DIR=str(tmp_path / "other")) as other,
    ):
        await one.sign_in()
        await deploy_lamp(one.client, 0)
        commit = await asyncio.to_thread(merged, repository, 1)
        await other.parts.reconciler.run_round()
        answer = await one.parts.reconciler.settled(commit)

    assert answer.outcome == "deployed"


async def test_a_slow_home_holds_up_no_index(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        fake.delay_seconds = 1.0
        looking = asyncio.create_task(service.parts.reconciler.look())
        before = len(fake.asked)
        await until(lambda: len(fake.asked) > before)
        await service.parts.reconciler.indexed()
        still_looking = not looking.done()
        fake.delay_seconds = 0.0
        await looking

    assert still_looking


async def test_approvals_that_come_together_are_all_answered_with_what_became_of_theirs(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)

        answers = await asyncio.gather(approve_lamp(service.client, 1), approve_lamp(service.client, 2))

    assert [answer.json()["outcome"] for answer in answers] == ["deployed", "deployed"]
    for number in range(3):
        assert fake.asked.count(f"POST {CONFIG}nightshift_{habit_id(number)}") == 1
