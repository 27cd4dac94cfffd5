"""From main to a home and back: a real repository, a real folder that is the home."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from pathlib import Path

import pytest

from automations.config.yaml import decode
from automations.deploy.automation_files import find_automation_path
from automations.deploy.drift import adopt, import_all, reapply
from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.activity_log import read_activity_log
from automations.git.ledger import read_latest_entry
from automations.git.merge import commit_files, merge, revert
from automations.git.naming import BACKUP_PREFIX, DEPLOYED_REF
from automations.git.proposals import propose
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from automations.git.review_actions import decline
from automations.home_assistant.folder_home import FolderHome
from schemas.errors import Refused, Unreachable
from schemas.home import Home
from schemas.suggestions import DeclineScope, State
from schemas.sync_status import SyncStatus
from tests.builders.lamps import NIGHT, STARTER
from tests.builders.stubborn_home import StubbornHome
from tests.builders.suggestions import ANNA, AUTOMATION_ID, HABIT_ID, YAML, proposal


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.open_or_create(tmp_path / "automations.git", STARTER, NIGHT)


@pytest.fixture
def home(tmp_path: Path) -> StubbornHome:
    return StubbornHome(tmp_path / "home")


@pytest.fixture
def deployer(repository: Repository, home: StubbornHome) -> Deployer:
    ticks = iter(NIGHT + timedelta(seconds=n) for n in range(10_000))
    return Deployer(repository, home, Limits(), lambda: "", lambda: next(ticks))


def approve(repository: Repository, habit: str = HABIT_ID, alias: str = "Kitchen light") -> str:
    draft = proposal(habit, yaml=YAML.format(id=f"nightshift_{habit}", alias=alias))
    propose(repository, draft, read_latest_entry(repository, habit), wait_reason="", now=NIGHT)
    tip = read_latest_entry(repository, habit)
    assert tip is not None
    blob = repository.blob_sha(tip.branch, tip.path)
    assert blob is not None
    return merge(repository, tip, blob, ANNA, "", NIGHT)


async def deploy_with_yes(deployer: Deployer):
    first = await deployer.reconcile()
    return await deployer.reconcile(confirmed_plan_hash=first.plan_hash)


def state_of(repository: Repository, habit: str = HABIT_ID) -> State:
    tip = read_latest_entry(repository, habit)
    assert tip is not None
    return tip.state


async def test_the_first_write_to_a_home_waits_for_a_yes_and_makes_a_backup(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    await home.write("1712345678901", {"alias": "Mine", "triggers": [], "actions": []})
    approve(repository)

    waiting = await deployer.reconcile()
    assert "first change to this home" in waiting.hold_reason
    assert await home.read(AUTOMATION_ID) is None
    done = (await deployer.reconcile(confirmed_plan_hash=waiting.plan_hash)).results

    backup = next(iter(list_refs(repository, BACKUP_PREFIX).values()))
    kept = decode((repository.read_file(backup, "0000.yaml") or b"").decode()).config
    assert [d.outcome for d in done] == ["deployed"]
    assert kept is not None
    assert kept["id"] == "1712345678901"
    assert await home.read("1712345678901") is not None


async def test_an_approved_merge_is_deployed_recorded_and_told(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    commit = approve(repository)

    await deploy_with_yes(deployer)

    config = await home.read(AUTOMATION_ID)
    assert config is not None
    assert config["alias"] == "Kitchen light"
    assert repository.list_files(DEPLOYED_REF) == {
        path: blob for path, blob in repository.list_files(MAIN_REF).items() if path.startswith("kitchen/")
    }
    assert f"Main: {commit}".encode() in repository.git("log", "-1", "--format=%B", DEPLOYED_REF)
    assert state_of(repository) is State.WATCHING


async def test_a_second_round_writes_nothing(repository: Repository, home: StubbornHome, deployer: Deployer) -> None:
    approve(repository)
    await deploy_with_yes(deployer)

    again = await deployer.reconcile()

    assert again.results == ()
    assert home.written == [AUTOMATION_ID]


async def test_rollback_takes_it_out_of_the_home_and_restore_brings_it_back(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tip = read_latest_entry(repository, HABIT_ID)
    assert tip is not None

    revert(repository, tip.path, ANNA, NIGHT)
    await deployer.reconcile()
    gone = await home.read(AUTOMATION_ID)
    rolled_back = state_of(repository)
    revert(repository, tip.path, ANNA, NIGHT)
    await deployer.reconcile()

    assert gone is None
    assert rolled_back is State.ROLLED_BACK
    assert await home.read(AUTOMATION_ID) is not None
    assert state_of(repository) is State.WATCHING


async def test_what_the_home_refuses_is_reverted_with_its_words(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    home.trouble = Refused("Message malformed: no such thing")

    done = (await deploy_with_yes(deployer)).results

    log = repository.git("log", "-1", "--format=%B", MAIN_REF).decode()
    assert [d.outcome for d in done] == ["refused"]
    assert "Message malformed: no such thing" in log
    assert "Reverts: " in log
    assert state_of(repository) is State.REFUSED
    assert (await deployer.reconcile()).results == ()


async def test_a_home_that_is_away_leaves_it_pending_until_it_is_back(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    home.trouble = Unreachable("The home does not answer.")

    done = (await deploy_with_yes(deployer)).results
    pending = state_of(repository)
    home.trouble = None
    await deployer.reconcile()

    assert [d.why for d in done] == ["The home does not answer."]
    assert pending is State.PENDING
    assert state_of(repository) is State.WATCHING


async def test_an_edit_in_the_home_stops_that_file_and_no_other(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    config = await home.read(AUTOMATION_ID)
    await home.write(AUTOMATION_ID, {**(config or {}), "alias": "Changed by hand"})
    approve(repository, "ffff00001111", "Other")
    tip = read_latest_entry(repository, HABIT_ID)
    assert tip is not None
    commit_files(
        repository, {tip.path: YAML.format(id=AUTOMATION_ID, alias="From git").encode()}, "Rename", ANNA, NIGHT
    )

    done = (await deployer.reconcile()).results
    found = await deployer.read_state()

    kept = await home.read(AUTOMATION_ID)
    assert kept is not None
    assert kept["alias"] == "Changed by hand"
    assert [d.change.automation_id for d in done] == ["nightshift_ffff00001111"]
    assert found.statuses[AUTOMATION_ID].sync_status is SyncStatus.BOTH


async def test_a_broken_file_on_main_leaves_the_old_version_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tip = read_latest_entry(repository, HABIT_ID)
    assert tip is not None
    commit_files(repository, {tip.path: b"id: x\ntrigers: []\n"}, "Break it", ANNA, NIGHT)

    done = (await deployer.reconcile()).results
    found = await deployer.read_state()

    assert done == ()
    assert tip.path in found.broken
    assert await home.read(AUTOMATION_ID) is not None


async def test_a_paused_home_is_left_as_it_is(repository: Repository, home: StubbornHome) -> None:
    approve(repository)
    paused = Deployer(repository, home, Limits(), lambda: "Paused by Anna.", lambda: NIGHT)

    result = await paused.reconcile()

    assert result.hold_reason == "Paused by Anna."
    assert home.written == []


async def test_a_replaced_main_is_never_deployed(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tree = repository.write_tree(None, {"hall/x.yaml": YAML.format(id="x", alias="X").encode()})
    stranger = repository.commit(tree, (), "Another history\n", ANNA, NIGHT)
    repository.git("update-ref", MAIN_REF, stranger)

    result = await deployer.reconcile()
    forced = await deployer.reconcile(confirmed_plan_hash=result.plan_hash)

    assert "does not follow" in result.hold_reason
    assert forced.results == ()
    assert await home.read(AUTOMATION_ID) is not None


async def test_seven_new_files_at_once_wait_for_a_yes(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    many = {f"hall/{n}.yaml": YAML.format(id=f"n{n}", alias=f"N{n}").encode() for n in range(7)}
    commit_files(repository, dict(many), "Add seven", ANNA, NIGHT)

    waiting = await deployer.reconcile()
    done = (await deployer.reconcile(confirmed_plan_hash=waiting.plan_hash)).results

    assert "change 7 automations" in waiting.hold_reason
    assert len(done) == 7


async def test_a_copy_that_kept_the_id_changes_nothing_in_the_home_whichever_comes_first(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    copy = YAML.format(id=AUTOMATION_ID, alias="A copy").encode()
    commit_files(repository, {"attic/copy.yaml": copy, "zoo/copy.yaml": copy}, "Copy", ANNA, NIGHT)

    done = (await deployer.reconcile()).results
    found = await deployer.read_state()

    held = await home.read(AUTOMATION_ID)
    assert done == ()
    assert set(found.broken) == {find_automation_path(repository, AUTOMATION_ID), "attic/copy.yaml", "zoo/copy.yaml"}
    assert all("same id" in problems[0].message for problems in found.broken.values())
    assert held is not None
    assert held["alias"] == "Kitchen light"


async def test_a_broken_file_that_was_moved_leaves_the_old_version_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    broken = YAML.format(id=AUTOMATION_ID, alias="Moved").replace("triggers", "trigers").encode()
    commit_files(
        repository,
        {find_automation_path(repository, AUTOMATION_ID): None, "attic/moved.yaml": broken},
        "Move",
        ANNA,
        NIGHT,
    )

    done = (await deployer.reconcile()).results

    assert done == ()
    assert await home.read(AUTOMATION_ID) is not None


async def test_a_pause_in_the_middle_of_a_round_stops_it_before_the_next_write(
    repository: Repository, home: StubbornHome
) -> None:
    ticks = iter(NIGHT + timedelta(seconds=n) for n in range(10_000))
    deployer = Deployer(repository, home, Limits(), lambda: "Guests." if home.written else "", lambda: next(ticks))
    approve(repository)
    approve(repository, "ffff00001111", "Other")

    done = (await deploy_with_yes(deployer)).results

    assert [one.outcome for one in done] == ["deployed", "pending"]
    assert done[1].why == "Guests."
    assert len(home.written) == 1


async def test_what_was_let_go_and_is_adopted_again_goes_on_where_it_was(
    repository: Repository, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = find_automation_path(repository, AUTOMATION_ID)

    await deployer.unmanage(AUTOMATION_ID, ANNA)
    let_go = state_of(repository)
    adopt(repository, await deployer.read_state(), AUTOMATION_ID, Home("UTC"), ANNA, NIGHT)
    await deployer.reconcile()

    assert let_go is State.UNMANAGED
    assert {"unmanaged", "adopted"} <= {one.event for one in read_activity_log(repository)}
    assert (find_automation_path(repository, AUTOMATION_ID), state_of(repository)) == (path, State.WATCHING)


async def test_what_main_held_long_ago_is_not_held_in_memory(repository: Repository, deployer: Deployer) -> None:
    approve(repository)
    path = find_automation_path(repository, AUTOMATION_ID)
    for number in range(12):
        text = YAML.format(id=AUTOMATION_ID, alias=f"Alias {number} of twelve")
        commit_files(repository, {path: text.encode()}, "By hand", ANNA, NIGHT)
        await deployer.read_state()
    gc.collect()

    held = [one for one in gc.get_objects() if isinstance(one, dict) and "of twelve" in str(one.get("alias"))]

    assert 1 <= len(held) <= 3


async def test_what_a_person_asks_for_outright_is_backed_up_before_the_first_write_and_removes_what_main_dropped(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    mine = {"alias": "Mine", "triggers": [], "actions": []}
    await FolderHome.write(home, "mine", mine)
    import_all(repository, await deployer.read_state(), Home("UTC"), ANNA, NIGHT)
    await deployer.reconcile()
    await FolderHome.write(home, "mine", {**mine, "alias": "Edited"})

    found = await deployer.read_state()
    put_it_back = await deployer.apply(reapply(found, "mine"), found)
    held = await home.read("mine")
    await FolderHome.write(home, "mine", {**mine, "alias": "Edited again"})
    commit_files(repository, {find_automation_path(repository, "mine"): None}, "Drop it", ANNA, NIGHT)
    waits = await deployer.reconcile()
    found = await deployer.read_state()
    taken_out = await deployer.apply(reapply(found, "mine"), found)

    backups = list(list_refs(repository, BACKUP_PREFIX).values())
    assert [len(backups), b"Edited" in (repository.read_file(backups[0], "0000.yaml") or b"")] == [1, True]
    assert ([one.outcome for one in put_it_back], held) == (["deployed"], mine)
    assert waits.results == ()
    assert ([one.outcome for one in taken_out], await home.read("mine")) == (["removed"], None)


async def test_what_was_rolled_back_declined_and_restored_all_the_same_is_watched_again(
    repository: Repository, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = find_automation_path(repository, AUTOMATION_ID)
    revert(repository, path, ANNA, NIGHT)
    await deployer.reconcile()
    tip = read_latest_entry(repository, HABIT_ID)
    assert tip is not None
    decline(repository, tip, DeclineScope.HABIT, "Never.", ANNA, NIGHT)

    revert(repository, path, ANNA, NIGHT)
    await deployer.reconcile()

    assert state_of(repository) is State.WATCHING


async def test_two_that_deploy_at_once_both_say_deployed_and_the_record_holds_it_once(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    approve(repository, "ffff00001111", "Second")
    approve(repository, "eeee00001111", "Third")
    other = Deployer(repository, home, Limits(), lambda: "", lambda: NIGHT)

    rounds = await asyncio.gather(deployer.reconcile(), other.reconcile())

    outcomes = {done.outcome for result in rounds for done in result.results}
    assert outcomes <= {"deployed", "settled"}
    assert repository.list_files(DEPLOYED_REF).items() <= repository.list_files(MAIN_REF).items()
    assert len(repository.list_files(DEPLOYED_REF)) == 3
    assert [state_of(repository, habit) for habit in ("ffff00001111", "eeee00001111")] == [State.WATCHING] * 2


async def test_what_was_taken_back_while_its_answer_was_lost_does_not_stay_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    approve(repository, "ffff00001111", "Second")
    home.lost = Unreachable("The connection broke, and the home died.")
    lost = (await deployer.reconcile()).results
    home.lost = None
    stored = await home.read("nightshift_ffff00001111")

    revert(repository, find_automation_path(repository, "nightshift_ffff00001111"), ANNA, NIGHT)
    done = (await deployer.reconcile()).results

    assert ([one.outcome for one in lost], stored is not None) == (["pending"], True)
    assert [one.outcome for one in done] == ["removed"]
    assert await home.read("nightshift_ffff00001111") is None
    assert await home.read(AUTOMATION_ID) is not None
    assert (await deployer.reconcile()).results == ()


@pytest.mark.parametrize("then", ["rolled back", "changed again", "taken off main"])
async def test_an_update_whose_answer_was_lost_is_no_edit_of_a_persons_once_main_went_on(
    repository: Repository, home: StubbornHome, deployer: Deployer, then: str
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = find_automation_path(repository, AUTOMATION_ID)
    before = repository.read_file(MAIN_REF, path)
    commit_files(repository, {path: YAML.format(id=AUTOMATION_ID, alias="Lost").encode()}, "Change it", ANNA, NIGHT)
    home.lost = Unreachable("The connection broke, and the home died.")
    lost = (await deployer.reconcile()).results
    home.lost = None
    stored = await home.read(AUTOMATION_ID)
    after = {"rolled back": before, "taken off main": None}.get(
        then, YAML.format(id=AUTOMATION_ID, alias="Third").encode()
    )
    commit_files(repository, {path: after}, "Go on", ANNA, NIGHT)

    standing = (await deployer.read_state()).statuses[AUTOMATION_ID].sync_status
    await deployer.reconcile()

    assert ([one.outcome for one in lost], (stored or {}).get("alias")) == (["pending"], "Lost")
    assert standing is SyncStatus.GIT_AHEAD
    wished = decode(after.decode()).config if after else None
    assert (await home.read(AUTOMATION_ID) or {}).get("alias") == (wished or {}).get("alias")
    assert (await deployer.reconcile()).results == ()
    assert repository.read_file(DEPLOYED_REF, path) == after


async def test_what_a_person_sets_back_in_the_home_to_what_was_deployed_before_stays_theirs(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path, first = find_automation_path(repository, AUTOMATION_ID), await home.read(AUTOMATION_ID)
    for alias in ("Second", "Third"):
        commit_files(repository, {path: YAML.format(id=AUTOMATION_ID, alias=alias).encode()}, alias, ANNA, NIGHT)
        await deployer.reconcile()
    await FolderHome.write(home, AUTOMATION_ID, first or {})

    done = (await deployer.reconcile()).results

    assert (done, await home.read(AUTOMATION_ID)) == ((), first)
    assert (await deployer.read_state()).statuses[AUTOMATION_ID].sync_status is SyncStatus.EDITED_IN_HOME


async def test_what_a_person_brought_back_in_the_home_after_a_rollback_is_left_to_them(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    config = await home.read(AUTOMATION_ID)
    revert(repository, find_automation_path(repository, AUTOMATION_ID), ANNA, NIGHT)
    await deployer.reconcile()
    await FolderHome.write(home, AUTOMATION_ID, config or {})

    done = (await deployer.reconcile()).results
    found = await deployer.read_state()

    assert done == ()
    assert found.statuses[AUTOMATION_ID].sync_status is SyncStatus.NOT_OURS
    assert await home.read(AUTOMATION_ID) == config
