"""Looking after what is deployed: questions, never takes back by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from automations.config.yaml import decode
from automations.deploy.plan import Limits
from automations.deploy.reconcile import Deployer
from automations.git.ledger import append_event, read_latest_entries, read_latest_entry
from automations.git.merge import commit_files, merge, revert
from automations.git.proposals import propose
from automations.git.repository import MAIN_REF, Repository
from automations.git.review_actions import keep
from automations.home_assistant.folder_home import FolderHome
from automations.home_assistant.run_history import RunHistory
from generator.night.follow_up import MonitorContext, fix_references, follow_up
from schemas.events import Events
from schemas.home import Entity, Home
from schemas.suggestions import LedgerEvent, State
from tests.builders.lamps import NIGHT, STARTER
from tests.builders.suggestions import ANNA, AUTOMATION_ID, HABIT_ID, YAML, proposal

HOME = Home("UTC", entities=(Entity("light.kitchen", "Kitchen light"),))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.open_or_create(tmp_path / "automations.git", STARTER, NIGHT)


def deployed(repository: Repository, trial_until: datetime | None = None, more: str = "") -> None:
    propose(
        repository,
        proposal(yaml=YAML.format(id=AUTOMATION_ID, alias="Kitchen light") + more),
        None,
        wait_reason="",
        now=NIGHT,
    )
    tip = read_latest_entry(repository, HABIT_ID)
    assert tip is not None
    blob = repository.blob_sha(tip.branch, tip.path)
    merge(repository, tip, blob or "", ANNA, "", NIGHT, trial_until)
    approved = read_latest_entry(repository, HABIT_ID)
    assert approved is not None
    append_event(repository, approved, LedgerEvent.DEPLOYED, "", NIGHT)


def daily_history(days: int) -> Events:
    """Something that happens every noon, so that the days are there to replay over."""
    times = [int((NIGHT + timedelta(days=n, hours=9)).timestamp() * 1e6) for n in range(days)]
    count = len(times)
    zeros = np.zeros(count, np.int32)
    return Events(np.array(times, np.int64), zeros, zeros, np.zeros(count, np.int8), ("sensor.noon",), ("1",))


def care(repository: Repository, record: RunHistory | None, home: Home = HOME, days: int = 6) -> MonitorContext:
    async def told(_automation_id: str, _since: datetime) -> RunHistory | None:
        return record

    return MonitorContext(repository, home, daily_history(days + 1), told, NIGHT + timedelta(days=days))


def at(clock: str) -> bytes:
    """The automation, set to this time of day."""
    return YAML.format(id=AUTOMATION_ID, alias="Kitchen light").replace("06:42:00", clock).encode()


async def served(repository: Repository, tmp_path: Path, *clocks: str) -> Deployer:
    """In the home one after another: approved at 06:42, then as a person set it each time."""
    deployer = Deployer(repository, FolderHome(tmp_path / "home"), Limits(), lambda: "", lambda: NIGHT)
    propose(repository, proposal(yaml=at("06:42:00").decode()), None, wait_reason="", now=NIGHT)
    tip = tip_of(repository)
    merge(repository, tip, repository.blob_sha(tip.branch, tip.path) or "", ANNA, "", NIGHT)
    await deployer.reconcile(confirmed_plan_hash=(await deployer.reconcile()).plan_hash)
    for clock in clocks:
        commit_files(repository, {tip.path: at(clock)}, f"At {clock}", ANNA, NIGHT)
        await deployer.reconcile()
    return deployer


def tip_of(repository: Repository):
    found = read_latest_entry(repository, HABIT_ID)
    assert found is not None
    return found


async def test_one_that_never_fires_is_questioned_with_a_draft_that_takes_it_out(repository: Repository) -> None:
    deployed(repository)

    notes = await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    tip = tip_of(repository)
    assert tip.state is State.DEGRADED
    assert "does not fire when it should" in notes[0]
    assert repository.read_file(tip.branch, tip.path) is None
    assert repository.read_file(MAIN_REF, tip.path) is not None


async def test_approving_that_draft_takes_the_file_off_main(repository: Repository) -> None:
    deployed(repository)
    await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    merge(repository, tip_of(repository), "", ANNA, "", NIGHT)

    assert repository.read_file(MAIN_REF, tip_of(repository).path) is None


async def test_what_replaced_a_version_that_served_is_questioned_with_a_draft_that_goes_back_to_it(
    repository: Repository, tmp_path: Path
) -> None:
    deployer = await served(repository, tmp_path, "07:30:00")
    path = tip_of(repository).path

    notes = await follow_up(care(repository, RunHistory()), read_latest_entries(repository))
    asked = tip_of(repository)
    merge(repository, asked, repository.blob_sha(asked.branch, path) or "", ANNA, "", NIGHT)
    done = await deployer.reconcile()

    assert asked.state is State.DEGRADED
    assert notes[0].endswith("Keep it, or approve that it goes back to the version of 1 March 2026, which it replaced.")
    assert repository.read_file(asked.branch_commit, path) == repository.read_file(MAIN_REF, path) == at("06:42:00")
    assert [one.outcome for one in done.results] == ["deployed"]
    assert tip_of(repository).state is State.WATCHING


async def test_what_went_back_and_serves_no_better_is_not_sent_forth_again(
    repository: Repository, tmp_path: Path
) -> None:
    deployer = await served(repository, tmp_path, "07:30:00")
    await follow_up(care(repository, RunHistory()), read_latest_entries(repository))
    tip = tip_of(repository)
    merge(repository, tip, repository.blob_sha(tip.branch, tip.path) or "", ANNA, "", NIGHT)
    await deployer.reconcile()

    notes = await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    assert "taken out, since there is no earlier version of it to go back to" in notes[0]
    assert repository.read_file(tip_of(repository).branch, tip.path) is None


async def test_nothing_goes_back_to_what_a_person_rolled_back(repository: Repository, tmp_path: Path) -> None:
    deployer = await served(repository, tmp_path, "07:30:00")
    revert(repository, tip_of(repository).path, ANNA, NIGHT)
    await deployer.reconcile()

    await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    assert tip_of(repository).state is State.DEGRADED
    assert repository.read_file(tip_of(repository).branch, tip_of(repository).path) is None


async def test_nothing_goes_back_to_what_the_home_never_held(repository: Repository, tmp_path: Path) -> None:
    deployer = await served(repository, tmp_path)
    for clock in ("07:30:00", "08:15:00"):
        commit_files(repository, {tip_of(repository).path: at(clock)}, f"At {clock}", ANNA, NIGHT)
    await deployer.reconcile()

    await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    assert repository.read_file(tip_of(repository).branch, tip_of(repository).path) == at("06:42:00")


async def test_keeping_it_ends_the_question(repository: Repository) -> None:
    deployed(repository)
    await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    keep(repository, tip_of(repository), ANNA, NIGHT)

    assert tip_of(repository).state is State.HEALTHY
    assert repository.resolve(tip_of(repository).branch) is None
    assert repository.read_file(MAIN_REF, tip_of(repository).path) is not None


async def test_one_that_fires_as_it_should_becomes_healthy_after_two_weeks(repository: Repository) -> None:
    deployed(repository)
    times = [NIGHT.replace(hour=6, minute=42) + timedelta(days=n) for n in range(20)]

    await follow_up(care(repository, RunHistory(times), days=15), read_latest_entries(repository))

    assert tip_of(repository).state is State.HEALTHY


async def test_a_home_that_keeps_no_record_leaves_it_watching(repository: Repository) -> None:
    deployed(repository)

    assert await follow_up(care(repository, None), read_latest_entries(repository)) == []
    assert tip_of(repository).state is State.WATCHING


async def test_when_the_trial_is_over_the_person_is_asked(repository: Repository) -> None:
    deployed(repository, trial_until=NIGHT + timedelta(days=7))

    before = await follow_up(care(repository, None, days=6), read_latest_entries(repository))
    after = await follow_up(care(repository, None, days=7), read_latest_entries(repository))

    assert before == []
    assert "trial are over" in after[0]
    assert tip_of(repository).state is State.DEGRADED


async def test_a_renamed_entity_brings_a_draft_with_its_new_name(repository: Repository) -> None:
    deployed(repository)
    renamed = replace(HOME, entities=(Entity("light.cooking", "Kitchen light", former_ids=("light.kitchen",)),))

    await follow_up(care(repository, None, renamed), read_latest_entries(repository))

    tip = tip_of(repository)
    draft = decode((repository.read_file(tip.branch, tip.path) or b"").decode()).config
    assert draft is not None
    assert draft["actions"][0]["target"]["entity_id"] == "light.cooking"
    assert "light.kitchen is now light.cooking" in tip.why


async def test_what_a_person_kept_is_not_questioned_for_the_same_reason_again(repository: Repository) -> None:
    deployed(repository)
    gone = replace(HOME, entities=(Entity("light.other", "Other"),))
    asked = await follow_up(care(repository, None, gone), read_latest_entries(repository))
    keep(repository, tip_of(repository), ANNA, NIGHT)

    again = await follow_up(care(repository, None, gone), read_latest_entries(repository))
    other = await follow_up(
        care(repository, RunHistory(traced_runs=5, errors=("No.",) * 5), days=7), read_latest_entries(repository)
    )

    assert "light.kitchen is not in the home any more" in asked[0]
    assert (again, other) == ([], [])
    assert tip_of(repository).state is State.HEALTHY


async def test_a_question_is_taken_back_once_the_entity_is_there_again_and_asked_anew_when_it_goes_again(
    repository: Repository,
) -> None:
    deployed(repository)
    renamed = replace(HOME, entities=(Entity("light.cooking", "Kitchen light", former_ids=("light.kitchen",)),))
    await follow_up(care(repository, None, renamed), read_latest_entries(repository))

    await follow_up(care(repository, None), read_latest_entries(repository))
    whole = tip_of(repository)
    again = await follow_up(care(repository, None, renamed), read_latest_entries(repository))

    assert (whole.state, repository.read_file(whole.sha, "automation.yaml")) == (
        State.HEALTHY,
        repository.read_file(MAIN_REF, whole.path),
    )
    assert "is now light.cooking" in again[0]


async def test_runs_that_end_in_an_error_bring_a_draft_that_takes_it_out(repository: Repository) -> None:
    deployed(repository)

    notes = await follow_up(
        care(repository, RunHistory(traced_runs=5, errors=("No such lamp",) * 5)), read_latest_entries(repository)
    )

    assert "5 of its last 5 runs ended in an error: No such lamp." in notes[0]
    assert repository.read_file(tip_of(repository).branch, tip_of(repository).path) is None


async def test_one_on_trial_that_is_turned_off_is_left_alone_until_a_person_turns_it_on(
    repository: Repository,
) -> None:
    deployed(repository, more="initial_state: false\n")
    off = RunHistory(off_periods=((NIGHT, NIGHT + timedelta(days=6)),), is_on=False)

    quiet = await follow_up(care(repository, off), read_latest_entries(repository))
    asked = await follow_up(care(repository, RunHistory()), read_latest_entries(repository))

    tip = tip_of(repository)
    draft = decode((repository.read_file(tip.branch, tip.path) or b"").decode()).config
    assert quiet == []
    assert "You turned it on" in asked[0]
    assert draft is not None
    assert "initial_state" not in draft


async def test_a_person_who_decides_while_the_night_looks_has_the_last_word(repository: Repository) -> None:
    deployed(repository)
    before = read_latest_entries(repository)
    revert(repository, tip_of(repository).path, ANNA, NIGHT)
    append_event(repository, tip_of(repository), LedgerEvent.ROLLED_BACK, "", NIGHT)
    commit_files(
        repository,
        {tip_of(repository).path: YAML.format(id=AUTOMATION_ID, alias="By hand").encode()},
        "By hand",
        ANNA,
        NIGHT,
    )

    assert await follow_up(care(repository, RunHistory()), before) == []
    assert tip_of(repository).state is State.ROLLED_BACK


def test_a_removed_entity_is_named() -> None:
    config = {"actions": [{"action": "light.turn_on", "target": {"entity_id": "light.gone"}}]}

    mended, why = fix_references(config, HOME)

    assert mended is None
    assert "light.gone is not in the home any more" in why
