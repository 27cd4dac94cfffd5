"""Whatever git takes in a push, every page still answers, and what is in order is deployed."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from automations.git.naming import file_path
from automations.git.repository import MAIN_REF, Repository
from tests.builders.lamps import habit_id, repository_in, suggest, tip, write_home_file, yaml
from tests.builders.reviewing import deploy_lamp
from tests.builders.service import Service, running

PAGES = ("suggestions", "patterns", "automations", "log", "plan", "drift", "deployments", "status")
OWN_NAME = file_path("hall", "Lamp 1 on", habit_id(1)).removeprefix("hall/").removesuffix(".yaml").encode()
names = (
    st.just(OWN_NAME)
    | st.binary(min_size=1, max_size=12)
    | st.text(min_size=1, max_size=8).map(lambda t: t.encode("utf-8", "replace"))
)


@dataclass(frozen=True)
class Pushed:
    """One commit; `name` is that of a file in `hall`, in bytes as git has it."""

    name: bytes = b"mine"
    content: bytes = yaml(3).replace(f"nightshift_{habit_id(3)}", "mine").encode()
    author: bytes = b"Anna <anna@example.org>"
    date: str = "1767225600 +0000"
    message: bytes = b"Change it\n"


pushes = st.builds(
    Pushed,
    name=names.filter(lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")),
    content=st.sampled_from([Pushed.content, b"", b"\xff", b"id: " + b"x" * 300]) | st.binary(max_size=40),
    author=st.sampled_from([Pushed.author, b"\xff\xfe <\xff>", b" <>", "Zo\u0308e \u202e <z@x>".encode()]),
    date=st.builds(
        "{} {}".format,
        st.integers(0, 2**62) | st.sampled_from([0, 253402300799, 253402300800, 2**63 - 1]),
        st.sampled_from(["+0000", "+9959", "-9959", "+1400", "-0001"]),
    ),
    message=st.binary(max_size=40) | st.sampled_from([b"\xff\n\nPath: hall/\xff\nReverts: x\n", b"", b"a\r\n\0b"]),
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = repository_in(tmp_path)
    suggest(made, 0, 1)
    return made


@pytest.fixture
def elsewhere(tmp_path: Path, repository: Repository) -> Repository:
    """A person's own copy, where nothing checks what is committed."""
    path = tmp_path / "elsewhere.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(repository.path), str(path)], check=True)
    return Repository(path)


@pytest.fixture
async def service(tmp_path: Path, repository: Repository) -> AsyncIterator[Service]:
    home_file = str(write_home_file(tmp_path / "home.json", 4))
    async with running(tmp_path, HOME_FILE=home_file, RATE_LIMIT="100000/minute") as made:
        await made.sign_in()
        await deploy_lamp(made.client, 0)
        yield made


def push(elsewhere: Repository, to: Repository, ref: str, pushed: Pushed) -> bool:
    """Whether git took it."""
    elsewhere.git("fetch", "-q", "--prune", str(to.path), "+refs/heads/*:refs/heads/*")
    path = (b"hall/" + pushed.name + b".yaml").decode("utf-8", "surrogateescape")
    tree = elsewhere.git("rev-parse", elsewhere.write_tree(ref, {path: pushed.content})).strip()
    parent = elsewhere.git("rev-parse", ref).strip()
    who = pushed.author + b" " + pushed.date.encode()
    commit = b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\n%s" % (tree, parent, who, who, pushed.message)
    made = elsewhere.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=commit).decode().strip()
    return elsewhere.try_git("push", "-q", str(to.path), f"{made}:{ref}")[0] == 0


async def statuses(service: Service) -> dict[str, int]:
    """Of every page, and of all that they name."""
    await service.parts.reconciler.run_round()
    found = {page: await service.client.get(f"/api/{page}") for page in PAGES}
    ids = [quote(row["automation_id"], safe="") for row in found["automations"].json()["items"]]
    shas = [entry["sha"] for entry in found["log"].json()["items"][:3]]
    more = [f"suggestions/{habit_id(1)}", f"suggestions/{habit_id(1)}/diff"]
    more += [f"automations/{one}{rest}" for one in ids for rest in ("", "/rollback", *(f"/versions/{s}" for s in shas))]
    found |= {page: await service.client.get(f"/api/{page}") for page in more}
    return {page: answer.status_code for page, answer in found.items()}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(pushed=Pushed(name=b"\xff"), to_main=True)
@example(pushed=Pushed(name=b"a\nb"), to_main=True)
@example(pushed=Pushed(date="253402300800 +0000"), to_main=True)
@example(pushed=Pushed(date="0 +9959"), to_main=True)
@example(pushed=Pushed(date="253402300800 -9959"), to_main=False)
@example(pushed=Pushed(name=b"\xff"), to_main=False)
@given(pushed=pushes, to_main=st.booleans())
async def test_whatever_was_pushed_every_page_answers(
    service: Service, repository: Repository, elsewhere: Repository, pushed: Pushed, to_main: bool
) -> None:
    branch = tip(repository, 1).branch
    push(elsewhere, repository, MAIN_REF if to_main or not repository.resolve(branch) else branch, pushed)

    found = await statuses(service)

    assert {page: code for page, code in found.items() if code >= 500} == {}


async def test_a_file_whose_name_is_no_text_is_named_and_the_others_are_deployed(
    service: Service, repository: Repository, elsewhere: Repository, tmp_path: Path
) -> None:
    taken = push(elsewhere, repository, MAIN_REF, Pushed(name=b"\xff", content=yaml(2).encode()))
    also = push(elsewhere, repository, MAIN_REF, Pushed(date="253402300800 +9959"))

    await service.parts.reconciler.run_round()
    rows = (await service.client.get("/api/automations")).json()["items"]
    page = (await service.client.get("/api/automations/mine")).json()

    assert (taken, also) == (True, True)
    assert {row["path"]: row["drift"] for row in rows}["hall/\ufffd.yaml"] == "broken"
    assert "id: mine" in (tmp_path / "data" / "home" / "automations.yaml").read_text()
    assert page["versions"][0]["at"].startswith("9999-12-30")
