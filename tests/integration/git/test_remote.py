"""The copy at AUTOMATIONS_REMOTE: another real repository, in a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.git.merge import put
from automations.git.naming import BRANCHES
from automations.git.refs import snapshot
from automations.git.remote import copy, pushes_for
from automations.git.repository import ABSENT, MAIN, Repository
from automations.git.review_actions import decline
from schemas.errors import Unreachable
from schemas.suggestions import DeclineScope
from tests.integration.git.conftest import ANNA, NIGHT
from tests.lamps import suggest, tip


@pytest.fixture
def elsewhere(tmp_path: Path) -> Repository:
    path = tmp_path / "elsewhere.git"
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(path)], check=True)
    return Repository(path)


def commit_elsewhere(elsewhere: Repository, path: str, ref: str = MAIN) -> str:
    tip = elsewhere.resolve(ref)
    assert tip is not None
    made = elsewhere.commit(elsewhere.tree_with(tip, {path: b"theirs"}), [tip], f"Add {path}\n", ANNA, NIGHT)
    elsewhere.git("update-ref", ref, made)
    return made


def test_heads_ledgers_and_the_deployed_chain_are_copied(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0, 1)
    repository.git("update-ref", "refs/deployed/home", MAIN)

    first = copy(repository, str(elsewhere.path))
    again = copy(repository, str(elsewhere.path))

    assert first.trouble == ""
    assert snapshot(elsewhere) == snapshot(repository)
    assert again.pushed == 0


def test_a_decided_suggestion_loses_its_branch_in_the_copy_too(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0)
    copy(repository, str(elsewhere.path))
    decline(repository, tip(repository, 0), DeclineScope.HABIT, "", ANNA, NIGHT)

    copy(repository, str(elsewhere.path))

    assert snapshot(elsewhere) == snapshot(repository)
    assert snapshot(elsewhere, BRANCHES) == {}


def test_a_main_that_only_went_on_is_taken(repository: Repository, elsewhere: Repository) -> None:
    copy(repository, str(elsewhere.path))
    theirs = commit_elsewhere(elsewhere, "hall/theirs.yaml")

    done = copy(repository, str(elsewhere.path))

    assert (done.took, done.trouble) == (theirs, "")
    assert repository.main() == theirs


def test_a_main_that_diverged_is_said_and_never_merged_while_the_rest_is_copied(
    repository: Repository, elsewhere: Repository
) -> None:
    copy(repository, str(elsewhere.path))
    theirs = commit_elsewhere(elsewhere, "hall/theirs.yaml")
    ours = put(repository, {"hall/ours.yaml": b"ours"}, "Add ours", ANNA, NIGHT)
    suggest(repository, 0)

    done = copy(repository, str(elsewhere.path))

    assert "have both gone on" in done.trouble
    assert (repository.main(), elsewhere.main()) == (ours, theirs)
    assert snapshot(elsewhere, BRANCHES) == snapshot(repository, BRANCHES)


def test_a_branch_that_somebody_pushed_to_the_copy_is_left_alone(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0)
    copy(repository, str(elsewhere.path))
    branch = tip(repository, 0).branch
    theirs = commit_elsewhere(elsewhere, tip(repository, 0).path, branch)
    decline(repository, tip(repository, 0), DeclineScope.HABIT, "", ANNA, NIGHT)

    done = copy(repository, str(elsewhere.path))

    assert elsewhere.resolve(branch) == theirs
    assert branch in done.trouble


def test_a_copy_that_is_away_is_named_without_its_password(repository: Repository) -> None:
    with pytest.raises(Unreachable) as raised:
        copy(repository, "http://anna:secret@127.0.0.1:1/automations.git")

    assert "127.0.0.1:1" in str(raised.value)
    assert "secret" not in str(raised.value)


SHAS = st.sampled_from(["1" * 40, "2" * 40, "3" * 40])
REFS = st.dictionaries(st.sampled_from([MAIN, f"{BRANCHES}a", "refs/heads/own", "refs/suggestions/a"]), SHAS)


@given(REFS, REFS, st.frozensets(SHAS))
def test_what_is_not_known_here_is_never_replaced(
    here: dict[str, str], there: dict[str, str], known: frozenset[str]
) -> None:
    pushes, strange = pushes_for(here, there, known)

    assert all(push.seen == ABSENT or push.seen in known for push in pushes)
    assert {push.ref for push in pushes}.isdisjoint(strange)
    assert all(push.ours != ABSENT or push.ref.startswith(BRANCHES) for push in pushes)
