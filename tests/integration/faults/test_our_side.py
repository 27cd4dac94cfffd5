"""What happens when something is wrong on our own side: disk, repository, diary, clock, a second service."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from automations.git.author import GitAuthor
from automations.git.merge import list_main_commits
from automations.git.naming import DEPLOYED_REF
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from schemas.errors import InputError
from schemas.suggestions import State
from schemas.sync_status import SyncStatus
from tests.builders.lamps import NIGHT, STARTER, habit_id, lamp, repository_in, suggest, tip, write_home_file, yaml
from tests.builders.reviewing import approve_lamp, confirm_plan, deploy_lamp
from tests.builders.service import ROOT, running
from tests.integration.faults.disks import filled, read_only, small_disk

ANNA = GitAuthor("Anna", "anna@example.org")


def whole(repository: Repository) -> bool:
    status, out, err = repository.try_git("fsck", "--strict", "--no-dangling")
    return (status, out, err) == (0, b"", b"") and not list(repository.path.rglob("*.lock"))


async def test_a_full_disk_moves_nothing_and_room_on_it_mends_all(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        repository = repository_in(disk)
        suggest(repository, 0, 1)
        home_file = str(write_home_file(tmp_path / "home.json", 2))
        async with running(disk, HOME_FILE=home_file) as service:
            await service.sign_in()
            await deploy_lamp(service.client, 0)
            before = list_refs(repository)

            with filled(disk):
                refused = await approve_lamp(service.client, 1)
                during = list_refs(repository)
            await deploy_lamp(service.client, 1)

            assert refused.status_code in (400, 503)
            assert len(refused.json()["detail"]) > 20
            assert during == before
            assert tip(repository, 1).state is State.WATCHING
            assert whole(repository)


async def test_a_read_only_repository_is_shown_and_says_so_when_something_is_decided(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        repository = repository_in(disk)
        suggest(repository, 0)
        home_file = str(write_home_file(tmp_path / "home.json", 1))
        data = {"DATA_DIR": str(tmp_path / "data"), "HOME_FILE": home_file}
        async with running(disk, **data) as service:
            await service.sign_in()
            with read_only(disk):
                page = await service.client.get(f"/api/suggestions/{habit_id(0)}")
                refused = await approve_lamp(service.client, 0)

        assert page.status_code == 200
        assert refused.status_code == 400
        assert str(repository.path) in refused.json()["detail"]
        assert tip(repository, 0).state is State.OPEN


async def test_a_broken_diary_is_set_aside_and_no_decision_is_lost(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await service.client.post(f"/api/suggestions/{habit_id(1)}/decline", json={"scope": "habit", "reason": "No."})
        before = (await service.client.get("/api/suggestions")).json()["items"]
    diary = tmp_path / "data" / "diary.sqlite"
    diary.write_bytes(b"SQLite format 3\0" + b"\xff" * 20_000)

    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        after = (await service.client.get("/api/suggestions")).json()["items"]

    assert after == before
    assert list(diary.parent.glob("diary.sqlite.broken-*"))


async def test_of_two_services_on_one_repository_one_wins_and_nothing_is_done_twice(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    shared = {"HOME_FILE": home_file, "HOME_FOLDER": str(tmp_path / "shared")}
    other_data = {"DATA_DIR": str(tmp_path / "other")}
    async with running(tmp_path, **shared) as one, running(tmp_path, **shared, **other_data) as other:
        await one.sign_in()
        await other.sign_in()
        await deploy_lamp(one.client, 0)

        answers = await asyncio.gather(
            approve_lamp(one.client, 1), approve_lamp(other.client, 1), approve_lamp(one.client, 2)
        )
        for service in (one, other, one, other):
            await service.parts.reconciler.run_round()

    merges = [c for c in list_main_commits(repository) if c.trailers.get("Habit-Id") == habit_id(1)]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409]
    assert len(merges) == 1
    assert [tip(repository, number).state for number in range(3)] == [State.WATCHING] * 3
    assert repository.list_files(DEPLOYED_REF).items() <= repository.list_files(MAIN_REF).items()
    assert whole(repository)


async def test_a_clock_that_is_set_back_a_year_stops_nothing(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        with time_machine.travel(datetime.now(UTC) - timedelta(days=365)):
            await deploy_lamp(service.client, 1)
            key = f"nightshift_{habit_id(0)}"
            gone = await service.client.post(f"/api/automations/{key}/rollback", json={"seen_main": ""})
            await service.parts.reconciler.run_round()

    assert gone.json()["outcome"] == "removed"
    assert list_main_commits(repository, limit=1)[0].subject == 'Revert "Approve: Lamp 0 on"'
    assert [tip(repository, n).state for n in range(2)] == [State.ROLLED_BACK, State.WATCHING]


def push(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(clone), "push", *arguments], capture_output=True, text=True, check=False)


def cloned(repository: Repository, to: Path) -> Path:
    subprocess.run(["git", "clone", "-q", str(repository.path), str(to)], check=True, capture_output=True)
    for key, value in (("user.name", "Anna"), ("user.email", "anna@example.org")):
        subprocess.run(["git", "-C", str(to), "config", key, value], check=True)
    return to


def commit(clone: Path, path: str, text: str, words: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8")
    subprocess.run(["git", "-C", str(clone), "add", "-A"], check=True)
    subprocess.run(["git", "-C", str(clone), "commit", "-q", "-m", words], check=True)


def test_a_force_push_and_a_deletion_are_refused(tmp_path: Path, repository: Repository) -> None:
    clone = cloned(repository, tmp_path / "clone")
    commit(clone, "notes.md", "mine", "Add notes")
    push(clone, "origin", "main")
    before = repository.main_commit()
    subprocess.run(["git", "-C", str(clone), "commit", "-q", "--amend", "-m", "Rewritten"], check=True)

    forced = push(clone, "--force", "origin", "main")
    deleted = push(clone, "origin", "--delete", "main")

    assert "non-fast-forward" in forced.stderr
    assert deleted.returncode != 0
    assert repository.main_commit() == before


def test_a_repository_that_was_made_elsewhere_refuses_force_pushes_too(tmp_path: Path, repository: Repository) -> None:
    subprocess.run(["git", "clone", "-q", "--mirror", str(repository.path), str(tmp_path / "mirror.git")], check=True)

    opened = Repository.open_or_create(tmp_path / "mirror.git", STARTER, NIGHT)

    assert opened.git("config", "receive.denyNonFastForwards").strip() == b"true"


async def test_a_merge_and_a_revert_by_hand_are_deployed_and_told(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    clone = cloned(repository, tmp_path / "clone")
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        branch = tip(repository, 1).branch.removeprefix("refs/heads/")
        subprocess.run(["git", "-C", str(clone), "pull", "-q", "origin", "main"], check=True)
        merge = ["git", "-C", str(clone), "merge", "-q", "--no-ff", "-m", "Merge by hand", f"origin/{branch}"]
        subprocess.run(merge, check=True)
        push(clone, "origin", "HEAD:main")
        await service.parts.reconciler.run_round()
        merged = tip(repository, 1)
        left = repository.resolve(merged.branch)
        subprocess.run(
            ["git", "-C", str(clone), "revert", "--no-edit", "-m", "1", "HEAD"], check=True, capture_output=True
        )
        push(clone, "origin", "HEAD:main")
        await service.parts.reconciler.run_round()

    assert (merged.state, left) == (State.WATCHING, None)
    assert merged.who == "Anna"
    assert tip(repository, 1).state is State.ROLLED_BACK
    assert lamp(1) not in (tmp_path / "data" / "home" / "automations.yaml").read_text()


async def test_an_empty_repository_in_place_of_ours_takes_nothing_from_the_home(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
    before = (tmp_path / "data" / "home" / "automations.yaml").read_text()

    async with running(tmp_path, HOME_FILE=home_file, AUTOMATIONS_REPO=str(tmp_path / "new.git")) as service:
        await service.sign_in()
        await service.parts.reconciler.run_round()
        plan = (await service.client.get("/api/plan")).json()

    assert plan["changes"] == []
    assert (tmp_path / "data" / "home" / "automations.yaml").read_text() == before


async def test_an_older_repository_is_shown_as_drift_and_writes_nothing(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    key = f"nightshift_{habit_id(0)}"
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        subprocess.run(["git", "clone", "-q", "--mirror", str(repository.path), str(tmp_path / "old.git")], check=True)
        path = tip(repository, 0).path
        clone = cloned(repository, tmp_path / "clone")
        commit(clone, path, (clone / path).read_text().replace("mode: single", "mode: restart"), "Restart it")
        push(clone, "origin", "main")
        await service.parts.reconciler.run_round()
        await deploy_lamp(service.client, 1)
    before = (tmp_path / "data" / "home" / "automations.yaml").read_text()

    async with running(tmp_path, HOME_FILE=home_file, AUTOMATIONS_REPO=str(tmp_path / "old.git")) as service:
        await service.parts.reconciler.run_round()
        found = await service.parts.reconciler.look()

    assert "mode: restart" in before
    assert (tmp_path / "data" / "home" / "automations.yaml").read_text() == before
    assert found.statuses[key].sync_status is SyncStatus.EDITED_IN_HOME
    assert found.statuses[f"nightshift_{habit_id(1)}"].sync_status is SyncStatus.NOT_OURS


def other_work(folder: Path, branch: str) -> Path:
    """A bare repository of somebody's program."""
    path = folder / "program.git"
    subprocess.run(["git", "init", "-q", "--bare", f"--initial-branch={branch}", str(path)], check=True)
    theirs = Repository(path)
    tree = theirs.write_tree(None, {"main.c": b"int main;"})
    theirs.git("update-ref", f"refs/heads/{branch}", theirs.commit(tree, (), "Begin\n", ANNA, NIGHT))
    return path


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_a_repository_of_something_else_is_left_alone(tmp_path: Path, branch: str) -> None:
    path = other_work(tmp_path, branch)
    before = list_refs(Repository(path))

    with pytest.raises(InputError, match="something else"):
        Repository.open_or_create(path, STARTER, NIGHT)

    assert list_refs(Repository(path)) == before


def test_a_wrong_automations_repo_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "AUTOMATIONS_REPO": str(tmp_path / "notes.txt")}

    command = [sys.executable, "-m", "reviewer_api", "--port", "0"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert "is not a bare git repository" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


async def test_a_lock_of_a_killed_git_is_cleared_when_it_is_a_minute_old(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        locks = [repository.path / name for name in ("refs/heads/main.lock", "objects/info/commit-graph.lock")]
        for lock in locks:
            lock.touch()
            os.utime(lock, (lock.stat().st_mtime - 61, lock.stat().st_mtime - 61))
        repository.git("update-ref", "refs/heads/another", MAIN_REF)

        service.parts.reconciler.request_home_check()
        await service.parts.reconciler.run_round()
        await deploy_lamp(service.client, 1)

    assert [lock for lock in locks if lock.exists()] == []
    assert whole(repository)


async def test_a_held_plan_waits_through_a_restart_for_its_yes(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        held = (await approve_lamp(service.client, 0)).json()
    async with running(tmp_path, HOME_FILE=home_file) as service:
        await service.sign_in()
        await service.parts.reconciler.run_round()
        waiting = tip(repository, 0).state
        done = await confirm_plan(service.client)

    assert (held["outcome"], waiting) == ("held", State.APPROVED)
    assert done["outcome"] == "deployed"


async def test_a_remote_that_is_away_holds_up_nothing_and_is_shown(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    async with running(tmp_path, HOME_FILE=home_file, AUTOMATIONS_REMOTE=str(tmp_path / "nowhere.git")) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await service.parts.remote_sync.sync()
        status = (await service.client.get("/api/status")).json()

    words = next(row["words"] for row in status["dependencies"] if row["name"] == "repository")
    assert "nowhere.git" in words
    assert tip(repository, 0).state is State.WATCHING


async def test_what_was_pushed_to_the_remote_is_deployed(
    tmp_path: Path, repository: Repository, home_file: str
) -> None:
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(repository.path), str(remote)], check=True)
    async with running(tmp_path, HOME_FILE=home_file, AUTOMATIONS_REMOTE=str(remote)) as service:
        await service.sign_in()
        await deploy_lamp(service.client, 0)
        await service.parts.remote_sync.sync()
        clone = cloned(Repository(remote), tmp_path / "clone")
        commit(clone, "hall/theirs.yaml", yaml(5), "Add lamp 5")
        pushed = push(clone, "origin", "main")

        await service.parts.remote_sync.sync()
        await service.parts.reconciler.run_round()

    assert pushed.returncode == 0, pushed.stderr
    assert repository.main_commit() == Repository(remote).main_commit()
    assert lamp(5) in (tmp_path / "data" / "home" / "automations.yaml").read_text()
