"""From main to a home and back: a real repository, a real folder that is the home."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from pathlib import Path

import pytest

from automations.config.yaml import decode
from automations.deploy.drift import adopt, import_all, put_back
from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.deploy.versions import path_of
from automations.git.activity_log import happened
from automations.git.ledger import entry
from automations.git.merge import merge, put, revert
from automations.git.naming import BACKUPS, DEPLOYED
from automations.git.proposals import propose
from automations.git.refs import snapshot
from automations.git.repository import MAIN, Repository
from automations.git.review_actions import decline
from automations.home_assistant.folder_home import FileHome
from schemas.errors import Refused, Unreachable
from schemas.home import AutomationConfig, Home
from schemas.suggestions import DeclineScope, State
from schemas.sync_status import SyncStatus
from tests.integration.git.conftest import ANNA, NIGHT, STARTER, proposal

HABIT = "a1b2c3d4e5f6"
ID = f"nightshift_{HABIT}"
YAML = """\
id: {id}
alias: {alias}
triggers:
- trigger: time
  at: '06:42:00'
actions:
- action: light.turn_on
  target:
    entity_id: light.kitchen
"""


class StubbornHome(FileHome):
    """A folder whose door can be told to fail; it remembers what was written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.trouble: Exception | None = None
        self.lost: Exception | None = None
        """Raised after a write: nobody learns what became of it."""
        self.written: list[str] = []

    async def write(self, automation_id: str, config: AutomationConfig) -> None:
        if self.trouble:
            raise self.trouble
        self.written.append(automation_id)
        await super().write(automation_id, config)
        if self.lost:
            raise self.lost


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


def approve(repository: Repository, habit: str = HABIT, alias: str = "Kitchen light") -> str:
    draft = proposal(habit, yaml=YAML.format(id=f"nightshift_{habit}", alias=alias))
    propose(repository, draft, entry(repository, habit), wait="", now=NIGHT)
    tip = entry(repository, habit)
    assert tip is not None
    blob = repository.blob_of(tip.branch, tip.path)
    assert blob is not None
    return merge(repository, tip, blob, ANNA, "", NIGHT)


async def deploy_with_yes(deployer: Deployer):
    first = await deployer.reconcile()
    return await deployer.reconcile(yes=first.plan_hash)


def state_of(repository: Repository, habit: str = HABIT) -> State:
    tip = entry(repository, habit)
    assert tip is not None
    return tip.state


async def test_the_first_write_to_a_home_waits_for_a_yes_and_makes_a_backup(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    await home.write("1712345678901", {"alias": "Mine", "triggers": [], "actions": []})
    approve(repository)

    waiting = await deployer.reconcile()
    assert "first change to this home" in waiting.held
    assert await home.read(ID) is None
    done = (await deployer.reconcile(yes=waiting.plan_hash)).done

    backup = next(iter(snapshot(repository, BACKUPS).values()))
    kept = decode((repository.read(backup, "0000.yaml") or b"").decode()).config
    assert [d.outcome for d in done] == ["deployed"]
    assert kept is not None
    assert kept["id"] == "1712345678901"
    assert await home.read("1712345678901") is not None


async def test_an_approved_merge_is_deployed_recorded_and_told(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    commit = approve(repository)

    await deploy_with_yes(deployer)

    config = await home.read(ID)
    assert config is not None
    assert config["alias"] == "Kitchen light"
    assert repository.files(DEPLOYED) == {
        path: blob for path, blob in repository.files(MAIN).items() if path.startswith("kitchen/")
    }
    assert f"Main: {commit}".encode() in repository.git("log", "-1", "--format=%B", DEPLOYED)
    assert state_of(repository) is State.WATCHING


async def test_a_second_round_writes_nothing(repository: Repository, home: StubbornHome, deployer: Deployer) -> None:
    approve(repository)
    await deploy_with_yes(deployer)

    again = await deployer.reconcile()

    assert again.done == ()
    assert home.written == [ID]


async def test_rollback_takes_it_out_of_the_home_and_restore_brings_it_back(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tip = entry(repository, HABIT)
    assert tip is not None

    revert(repository, tip.path, ANNA, NIGHT)
    await deployer.reconcile()
    gone = await home.read(ID)
    rolled_back = state_of(repository)
    revert(repository, tip.path, ANNA, NIGHT)
    await deployer.reconcile()

    assert gone is None
    assert rolled_back is State.ROLLED_BACK
    assert await home.read(ID) is not None
    assert state_of(repository) is State.WATCHING


async def test_what_the_home_refuses_is_reverted_with_its_words(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    home.trouble = Refused("Message malformed: no such thing")

    done = (await deploy_with_yes(deployer)).done

    log = repository.git("log", "-1", "--format=%B", MAIN).decode()
    assert [d.outcome for d in done] == ["refused"]
    assert "Message malformed: no such thing" in log
    assert "Reverts: " in log
    assert state_of(repository) is State.REFUSED
    assert (await deployer.reconcile()).done == ()


async def test_a_home_that_is_away_leaves_it_pending_until_it_is_back(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    home.trouble = Unreachable("The home does not answer.")

    done = (await deploy_with_yes(deployer)).done
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
    config = await home.read(ID)
    await home.write(ID, {**(config or {}), "alias": "Changed by hand"})
    approve(repository, "ffff00001111", "Other")
    tip = entry(repository, HABIT)
    assert tip is not None
    put(repository, {tip.path: YAML.format(id=ID, alias="From git").encode()}, "Rename", ANNA, NIGHT)

    done = (await deployer.reconcile()).done
    found = await deployer.look()

    kept = await home.read(ID)
    assert kept is not None
    assert kept["alias"] == "Changed by hand"
    assert [d.change.automation_id for d in done] == ["nightshift_ffff00001111"]
    assert found.looks[ID].standing is SyncStatus.BOTH


async def test_a_broken_file_on_main_leaves_the_old_version_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tip = entry(repository, HABIT)
    assert tip is not None
    put(repository, {tip.path: b"id: x\ntrigers: []\n"}, "Break it", ANNA, NIGHT)

    done = (await deployer.reconcile()).done
    found = await deployer.look()

    assert done == ()
    assert tip.path in found.broken
    assert await home.read(ID) is not None


async def test_a_paused_home_is_left_as_it_is(repository: Repository, home: StubbornHome) -> None:
    approve(repository)
    paused = Deployer(repository, home, Limits(), lambda: "Paused by Anna.", lambda: NIGHT)

    result = await paused.reconcile()

    assert result.held == "Paused by Anna."
    assert home.written == []


async def test_a_replaced_main_is_never_deployed(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    tree = repository.tree_with(None, {"hall/x.yaml": YAML.format(id="x", alias="X").encode()})
    stranger = repository.commit(tree, (), "Another history\n", ANNA, NIGHT)
    repository.git("update-ref", MAIN, stranger)

    result = await deployer.reconcile()
    forced = await deployer.reconcile(yes=result.plan_hash)

    assert "does not follow" in result.held
    assert forced.done == ()
    assert await home.read(ID) is not None


async def test_seven_new_files_at_once_wait_for_a_yes(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    many = {f"hall/{n}.yaml": YAML.format(id=f"n{n}", alias=f"N{n}").encode() for n in range(7)}
    put(repository, dict(many), "Add seven", ANNA, NIGHT)

    waiting = await deployer.reconcile()
    done = (await deployer.reconcile(yes=waiting.plan_hash)).done

    assert "change 7 automations" in waiting.held
    assert len(done) == 7


async def test_a_copy_that_kept_the_id_changes_nothing_in_the_home_whichever_comes_first(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    copy = YAML.format(id=ID, alias="A copy").encode()
    put(repository, {"attic/copy.yaml": copy, "zoo/copy.yaml": copy}, "Copy", ANNA, NIGHT)

    done = (await deployer.reconcile()).done
    found = await deployer.look()

    held = await home.read(ID)
    assert done == ()
    assert set(found.broken) == {path_of(repository, ID), "attic/copy.yaml", "zoo/copy.yaml"}
    assert all("same id" in problems[0].message for problems in found.broken.values())
    assert held is not None
    assert held["alias"] == "Kitchen light"


async def test_a_broken_file_that_was_moved_leaves_the_old_version_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    broken = YAML.format(id=ID, alias="Moved").replace("triggers", "trigers").encode()
    put(repository, {path_of(repository, ID): None, "attic/moved.yaml": broken}, "Move", ANNA, NIGHT)

    done = (await deployer.reconcile()).done

    assert done == ()
    assert await home.read(ID) is not None


async def test_a_pause_in_the_middle_of_a_round_stops_it_before_the_next_write(
    repository: Repository, home: StubbornHome
) -> None:
    ticks = iter(NIGHT + timedelta(seconds=n) for n in range(10_000))
    deployer = Deployer(repository, home, Limits(), lambda: "Guests." if home.written else "", lambda: next(ticks))
    approve(repository)
    approve(repository, "ffff00001111", "Other")

    done = (await deploy_with_yes(deployer)).done

    assert [one.outcome for one in done] == ["deployed", "pending"]
    assert done[1].why == "Guests."
    assert len(home.written) == 1


async def test_what_was_let_go_and_is_adopted_again_goes_on_where_it_was(
    repository: Repository, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = path_of(repository, ID)

    await deployer.unmanage(ID, ANNA)
    let_go = state_of(repository)
    adopt(repository, await deployer.look(), ID, Home("UTC"), ANNA, NIGHT)
    await deployer.reconcile()

    assert let_go is State.UNMANAGED
    assert {"unmanaged", "adopted"} <= {one.event for one in happened(repository)}
    assert (path_of(repository, ID), state_of(repository)) == (path, State.WATCHING)


async def test_what_main_held_long_ago_is_not_held_in_memory(repository: Repository, deployer: Deployer) -> None:
    approve(repository)
    path = path_of(repository, ID)
    for number in range(12):
        text = YAML.format(id=ID, alias=f"Alias {number} of twelve")
        put(repository, {path: text.encode()}, "By hand", ANNA, NIGHT)
        await deployer.look()
    gc.collect()

    held = [one for one in gc.get_objects() if isinstance(one, dict) and "of twelve" in str(one.get("alias"))]

    assert 1 <= len(held) <= 3


async def test_what_a_person_asks_for_outright_is_backed_up_before_the_first_write_and_removes_what_main_dropped(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    mine = {"alias": "Mine", "triggers": [], "actions": []}
    await FileHome.write(home, "mine", mine)
    import_all(repository, await deployer.look(), Home("UTC"), ANNA, NIGHT)
    await deployer.reconcile()
    await FileHome.write(home, "mine", {**mine, "alias": "Edited"})

    found = await deployer.look()
    put_it_back = await deployer.apply(put_back(found, "mine"), found)
    held = await home.read("mine")
    await FileHome.write(home, "mine", {**mine, "alias": "Edited again"})
    put(repository, {path_of(repository, "mine"): None}, "Drop it", ANNA, NIGHT)
    waits = await deployer.reconcile()
    found = await deployer.look()
    taken_out = await deployer.apply(put_back(found, "mine"), found)

    backups = list(snapshot(repository, BACKUPS).values())
    assert [len(backups), b"Edited" in (repository.read(backups[0], "0000.yaml") or b"")] == [1, True]
    assert ([one.outcome for one in put_it_back], held) == (["deployed"], mine)
    assert waits.done == ()
    assert ([one.outcome for one in taken_out], await home.read("mine")) == (["removed"], None)


async def test_what_was_rolled_back_declined_and_restored_all_the_same_is_watched_again(
    repository: Repository, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = path_of(repository, ID)
    revert(repository, path, ANNA, NIGHT)
    await deployer.reconcile()
    tip = entry(repository, HABIT)
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

    outcomes = {done.outcome for result in rounds for done in result.done}
    assert outcomes <= {"deployed", "settled"}
    assert repository.files(DEPLOYED).items() <= repository.files(MAIN).items()
    assert len(repository.files(DEPLOYED)) == 3
    assert [state_of(repository, habit) for habit in ("ffff00001111", "eeee00001111")] == [State.WATCHING] * 2


async def test_what_was_taken_back_while_its_answer_was_lost_does_not_stay_in_the_home(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    approve(repository, "ffff00001111", "Second")
    home.lost = Unreachable("The connection broke, and the home died.")
    lost = (await deployer.reconcile()).done
    home.lost = None
    stored = await home.read("nightshift_ffff00001111")

    revert(repository, path_of(repository, "nightshift_ffff00001111"), ANNA, NIGHT)
    done = (await deployer.reconcile()).done

    assert ([one.outcome for one in lost], stored is not None) == (["pending"], True)
    assert [one.outcome for one in done] == ["removed"]
    assert await home.read("nightshift_ffff00001111") is None
    assert await home.read(ID) is not None
    assert (await deployer.reconcile()).done == ()


@pytest.mark.parametrize("then", ["rolled back", "changed again", "taken off main"])
async def test_an_update_whose_answer_was_lost_is_no_edit_of_a_persons_once_main_went_on(
    repository: Repository, home: StubbornHome, deployer: Deployer, then: str
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path = path_of(repository, ID)
    before = repository.read(MAIN, path)
    put(repository, {path: YAML.format(id=ID, alias="Lost").encode()}, "Change it", ANNA, NIGHT)
    home.lost = Unreachable("The connection broke, and the home died.")
    lost = (await deployer.reconcile()).done
    home.lost = None
    stored = await home.read(ID)
    after = {"rolled back": before, "taken off main": None}.get(then, YAML.format(id=ID, alias="Third").encode())
    put(repository, {path: after}, "Go on", ANNA, NIGHT)

    standing = (await deployer.look()).looks[ID].standing
    await deployer.reconcile()

    assert ([one.outcome for one in lost], (stored or {}).get("alias")) == (["pending"], "Lost")
    assert standing is SyncStatus.GIT_AHEAD
    wished = decode(after.decode()).config if after else None
    assert (await home.read(ID) or {}).get("alias") == (wished or {}).get("alias")
    assert (await deployer.reconcile()).done == ()
    assert repository.read(DEPLOYED, path) == after


async def test_what_a_person_sets_back_in_the_home_to_what_was_deployed_before_stays_theirs(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    path, first = path_of(repository, ID), await home.read(ID)
    for alias in ("Second", "Third"):
        put(repository, {path: YAML.format(id=ID, alias=alias).encode()}, alias, ANNA, NIGHT)
        await deployer.reconcile()
    await FileHome.write(home, ID, first or {})

    done = (await deployer.reconcile()).done

    assert (done, await home.read(ID)) == ((), first)
    assert (await deployer.look()).looks[ID].standing is SyncStatus.EDITED_IN_HOME


async def test_what_a_person_brought_back_in_the_home_after_a_rollback_is_left_to_them(
    repository: Repository, home: StubbornHome, deployer: Deployer
) -> None:
    approve(repository)
    await deploy_with_yes(deployer)
    config = await home.read(ID)
    revert(repository, path_of(repository, ID), ANNA, NIGHT)
    await deployer.reconcile()
    await FileHome.write(home, ID, config or {})

    done = (await deployer.reconcile()).done
    found = await deployer.look()

    assert done == ()
    assert found.looks[ID].standing is SyncStatus.NOT_OURS
    assert await home.read(ID) == config
