"""The copy at AUTOMATIONS_REMOTE: another real repository, in a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.git.merge import commit_files
from automations.git.naming import BRANCH_PREFIX
from automations.git.refs import list_refs
from automations.git.remote import plan_pushes, sync_with_remote
from automations.git.repository import MAIN_REF, NULL_SHA, Repository
from automations.git.review_actions import decline
from schemas.errors import Unreachable
from schemas.suggestions import DeclineScope
from tests.builders.lamps import NIGHT, suggest, tip
from tests.builders.suggestions import ANNA


@pytest.fixture
def elsewhere(tmp_path: Path) -> Repository:
    path = tmp_path / "elsewhere.git"
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(path)], check=True)
    return Repository(path)


def commit_elsewhere(elsewhere: Repository, path: str, ref: str = MAIN_REF) -> str:
    tip = elsewhere.resolve(ref)
    assert tip is not None
    made = elsewhere.commit(elsewhere.write_tree(tip, {path: b"theirs"}), [tip], f"Add {path}\n", ANNA, NIGHT)
    elsewhere.git("update-ref", ref, made)
    return made


def test_heads_ledgers_and_the_deployed_chain_are_copied(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0, 1)
    repository.git("update-ref", "refs/deployed/home", MAIN_REF)

    first = sync_with_remote(repository, str(elsewhere.path))
    again = sync_with_remote(repository, str(elsewhere.path))

    assert first.problem == ""
    assert list_refs(elsewhere) == list_refs(repository)
    assert again.pushed == 0


def test_a_decided_suggestion_loses_its_branch_in_the_copy_too(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0)
    sync_with_remote(repository, str(elsewhere.path))
    decline(repository, tip(repository, 0), DeclineScope.HABIT, "", ANNA, NIGHT)

    sync_with_remote(repository, str(elsewhere.path))

    assert list_refs(elsewhere) == list_refs(repository)
    assert list_refs(elsewhere, BRANCH_PREFIX) == {}


def test_a_main_that_only_went_on_is_taken(repository: Repository, elsewhere: Repository) -> None:
    sync_with_remote(repository, str(elsewhere.path))
    theirs = commit_elsewhere(elsewhere, "hall/theirs.yaml")

    done = sync_with_remote(repository, str(elsewhere.path))

    assert (done.fast_forwarded_to, done.problem) == (theirs, "")
    assert repository.main_commit() == theirs


def test_a_main_that_diverged_is_said_and_never_merged_while_the_rest_is_copied(
    repository: Repository, elsewhere: Repository
) -> None:
    sync_with_remote(repository, str(elsewhere.path))
    theirs = commit_elsewhere(elsewhere, "hall/theirs.yaml")
    ours = commit_files(repository, {"hall/ours.yaml": b"ours"}, "Add ours", ANNA, NIGHT)
    suggest(repository, 0)

    done = sync_with_remote(repository, str(elsewhere.path))

    assert "have both gone on" in done.problem
    assert (repository.main_commit(), elsewhere.main_commit()) == (ours, theirs)
    assert list_refs(elsewhere, BRANCH_PREFIX) == list_refs(repository, BRANCH_PREFIX)


def test_a_branch_that_somebody_pushed_to_the_copy_is_left_alone(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0)
    sync_with_remote(repository, str(elsewhere.path))
    branch = tip(repository, 0).branch
    theirs = commit_elsewhere(elsewhere, tip(repository, 0).path, branch)
    decline(repository, tip(repository, 0), DeclineScope.HABIT, "", ANNA, NIGHT)

    done = sync_with_remote(repository, str(elsewhere.path))

    assert elsewhere.resolve(branch) == theirs
    assert branch in done.problem


def test_a_copy_that_is_away_is_named_without_its_password(repository: Repository) -> None:
    with pytest.raises(Unreachable) as raised:
        sync_with_remote(repository, "http://anna:secret@127.0.0.1:1/automations.git")

    assert "127.0.0.1:1" in str(raised.value)
    assert "secret" not in str(raised.value)


SHAS = st.sampled_from(["1" * 40, "2" * 40, "3" * 40])
REFS = st.dictionaries(st.sampled_from([MAIN_REF, f"{BRANCH_PREFIX}a", "refs/heads/own", "refs/suggestions/a"]), SHAS)


@given(REFS, REFS, st.frozensets(SHAS))
def test_what_is_not_known_here_is_never_replaced(
    here: dict[str, str], there: dict[str, str], known: frozenset[str]
) -> None:
    pushes, strange = plan_pushes(here, there, known)

    assert all(push.expected == NULL_SHA or push.expected in known for push in pushes)
    assert {push.ref for push in pushes}.isdisjoint(strange)
    assert all(push.new != NULL_SHA or push.ref.startswith(BRANCH_PREFIX) for push in pushes)


def test_a_damaged_suggestion_stays_behind_and_is_named_and_the_others_are_copied(
    repository: Repository, elsewhere: Repository
) -> None:
    suggest(repository, 0, 1, 2)
    damaged = tip(repository, 1)
    path = repository.path / "objects" / damaged.sha[:2] / damaged.sha[2:]
    path.chmod(0o600)
    path.write_bytes(bytes(path.stat().st_size))

    result = sync_with_remote(repository, str(elsewhere.path))

    assert list_refs(elsewhere) == {ref: sha for ref, sha in list_refs(repository).items() if ref != damaged.ref}
    assert result.problem == f"Left out, for they cannot be read: {damaged.ref}."


def test_a_branch_that_is_broken_here_is_not_deleted_in_the_copy(repository: Repository, elsewhere: Repository) -> None:
    suggest(repository, 0, 1)
    sync_with_remote(repository, str(elsewhere.path))
    broken = tip(repository, 1).branch
    (repository.path / broken).write_bytes(bytes(41))

    result = sync_with_remote(repository, str(elsewhere.path))

    assert broken in list_refs(elsewhere)
    assert broken in result.problem
