"""What pushes may touch, and that neither the machine nor refs of other kinds change what our repository means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from automations.git.activity_log import read_activity_log
from automations.git.ledger import read_latest_entries
from automations.git.merge import commit_files
from automations.git.naming import unused_refs
from automations.git.proposals import propose
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from schemas.errors import InputError
from tests.builders.lamps import NIGHT, STARTER
from tests.builders.suggestions import ANNA, proposal

IN_WAY = [
    "refs/tags/main",
    "refs/heads/refs/heads/main",
    "refs/heads/-x",
    "refs/heads/a/-x",
    "refs/heads/HEAD",
    "refs/heads/Main",
    "refs/heads/suggest",
    "refs/heads/suggest/a/b",
    "refs/heads/0123456789012345678901234567890123456789",
    "refs/heads/kü",
    "refs/suggestions/a1b2c3d4e5f6",
    "refs/deployed/home",
    "refs/notes/commits",
]
PLAIN = ["refs/heads/anna/new_lamp-2.0", "refs/heads/suggest/kitchen_light-a1b2c3d4", "refs/heads/maintenance"]


def push(repository: Repository, clone: Path, *refspecs: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(clone), "push", str(repository.path), *refspecs]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(clone.parent), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def clone(tmp_path: Path, repository: Repository) -> Path:
    subprocess.run(["git", "clone", "-q", str(repository.path), str(tmp_path / "clone")], check=True)
    return tmp_path / "clone"


@pytest.mark.parametrize("ref", [*IN_WAY, "refs/replace/{main}"])
def test_a_push_by_path_to_anything_but_a_plain_branch_is_refused(
    repository: Repository, clone: Path, ref: str
) -> None:
    ref = ref.format(main=repository.main_commit())

    refused = push(repository, clone, f"HEAD:{ref}")

    assert refused.returncode != 0
    assert "refused" in refused.stderr or "hidden ref" in refused.stderr or "hook declined" in refused.stderr
    assert list_refs(repository).keys() == {MAIN_REF}


@pytest.mark.parametrize("ref", PLAIN)
def test_a_push_to_a_plain_branch_goes_in_whatever_hooks_the_person_has(
    repository: Repository, clone: Path, ref: str
) -> None:
    (clone.parent / ".gitconfig").write_text(f"[core]\n\thooksPath = {clone.parent}/none\n")

    pushed = push(repository, clone, f"HEAD:{ref}")
    refused = push(repository, clone, "HEAD:refs/heads/-x")

    assert pushed.returncode == 0, pushed.stderr
    assert "begins with none of" in refused.stderr
    assert list_refs(repository).keys() == {MAIN_REF, ref}


def test_what_is_no_plain_branch_and_not_ours_is_not_used() -> None:
    ours = {"refs/suggestions/a1b2c3d4e5f6", "refs/deployed/home", "refs/backup/20260301T030000000000Z", MAIN_REF}

    assert unused_refs([*IN_WAY, *PLAIN, *ours]) == [ref for ref in IN_WAY if ref not in ours]


def test_rules_that_somebody_took_away_are_back_at_the_next_start(repository: Repository, clone: Path) -> None:
    hook = repository.path / "hooks" / "update"
    hook.write_text("#!/bin/sh\nexit 0\n")
    repository.git("config", "--unset-all", "receive.hideRefs")
    assert push(repository, clone, "HEAD:refs/heads/-x").returncode == 0

    Repository.open_or_create(repository.path, STARTER, NIGHT)

    assert push(repository, clone, "HEAD:refs/heads/-y").returncode != 0
    assert push(repository, clone, "HEAD:refs/tags/main").returncode != 0
    assert hook.with_name("update.before-nightshift").read_text() == "#!/bin/sh\nexit 0\n"


def test_replacements_and_grafts_change_nothing_of_what_main_holds_or_the_log_says(repository: Repository) -> None:
    honest = commit_files(repository, {"hall/lamp.yaml": b"id: honest\n"}, "Honest", ANNA, NIGHT)
    forged = repository.commit(
        repository.write_tree(None, {"hall/lamp.yaml": b"id: forged\n", "policy.yaml": b""}),
        (),
        "Forged\n",
        ANNA,
        NIGHT,
    )
    repository.git("update-ref", f"refs/replace/{honest}", forged)
    (repository.path / "info").mkdir(exist_ok=True)
    (repository.path / "info" / "grafts").write_text(f"{honest}\n")

    subjects = [entry.subject for entry in read_activity_log(repository)]

    assert repository.read_file(MAIN_REF, "hall/lamp.yaml") == b"id: honest\n"
    assert subjects == ["Honest", "Start an empty house of automations"]
    assert unused_refs(list_refs(repository)) == [f"refs/replace/{honest}"]


def test_the_configuration_of_the_machine_changes_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = tmp_path / "template" / "hooks"
    template.mkdir(parents=True)
    (template / "reference-transaction").write_text("#!/bin/sh\nexit 1\n")
    (template / "reference-transaction").chmod(0o755)
    config = f"[log]\n\tshowSignature = true\n\tdate = human\n[core]\n\thooksPath = {template}\n"
    (tmp_path / ".gitconfig").write_text(f"{config}[init]\n\ttemplateDir = {template.parent}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(template))

    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    another = Repository.open_or_create(tmp_path / "another.git", STARTER, NIGHT)
    propose(another, proposal(), None, wait_reason="", now=NIGHT)

    assert read_latest_entries(repository).keys() == read_latest_entries(another).keys() == {"a1b2c3d4e5f6"}
    assert not (another.path / "hooks" / "reference-transaction").exists()


def test_a_repository_that_borrows_objects_is_refused_with_the_way_out(repository: Repository, tmp_path: Path) -> None:
    borrowing = tmp_path / "borrowing.git"
    subprocess.run(["git", "clone", "-q", "--bare", "--shared", str(repository.path), str(borrowing)], check=True)

    with pytest.raises(InputError, match="repack -a -d"):
        Repository.open_or_create(borrowing, STARTER, NIGHT)

    subprocess.run(["git", "-C", str(borrowing), "repack", "-q", "-a", "-d"], check=True)
    (borrowing / "objects" / "info" / "alternates").unlink()
    assert Repository.open_or_create(borrowing, STARTER, NIGHT).main_commit() == repository.main_commit()
