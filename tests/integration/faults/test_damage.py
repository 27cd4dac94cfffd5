"""Objects of the repository that cannot be read: what they cost, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from automations.git.repository import MAIN_REF, Repository
from tests.builders.lamps import habit_id, tip
from tests.builders.reviewing import deploy_lamp
from tests.builders.service import Service, running

Damage = Callable[[Path], None]


def zeros(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(bytes(path.stat().st_size))


def half(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def gone(path: Path) -> None:
    path.unlink()


def loose(repository: Repository, name: str) -> Path:
    sha = repository.git("rev-parse", name).decode().strip()
    return repository.path / "objects" / sha[:2] / sha[2:]


SUGGESTION_PARTS = {
    "its ledger's commit": "{ledger}",
    "its ledger's folder": "{ledger}^{{tree}}",
    "its evidence": "{ledger}:pattern.json",
    "its branch's commit": "{branch}",
    "its branch's folder": "{branch}^{{tree}}",
    "its file": "{branch}:{path}",
}
MAIN_PARTS = {
    "its commit": MAIN_REF,
    "its folder": f"{MAIN_REF}^{{tree}}",
    "a folder in it": f"{MAIN_REF}:hall",
    "a file of it": f"{MAIN_REF}:README.md",
}


async def words_on_repository(service: Service) -> str:
    status = (await service.client.get("/api/status")).json()
    return next(row["words"] for row in status["dependencies"] if row["name"] == "repository")


async def readiness(service: Service) -> tuple[int, bool | None]:
    answer = await service.client.get("/health/ready")
    return answer.status_code, next(row["ok"] for row in answer.json()["dependencies"] if row["name"] == "repository")


@pytest.mark.parametrize("damage", [zeros, half, gone])
@pytest.mark.parametrize("part", SUGGESTION_PARTS)
async def test_a_damaged_suggestion_costs_itself_alone(
    tmp_path: Path, repository: Repository, home_file: str, part: str, damage: Damage
) -> None:
    suggestion = tip(repository, 1)
    name = SUGGESTION_PARTS[part].format(ledger=suggestion.sha, branch=suggestion.branch, path=suggestion.path)
    damage(loose(repository, name))

    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await deploy_lamp(service.client, 2)
        lists = [await service.client.get(f"/api/{one}") for one in ("suggestions", "patterns", "log", "automations")]
        its_page = await service.client.get(f"/api/suggestions/{habit_id(1)}")
        code, ok = await readiness(service)
        words = await words_on_repository(service)

    assert [answer.status_code for answer in lists] == [200] * 4
    assert its_page.status_code < 500
    assert (code, ok is not False) == (200, True)
    if "commit" in part or "folder" in part:
        assert (suggestion.ref if "ledger" in part else suggestion.branch) in words
    if part == "its ledger's commit":
        assert habit_id(1) not in {row["habit_id"] for row in lists[0].json()["items"]}
        assert "is damaged" in its_page.json()["detail"] or "cannot be read" in its_page.json()["detail"]


async def test_a_suggestion_that_is_damaged_while_we_run_holds_up_no_other(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        zeros(loose(repository, tip(repository, 1).sha))

        await deploy_lamp(service.client, 2)
        log = (await service.client.get("/api/log")).json()["items"]

    assert "Approve: Lamp 2 on" in {entry["subject"] for entry in log}


async def test_a_broken_ref_of_a_suggestion_costs_itself_alone(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    broken = tip(repository, 1)
    zeros(repository.path / broken.ref)
    zeros(repository.path / broken.branch)

    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        words = await words_on_repository(service)
        page = await service.client.get(f"/api/suggestions/{habit_id(1)}")

    assert broken.ref in words
    assert broken.branch in words
    assert "cannot be read" in page.json()["detail"]


@pytest.mark.parametrize("damage", [zeros, half, gone])
@pytest.mark.parametrize("part", MAIN_PARTS)
async def test_a_damaged_main_is_not_ready_and_comes_back_when_it_is_mended(
    tmp_path: Path, repository: Repository, home_file: str, part: str, damage: Damage
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        path = loose(repository, MAIN_PARTS[part])
        whole = path.read_bytes()
        damage(path)
        while_running, words = await readiness(service), await words_on_repository(service)
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        after_start = await readiness(service)
        page = await service.client.get(f"/api/suggestions/{habit_id(2)}")
        path.unlink(missing_ok=True)
        path.write_bytes(whole)
        mended = await readiness(service)
        await deploy_lamp(service.client, 2)

    assert while_running == after_start == (503, False)
    assert str(repository.path) in words
    assert page.status_code < 500
    assert mended == (200, True)


@pytest.mark.parametrize("damage", [zeros, half, gone])
async def test_a_damaged_pack_is_not_ready(
    tmp_path: Path, repository: Repository, home_file: str, damage: Damage
) -> None:
    repository.git("repack", "-q", "-a", "-d")
    async with running(tmp_path, HOME_FILE=home_file) as service:
        before = await readiness(service)
        damage(next((repository.path / "objects" / "pack").glob("*.pack")))
        after = await readiness(service)

    assert (before, after) == ((200, True), (503, False))
