"""Bringing the automations of a home into main as they are: each has a named outcome, ids stay verbatim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from automations.config.normalize import equivalent
from automations.config.yaml import decode
from automations.deploy.drift import ImportOutcome, ImportResult, adopted_path, import_all
from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.merge import list_main_commits
from automations.git.repository import MAIN_REF, Repository
from automations.home_assistant.folder_home import FolderHome
from schemas.sync_status import SyncStatus
from tests.builders.lamps import NIGHT, config, home_of_lamps, repository_in
from tests.builders.suggestions import ANNA

IDS = ("1712345678901", "a.b-c_d", "with space", "été", "Hall", "hall", "a/b", "x%2Fy", "灯", "x" * 300)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return repository_in(tmp_path)


@pytest.fixture
def deployer(tmp_path: Path, repository: Repository) -> Deployer:
    return Deployer(repository, FolderHome(tmp_path / "home"), Limits(), lambda: "", lambda: NIGHT)


def write_home(folder: Path, *automations: dict[str, Any]) -> str:
    (folder / "home").mkdir()
    text = yaml.safe_dump(list(automations), allow_unicode=True, sort_keys=False)
    (folder / "home" / "automations.yaml").write_text(text, encoding="utf-8")
    return text


async def imported(deployer: Deployer) -> dict[str, ImportResult]:
    found = await deployer.read_state()
    report = import_all(deployer.repository, found, home_of_lamps(3), ANNA, NIGHT)
    return {row.automation_id: row for row in report}


async def test_every_kind_of_automation_has_its_named_outcome(tmp_path: Path, deployer: Deployer) -> None:
    write_home(
        tmp_path,
        {"id": "plain", **config(0)},
        config(1),
        {"id": 12345, **config(1)},
        {"id": "twice", **config(1)},
        {"id": "twice", **config(2)},
        {"id": "blue", "alias": "Blue", "use_blueprint": {"path": "motion_light.yaml", "input": {}}},
    )

    outcomes = {key: row.outcome for key, row in (await imported(deployer)).items()}

    assert outcomes == {
        "plain": ImportOutcome.IMPORTED,
        "automation.automation_1": ImportOutcome.NO_ID,
        "automation.automation_2": ImportOutcome.NO_ID,
        "twice": ImportOutcome.DUPLICATE_ID,
        "blue": ImportOutcome.BLUEPRINT,
    }


async def test_what_is_left_alone_says_why_and_is_never_written(tmp_path: Path, deployer: Deployer) -> None:
    text = write_home(tmp_path, config(0), {"id": "twice", **config(1)}, {"id": "twice", **config(2)})

    report = await imported(deployer)
    await deployer.reconcile()

    assert report
    assert all(row.left_alone for row in report.values())
    assert (tmp_path / "home" / "automations.yaml").read_text() == text


async def test_ids_stay_verbatim_in_one_commit_and_nothing_is_written(
    tmp_path: Path, deployer: Deployer, repository: Repository
) -> None:
    text = write_home(tmp_path, *({"id": key, **config(number)} for number, key in enumerate(IDS)))
    before = repository.main_commit()

    report = await imported(deployer)
    settled = await deployer.reconcile()

    paths = [row.path for row in report.values()]
    on_main = [
        decode((data or b"").decode()).config for data in repository.read_objects([f"{MAIN_REF}:{p}" for p in paths])
    ]
    assert sorted(str(one["id"]) for one in on_main if one) == sorted(IDS)
    assert len({path.casefold() for path in paths}) == len(IDS)
    assert list_main_commits(repository, limit=1)[0].parent == before
    assert {done.outcome for done in settled.results} == {"settled"}
    assert (tmp_path / "home" / "automations.yaml").read_text() == text


async def test_imported_ones_are_in_step_and_a_second_import_finds_nothing_new(
    tmp_path: Path, deployer: Deployer
) -> None:
    write_home(tmp_path, {"id": "a.b c", **config(0)})
    await imported(deployer)
    await deployer.reconcile()

    again = await imported(deployer)
    found = await deployer.read_state()

    assert again["a.b c"].outcome is ImportOutcome.MANAGED
    assert found.statuses["a.b c"].sync_status is SyncStatus.IN_STEP


async def test_an_import_keeps_what_each_does(tmp_path: Path, deployer: Deployer, repository: Repository) -> None:
    old = {"alias": "Old", "trigger": {"platform": "time", "at": "07:00:00"}, "action": {"service": "light.turn_on"}}
    write_home(tmp_path, {"id": "old", **old})

    row = (await imported(deployer))["old"]

    kept = decode((repository.read_file(MAIN_REF, row.path) or b"").decode()).config
    assert kept is not None
    assert equivalent(kept, old)


def test_two_ids_never_share_a_path() -> None:
    assert adopted_path("Hall", "hall") != adopted_path("hall", "hall")
    assert adopted_path("a/b", None) == "no_area/a%2Fb.yaml"


@pytest.mark.parametrize("written", ["000000000101", "0101", "1_000", "2024-01-02", "on"])
async def test_an_id_that_is_no_text_is_told_as_it_is_written(tmp_path: Path, deployer: Deployer, written: str) -> None:
    write_home(tmp_path)
    (tmp_path / "home" / "automations.yaml").write_text(f"- id: {written}\n  alias: Hall\n", encoding="utf-8")

    (row,) = (await imported(deployer)).values()

    assert row.left_alone == f"its id {written} is not text; put it in quotes"


async def test_an_id_that_only_looks_like_a_number_is_imported_as_it_is(tmp_path: Path, deployer: Deployer) -> None:
    write_home(tmp_path, {"id": "0101", **config(0)}, {"id": "1e5", **config(1)})

    assert {key: row.outcome for key, row in (await imported(deployer)).items()} == {
        "0101": ImportOutcome.IMPORTED,
        "1e5": ImportOutcome.IMPORTED,
    }
