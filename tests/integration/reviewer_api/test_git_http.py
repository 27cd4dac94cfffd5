"""The repository over HTTP: a real git client against a real service process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from automations.git.naming import DEPLOYED_REF, ledger_ref
from automations.git.refs import list_refs
from automations.git.repository import MAIN_REF, Repository
from schemas.suggestions import State
from tests.builders.lamps import habit_id, repository_in, suggest, tip, write_home_file, yaml
from tests.builders.service_process import TOKEN, ServiceProcess


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = repository_in(tmp_path)
    suggest(made, 0, 1)
    return made


@pytest.fixture
def service(tmp_path: Path, repository: Repository) -> Iterator[ServiceProcess]:
    """One lamp is deployed already, so that the first yes is given."""
    home_file = str(write_home_file(tmp_path / "home.json", 4))
    with ServiceProcess(tmp_path, HOME_FILE=home_file) as made:
        made.approve(habit_id(0))
        made.say_yes()
        yield made


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org", "-c", "credential.helper="]
    environment = {"PATH": "/usr/bin:/bin", "GIT_TERMINAL_PROMPT": "0", "HOME": "/nonexistent"}
    command = ["git", *who, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


def address(service: ServiceProcess, password: str = TOKEN) -> str:
    return service.url.replace("http://", f"http://anna:{password}@") + "/git/automations.git"


@pytest.fixture
def clone(service: ServiceProcess, tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    done = git("clone", address(service), str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def push(clone: Path, path: str, text: str, *to: str) -> subprocess.CompletedProcess[str]:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8")
    git("-C", str(clone), "add", "-A")
    git("-C", str(clone), "commit", "-m", f"Change {path}")
    return git("-C", str(clone), "push", *to)


def broken(service: ServiceProcess) -> list[str]:
    rows = service.ask("GET", "/api/automations")["items"]
    return [row["path"] for row in rows if row["drift"] == "broken"]


def test_a_push_to_main_is_deployed_within_seconds_and_a_broken_file_is_marked(
    service: ServiceProcess, clone: Path, tmp_path: Path
) -> None:
    push_broken = push(clone, "hall/broken.yaml", "id: broken\ntrigers: []\n", "origin", "main")
    pushed = push(clone, "hall/mine.yaml", yaml(3).replace(f"nightshift_{habit_id(3)}", "mine"), "origin", "main")

    home = tmp_path / "data" / "home" / "automations.yaml"
    service.until(lambda: "id: mine" in home.read_text(), "what was pushed never came to the home", 20)
    service.until(lambda: broken(service) == ["hall/broken.yaml"], "the broken file was never marked", 20)
    assert (push_broken.returncode, pushed.returncode) == (0, 0), pushed.stderr
    assert "broken" not in home.read_text()


def test_a_push_to_a_suggestion_makes_it_the_persons(
    service: ServiceProcess, clone: Path, repository: Repository
) -> None:
    suggestion = tip(repository, 1)
    branch = suggestion.branch.removeprefix("refs/heads/")
    git("-C", str(clone), "checkout", branch)

    push(clone, suggestion.path, yaml(1).replace("mode: single", "mode: restart"), "origin", branch)

    service.until(lambda: tip(repository, 1).state is State.EDITED, "the push was never noticed", 20)
    assert tip(repository, 1).who == "Anna"


@pytest.mark.parametrize("ref", [DEPLOYED_REF, ledger_ref(habit_id(1)), "refs/tags/main", "refs/replace/" + 40 * "1"])
def test_what_we_keep_for_ourselves_cannot_be_pushed_to(
    service: ServiceProcess, clone: Path, repository: Repository, ref: str
) -> None:
    before = repository.resolve(ref)

    refused = git("-C", str(clone), "push", "--force", "origin", f"HEAD:{ref}")

    assert refused.returncode != 0
    assert "hidden ref" in refused.stderr
    assert repository.resolve(ref) == before


def test_a_branch_that_would_stand_in_the_way_of_others_is_refused(
    service: ServiceProcess, clone: Path, repository: Repository
) -> None:
    before = list_refs(repository)

    refused = [git("-C", str(clone), "push", "origin", f"HEAD:refs/heads/{name}") for name in ("-x", MAIN_REF)]

    assert all("Nightshift takes no push to" in answer.stderr for answer in refused)
    assert list_refs(repository) == before


def test_a_force_push_is_refused(service: ServiceProcess, clone: Path, repository: Repository) -> None:
    before = repository.main_commit()
    git("-C", str(clone), "commit", "--amend", "-m", "Rewritten")

    refused = git("-C", str(clone), "push", "--force", "origin", "main")

    assert refused.returncode != 0
    assert repository.resolve(MAIN_REF) == before


def test_without_the_token_nothing_is_told(service: ServiceProcess, tmp_path: Path) -> None:
    wrong = git("clone", address(service, "wrong-token"), str(tmp_path / "clone"))
    anybody = httpx.get(f"{service.url}/git/automations.git/info/refs?service=git-upload-pack", trust_env=False)
    outside = httpx.get(f"{service.url}/git/../../etc/passwd", auth=("anna", TOKEN), trust_env=False)

    assert wrong.returncode != 0
    assert (anybody.status_code, anybody.headers["www-authenticate"]) == (401, 'Basic realm="Nightshift"')
    assert "root:" not in outside.text
