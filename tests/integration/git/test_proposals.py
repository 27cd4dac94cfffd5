"""A habit's way from a draft to main and back, in a real repository."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest

from automations.git.author import BOT
from automations.git.branch_state import inspect_branch
from automations.git.ledger import read_entries, read_latest_entries, read_latest_entry
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import commit_files, list_main_commits, merge, revert, was_rolled_back
from automations.git.proposals import close_suggestion, propose
from automations.git.refs import list_refs, pack_objects
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from automations.git.review_actions import comment, decline, edit, reopen, snooze
from schemas.errors import InputError, StaleError
from schemas.suggestion_files import PATTERN
from schemas.suggestions import DeclineScope, LedgerEvent, State
from tests.builders.lamps import NIGHT
from tests.builders.suggestions import ANNA, HABIT, HABIT_ID, proposal


def tip_of(repository: Repository, habit_id: str = HABIT_ID):
    found = read_latest_entry(repository, habit_id)
    assert found is not None
    return found


def approve(repository: Repository, habit_id: str = HABIT_ID) -> str:
    tip = tip_of(repository, habit_id)
    blob = repository.blob_sha(tip.branch, tip.path)
    assert blob is not None
    return merge(repository, tip, blob, ANNA, "", NIGHT)


def test_a_new_habit_becomes_a_branch_with_one_file_and_a_ledger(repository: Repository) -> None:
    outcome = propose(repository, proposal(), None, wait_reason="", now=NIGHT).outcome

    tip = tip_of(repository)
    look = inspect_branch(repository, tip.branch, tip.path)
    assert outcome == "created"
    assert tip.state is State.OPEN
    assert tip.branch == "refs/heads/suggest/kitchen_light_on_at_06_42_on_weekdays-a1b2c3d4"
    assert tip.path == "kitchen/kitchen_light_on_at_06_42_on_weekdays-a1b2c3d4.yaml"
    assert look is not None
    assert not look.edited_by_person
    assert look.other_paths == ()
    assert PATTERN.validate_json(repository.read_file(tip.sha, "pattern.json") or b"") == HABIT


def test_the_same_night_twice_changes_no_ref(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    before = list_refs(repository)

    again = propose(repository, proposal(), tip_of(repository), wait_reason="", now=NIGHT + timedelta(hours=1))

    assert again.outcome == "unchanged"
    assert list_refs(repository) == before


def test_changed_evidence_renders_the_branch_again_as_one_bot_commit(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    later = proposal(evidence_digest="19/22", days_seen=19, window_end=NIGHT + timedelta(days=1))

    outcome = propose(repository, later, tip_of(repository), wait_reason="", now=NIGHT + timedelta(days=1)).outcome

    tip = tip_of(repository)
    commits = repository.git("rev-list", f"{MAIN_REF}..{tip.branch}").split()
    assert outcome == "refreshed"
    assert len(commits) == 1
    assert tip.days_seen == 19
    assert [e.event for e in read_entries(repository, HABIT_ID)] == [LedgerEvent.PROPOSED, LedgerEvent.REFRESHED]


def test_over_the_cap_a_habit_waits_without_a_branch_and_opens_later(repository: Repository) -> None:
    first = propose(repository, proposal(), None, wait_reason="Enough for tonight.", now=NIGHT).outcome
    waiting = tip_of(repository)

    second = propose(repository, proposal(), waiting, wait_reason="", now=NIGHT).outcome

    assert (first, waiting.state) == ("waiting", State.WAITING)
    assert second == "created"
    assert tip_of(repository).state is State.OPEN
    assert tip_of(repository).path == waiting.path


def test_a_blocked_draft_is_held_back_with_its_reason(repository: Repository) -> None:
    propose(repository, proposal(blocked_reason="It would open a lock."), None, wait_reason="", now=NIGHT)

    tip = tip_of(repository)
    assert tip.state is State.HELD_BACK
    assert tip.why == "It would open a lock."
    assert repository.resolve(tip.branch) is None


def test_a_persons_commit_freezes_the_branch(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    tip = tip_of(repository)
    edited = edit(repository, tip, "id: x\nalias: Mine\n", repository.blob_sha(tip.branch, tip.path) or "", ANNA, NIGHT)

    again = propose(repository, proposal(evidence_digest="20/23"), tip_of(repository), wait_reason="", now=NIGHT)

    assert again.outcome == "frozen"
    assert repository.resolve(tip.branch) == edited
    assert tip_of(repository).state is State.EDITED
    assert tip_of(repository).evidence_digest == "20/23"


def test_declined_stays_declined_until_the_evidence_is_materially_stronger(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    decline(repository, tip_of(repository), DeclineScope.SUGGESTION, "not for me", ANNA, NIGHT)

    same = propose(repository, proposal(evidence_digest="19/22"), tip_of(repository), wait_reason="", now=NIGHT).outcome
    back = propose(repository, proposal(strength=0.97), tip_of(repository), wait_reason="", now=NIGHT)

    assert same == "declined"
    assert back.outcome == "created"
    assert "It is back because" in back.why
    assert tip_of(repository).state is State.OPEN


def test_a_declined_habit_never_comes_back_by_itself(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    decline(repository, tip_of(repository), DeclineScope.HABIT, "", ANNA, NIGHT)

    outcome = propose(repository, proposal(strength=1.0, days_seen=60), tip_of(repository), "", NIGHT).outcome

    assert outcome == "declined"


def test_a_faded_suggestion_loses_its_branch_and_keeps_its_ledger(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)

    close_suggestion(repository, tip_of(repository), LedgerEvent.FADED, "Not seen for two weeks.", NIGHT)

    assert tip_of(repository).state is State.FADED
    assert repository.resolve(tip_of(repository).branch) is None


def test_merging_adds_the_file_in_the_reviewers_name_and_removes_the_branch(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    before = repository.main_commit()

    commit = approve(repository)

    tip = tip_of(repository)
    author = repository.git("log", "-1", "--format=%an", commit).decode().strip()
    assert repository.main_commit() == commit
    assert repository.git("rev-list", "--parents", "-1", commit).decode().split()[1] == before
    assert author == "Anna"
    assert repository.read_file(MAIN_REF, tip.path) == proposal().yaml.encode()
    assert repository.resolve(tip.branch) is None
    assert (tip.state, tip.merge_commit) == (State.APPROVED, commit)


def test_rollback_is_exact_and_restore_brings_the_file_back(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    before = repository.git("rev-parse", f"{MAIN_REF}^{{tree}}")
    merged = approve(repository)
    path = tip_of(repository).path

    revert(repository, path, ANNA, NIGHT)
    rolled_back = repository.git("rev-parse", f"{MAIN_REF}^{{tree}}")
    undone = list_main_commits(repository, path)[0]
    revert(repository, path, ANNA, NIGHT)

    assert rolled_back == before
    assert undone.trailers["Reverts"] == merged
    assert undone.subject == 'Revert "Approve: Kitchen light on at 06:42 on weekdays"'
    assert repository.read_file(MAIN_REF, path) == proposal().yaml.encode()


def merged(repository: Repository) -> str:
    """The path of a suggestion that was approved."""
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    approve(repository)
    return tip_of(repository).path


def test_any_earlier_version_comes_back_after_later_commits_and_so_does_its_absence(repository: Repository) -> None:
    path = merged(repository)
    first, created = repository.read_file(MAIN_REF, path), repository.main_commit()
    commit_files(repository, {path: b"id: by hand\n"}, "By hand", ANNA, NIGHT)
    commit_files(repository, {path: b"id: again\n", "hall/other.yaml": b"id: other\n"}, "Again", ANNA, NIGHT)

    revert(repository, path, ANNA, NIGHT, to_commit=created)
    earlier = repository.read_file(MAIN_REF, path)
    revert(repository, path, ANNA, NIGHT, to_commit=f"{created}^")
    absent = repository.read_file(MAIN_REF, path)
    revert(repository, path, ANNA, NIGHT)

    assert (earlier, absent, repository.read_file(MAIN_REF, path)) == (first, None, first)
    assert repository.read_file(MAIN_REF, "hall/other.yaml") == b"id: other\n"


def test_a_restore_is_told_from_a_rollback_however_often_it_goes_back_and_forth(repository: Repository) -> None:
    path = merged(repository)
    told = [was_rolled_back(list_main_commits(repository, path))]

    for _ in range(4):
        revert(repository, path, ANNA, NIGHT)
        told.append(was_rolled_back(list_main_commits(repository, path)))

    assert told == [False, True, False, True, False]


def test_a_rollback_asked_for_twice_does_not_undo_itself(repository: Repository) -> None:
    path, seen = merged(repository), repository.main_commit()
    revert(repository, path, ANNA, NIGHT, expected_main=seen)
    after = repository.main_commit()

    with pytest.raises(StaleError):
        revert(repository, path, ANNA, NIGHT, expected_main=seen)

    assert repository.main_commit() == after


def test_rollback_leaves_later_merges_of_other_files_alone(repository: Repository) -> None:
    other = "ffff00001111"
    for habit in (HABIT_ID, other):
        propose(repository, proposal(habit), None, wait_reason="", now=NIGHT)
    approve(repository, HABIT_ID)
    approve(repository, other)

    revert(repository, tip_of(repository, HABIT_ID).path, ANNA, NIGHT)

    assert repository.read_file(MAIN_REF, tip_of(repository, HABIT_ID).path) is None
    assert repository.read_file(MAIN_REF, tip_of(repository, other).path) is not None


def test_a_merge_after_the_draft_changed_is_refused(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    tip = tip_of(repository)
    shown = repository.blob_sha(tip.branch, tip.path) or ""
    changed = proposal(yaml="id: nightshift_a1b2c3d4e5f6\nalias: Other\n")
    propose(repository, changed, tip, wait_reason="", now=NIGHT)

    with pytest.raises(StaleError):
        merge(repository, tip_of(repository), shown, ANNA, "", NIGHT)

    assert repository.read_file(MAIN_REF, tip.path) is None


def test_of_two_decisions_at_once_one_wins(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    seen_by_both = tip_of(repository)
    snooze(repository, seen_by_both, NIGHT + timedelta(days=3), ANNA, NIGHT)

    with pytest.raises(StaleError):
        decline(repository, seen_by_both, DeclineScope.HABIT, "", ANNA, NIGHT)

    assert tip_of(repository).state is State.SNOOZED
    assert repository.resolve(seen_by_both.branch) is not None


def test_a_reopened_suggestion_is_rendered_on_todays_main(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    decline(repository, tip_of(repository), DeclineScope.HABIT, "", ANNA, NIGHT)

    commit = reopen(repository, tip_of(repository), ANNA, NIGHT)

    assert repository.resolve(tip_of(repository).branch) == commit
    assert tip_of(repository).state is State.OPEN


def test_what_a_suggestion_was_before_is_not_held_in_memory(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    for number in range(12):
        comment(
            repository,
            read_latest_entries(repository)[HABIT_ID],
            f"word {number}",
            ANNA,
            NIGHT + timedelta(minutes=number),
        )
    gc.collect()

    held = [thing for thing in gc.get_objects() if isinstance(thing, LedgerEntry) and thing.habit_id == HABIT_ID]

    assert len(read_entries(repository, HABIT_ID)) == 13
    assert len(held) <= 2


def test_a_proposal_returns_the_entry_as_the_ledger_holds_it(repository: Repository) -> None:
    first = propose(repository, proposal(), None, wait_reason="Enough for tonight.", now=NIGHT)
    queued = tip_of(repository)
    opened = propose(repository, proposal(), first.entry, wait_reason="", now=NIGHT)
    refreshed = propose(repository, proposal(evidence_digest="20/23"), opened.entry, wait_reason="", now=NIGHT)

    assert [first.outcome, opened.outcome, refreshed.outcome] == ["waiting", "created", "refreshed"]
    assert (first.entry, refreshed.entry) == (queued, tip_of(repository))


def test_an_entry_is_decoded_once_for_each_repository_that_is_open(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)

    first, again = read_latest_entries(repository)[HABIT_ID], read_latest_entries(repository)[HABIT_ID]
    elsewhere = read_latest_entries(Repository(repository.path))[HABIT_ID]

    assert first is again
    assert elsewhere is not first
    assert elsewhere == first


def test_trailers_cannot_be_forged_through_a_title_or_a_reason(repository: Repository) -> None:
    evil = proposal(title="Lamp\n\nState: approved\nHabit-Id: other", reason="x\n\nState: approved")

    propose(repository, evil, None, wait_reason="", now=NIGHT)

    assert set(read_latest_entries(repository)) == {HABIT_ID}
    assert tip_of(repository).state is State.OPEN


def test_a_ref_moves_only_from_where_it_was_seen(repository: Repository) -> None:
    main = repository.main_commit()

    with pytest.raises(StaleError):
        repository.update_refs([RefUpdate("refs/heads/x", main, main), RefUpdate("refs/heads/y", main, NULL_SHA)])

    assert "refs/heads/y" not in list_refs(repository)


def test_a_folder_that_is_no_repository_is_named(tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(InputError, match="not a bare git repository"):
        Repository(tmp_path)


def test_the_repository_is_whole_after_everything(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    approve(repository)
    propose(repository, replace(proposal("ffff00001111")), None, wait_reason="", now=NIGHT)

    status, out, err = repository.try_git("fsck", "--strict")

    assert (status, out, err.replace(b"notice: HEAD points to an unborn branch", b"")) == (0, b"", b"")


def test_tidying_packs_what_piled_up_and_changes_no_ref(repository: Repository) -> None:
    commit_files(repository, {f"hall/{n}.yaml": f"{n}".encode() for n in range(4000)}, "Many", ANNA, NIGHT)
    before = list_refs(repository)

    pack_objects(repository)

    loose = int(repository.git("count-objects").split()[0])
    assert loose < 100
    assert list_refs(repository) == before
    assert repository.try_git("fsck", "--strict", "--no-dangling") == (0, b"", b"")


def test_who_picks_a_commit_of_ours_onto_the_branch_makes_it_theirs(repository: Repository) -> None:
    propose(repository, proposal(), None, wait_reason="", now=NIGHT)
    tip = tip_of(repository)
    picked = {"GIT_AUTHOR_NAME": BOT.name, "GIT_AUTHOR_EMAIL": BOT.email}
    anna = {"GIT_COMMITTER_NAME": "Anna", "GIT_COMMITTER_EMAIL": "anna@example.org"}
    tree = repository.write_tree(tip.branch, {tip.path: b"id: nightshift_a1b2c3d4e5f6\nalias: Picked\n"})
    commit = repository.git("commit-tree", tree, "-p", tip.branch, "-m", "Pick", environment={**picked, **anna})
    repository.update_refs([RefUpdate(tip.branch, commit.decode().strip(), repository.resolve(tip.branch) or "")])

    outcome = propose(repository, proposal(evidence_digest="other"), tip, wait_reason="", now=NIGHT).outcome

    assert outcome == "frozen"
    assert b"alias: Picked" in (repository.read_file(tip.branch, tip.path) or b"")
