"""When Home Assistant is slow, broken, away, or refuses us: what is approved is pending, and deployed in the end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer, ReconcileResult
from automations.git.ledger import read_entries
from automations.git.merge import merge, revert
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.client import HomeAssistant, Timeouts
from schemas.suggestions import LedgerEvent, State
from schemas.sync_status import DRIFTED_STATUSES
from tests.builders.fake_home import CONFIG, FakeHome
from tests.builders.lamps import NIGHT, habit_id, tip
from tests.builders.reviewing import approve_lamp, confirm_plan, deploy_lamp
from tests.builders.service import running
from tests.builders.suggestions import ANNA
from tests.builders.waiting import until

JSON, HTML = {"content-type": "application/json"}, {"content-type": "text/html"}
WELL: dict[str, Any] = {"instead": None, "writes_instead": None, "cuts_before_storing": False, "delay_seconds": 0.0}


def set_all(fake: FakeHome, trouble: dict[str, Any]) -> None:
    for name, value in {**WELL, **trouble}.items():
        setattr(fake, name, value)


async def _with_yes(deployer: Deployer) -> ReconcileResult:
    first = await deployer.reconcile()
    return await deployer.reconcile(confirmed_plan_hash=first.plan_hash) if first.hold_reason else first


@pytest.mark.parametrize(
    "trouble",
    [
        {"instead": (500, HTML, b"Server got itself in trouble")},
        {"instead": (200, HTML, b"<html>Please log in</html>")},
        {"instead": (200, JSON, b'[{"state":')},
        {"instead": (200, JSON, b'{"not": "a list"}')},
        {"instead": (404, {"content-type": "text/plain"}, b"404: Not Found")},
        {"writes_instead": (500, HTML, b"Server got itself in trouble")},
        {"writes_instead": (413, HTML, b"too large")},
        {"cuts_before_storing": True},
    ],
    ids=["500", "html", "garbage", "other", "404", "write-500", "write-413", "reset"],
)
async def test_what_proves_nothing_leaves_it_pending_with_the_reason_and_a_restart_finishes_it(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str, trouble: dict[str, Any]
) -> None:
    settings = {"HOME_FILE": home_file, "HA_URL": fake_url, "HA_TOKEN": "token"}
    async with running(tmp_path, **settings) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        set_all(fake, trouble)
        answer = (await approve_lamp(service.client, 1)).json()
        waiting = tip(repository, 1)
    set_all(fake, {})

    async with running(tmp_path, **settings) as service:
        await service.parts.reconciler.run_round()

    assert (answer["outcome"], waiting.state) == ("pending", State.PENDING)
    assert answer["why"] == waiting.why != ""
    assert tip(repository, 1).state is State.WATCHING
    assert f"nightshift_{habit_id(1)}" in fake.automations
    assert b"Revert" not in repository.git("log", "--format=%s", MAIN_REF)


async def test_a_slow_home_is_waited_for(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        fake.delay_seconds = 0.5

        await deploy_lamp(service.client, 1)

    assert tip(repository, 1).state is State.WATCHING


async def test_a_refused_token_is_never_sent_again_and_the_page_says_so(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        fake.instead = (401, {"content-type": "text/plain"}, b"401: Unauthorized")
        fake.asked.clear()

        answer = (await approve_lamp(service.client, 1)).json()
        for _ in range(5):
            service.parts.reconciler.request_home_check()
            await service.parts.reconciler.run_round()

    assert answer["outcome"] == "pending"
    assert "refused our token" in answer["why"]
    assert len(fake.asked) == 1
    assert tip(repository, 1).state is State.PENDING


async def test_a_refusal_is_taken_back_with_the_homes_words_and_not_tried_again(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        fake.writes_instead = (400, JSON, b'{"message":"Message malformed: no such lamp"}')
        answer = (await approve_lamp(service.client, 1)).json()
        fake.asked.clear()
        await service.parts.reconciler.run_round()

    refused = tip(repository, 1)
    assert answer["outcome"] == "refused"
    assert (refused.state, "no such lamp" in refused.why) == (State.REFUSED, True)
    assert repository.blob_sha(MAIN_REF, refused.path) is None
    assert not [asked for asked in fake.asked if asked.startswith("POST")]


async def test_what_somebody_changed_in_the_home_while_we_decided_is_not_written_over(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    key = f"nightshift_{habit_id(1)}"
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        page = (await service.client.get(f"/api/suggestions/{habit_id(1)}")).json()
        fake.automations[key] = {"id": key, "alias": "Theirs", "triggers": [], "actions": []}
        fake._load()
        question = {"seen": page["seen"], "second_yes": page["seen"]["findings"]}

        answer = await service.client.post(f"/api/suggestions/{habit_id(1)}/approve", json=question)

    assert answer.status_code == 409
    assert "the home has another version" in answer.json()["detail"]
    assert fake.automations[key]["alias"] == "Theirs"


async def test_one_deployment_is_told_once(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        for _ in range(3):
            service.parts.reconciler.request_home_check()
            await service.parts.reconciler.run_round()
        told = (await service.client.get("/api/deployments")).json()["items"]

    events = [entry.event for entry in read_entries(repository, habit_id(0))]
    assert [row["outcome"] for row in told] == ["deployed"]
    assert events == [LedgerEvent.PROPOSED, LedgerEvent.APPROVED, LedgerEvent.DEPLOYED]
    assert fake.asked.count(f"POST {CONFIG}nightshift_{habit_id(0)}") == 1


async def test_a_first_write_waits_for_a_yes_and_keeps_a_backup(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    fake.automations["1712345678901"] = {"id": "1712345678901", "alias": "Mine", "triggers": [], "actions": []}
    fake._load()
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        held = (await approve_lamp(service.client, 0)).json()
        before = dict(fake.automations)
        done = await confirm_plan(service.client)

    backups = repository.git("for-each-ref", "--format=%(refname)", "refs/backup/").decode().split()
    assert (held["outcome"], list(before)) == ("held", ["1712345678901"])
    assert done["outcome"] == "deployed"
    assert b"alias: Mine" in (repository.read_file(backups[0], "0000.yaml") or b"")
    assert fake.automations["1712345678901"]["alias"] == "Mine"


async def test_what_the_home_stored_and_never_loaded_is_not_called_deployed(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    quick = Timeouts(start_seconds=0.2, load_seconds=0.2, poll_interval_seconds=0.02)
    async with HomeAssistant(fake_url, "token", quick) as door:
        deployer = Deployer(repository, door, Limits(), lambda: "", lambda: NIGHT)
        found = tip(repository, 0)
        merge(repository, found, repository.blob_sha(found.branch, found.path) or "", ANNA, "", NIGHT)
        fake.loads_after_write = fake.loads_after_reload = False
        outcomes = [done.outcome for _ in range(3) for done in (await _with_yes(deployer)).results]
        fake.loads_after_reload = True
        healed = [done.outcome for done in (await deployer.reconcile()).results]

    assert (outcomes, healed) == (["pending"] * 3, ["deployed"])
    assert fake.asked.count(f"POST {CONFIG}nightshift_{habit_id(0)}") == 1


async def test_a_home_that_is_starting_makes_us_forget_nothing_and_shows_no_drift(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await deploy_lamp(service.client, 1)
        shown, fake.live, fake.state = fake.live, {}, "NOT_RUNNING"
        revert(repository, tip(repository, 0).path, ANNA, NIGHT)
        service.parts.reconciler.request_home_check()
        await service.parts.reconciler.run_round()
        drift = (await service.client.get("/api/drift")).json()
        recorded = set(repository.list_files(DEPLOYED_REF))
        fake.live, fake.state = shown, "RUNNING"
        service.parts.reconciler.request_home_check()
        await service.parts.reconciler.run_round()

    assert drift["reachable"] is False
    assert not [row for row in drift["rows"] if row["drift"] in DRIFTED_STATUSES]
    assert recorded == {tip(repository, 0).path, tip(repository, 1).path}
    assert set(fake.automations) == {f"nightshift_{habit_id(1)}"}


async def test_a_home_that_comes_back_while_it_is_asked_in_vain_is_asked_again_at_once(
    tmp_path: Path, repository: Repository, home_file: str, fake: FakeHome, fake_url: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, HA_URL=fake_url, HA_TOKEN="token") as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await service.parts.reconciler.close()  # no round but these
        fake.state, fake.delay_seconds = "NOT_RUNNING", 0.5
        before = len(fake.asked)
        service.parts.reconciler.request_home_check()
        in_vain = asyncio.create_task(service.parts.reconciler.run_round())
        await until(lambda: len(fake.asked) > before)
        service.parts.reconciler.request_home_check()
        await in_vain
        away = (await service.client.get("/api/drift")).json()["reachable"]
        fake.state, fake.delay_seconds = "RUNNING", 0.0
        await service.parts.reconciler.run_round()
        back = (await service.client.get("/api/drift")).json()["reachable"]

    assert (away, back) == (False, True)
