"""One home's task, run here and not by a worker."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from generator.fleet.homes import HomeFolder
from generator.fleet.task import TaskSpec, run_home_task
from generator.fleet.time_limit import TimeLimitExceeded, time_limit
from tests.builders.fleet_homes import FaultyStore, write_home


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    write_home(tmp_path / "in" / "one", 7)
    return HomeFolder("one", str(tmp_path / "in" / "one"))


def names(out: Path) -> set[str]:
    return {path.name.partition(".")[2] for path in (out / "one").iterdir()}


def test_other_days_or_suggestions_are_asked_for_anew_and_the_same_is_skipped(home: HomeFolder, tmp_path: Path) -> None:
    job = TaskSpec(str(tmp_path / "out"))

    statuses = [
        run_home_task(home, asked).status
        for asked in (job, job, replace(job, days=20), replace(job, propose=True), replace(job, propose=True), job)
    ]

    assert statuses == ["done", "skipped", "done", "done", "skipped", "skipped"]
    assert names(tmp_path / "out") == {"json", "proposals.json", "git"}


def test_a_month_later_the_same_repository_gets_its_next_night_and_nothing_is_asked_twice(
    home: HomeFolder, tmp_path: Path
) -> None:
    job = TaskSpec(str(tmp_path / "out"), propose=True)
    run_home_task(home, job)
    write_home(tmp_path / "later" / "one", 7, days=60)

    row = run_home_task(HomeFolder("one", str(tmp_path / "later" / "one")), job)

    reports = [json.loads(path.read_text()) for path in (tmp_path / "out" / "one").glob("*.proposals.json")]
    outcomes = sorted(suggestion["outcome"] for report in reports for suggestion in report["suggestions"])
    assert (row.status, outcomes) == ("done", ["created", "unchanged"])


def test_what_nobody_foresaw_is_the_homes_row(home: HomeFolder, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the results should lie")

    row = run_home_task(home, TaskSpec(str(tmp_path / "out")))

    assert row.status == "failed"
    assert "NotADirectoryError" in row.why


def test_what_a_killed_worker_left_half_made_goes_once_nobody_can_be_at_it(home: HomeFolder, tmp_path: Path) -> None:
    old, young = (tmp_path / "out" / "one" / f".{name}.part" for name in ("old", "young"))
    old.mkdir(parents=True)
    young.write_text("")
    os.utime(old, (0, 0))

    run_home_task(home, TaskSpec(str(tmp_path / "out")))

    assert (old.exists(), young.exists()) == (False, True)


def test_a_home_that_never_ends_is_a_row_that_says_so(tmp_path: Path) -> None:
    assert FaultyStore.protocol == "faulty"

    row = run_home_task(HomeFolder("x", "faulty://hangs"), TaskSpec(str(tmp_path), minutes=0.005))

    assert row.status == "failed"
    assert row.why.startswith("It took longer than 0.005 minutes")


def test_a_limit_that_was_kept_ends_nothing_afterwards() -> None:
    before = set(threading.enumerate())
    with time_limit(60):
        waiting = set(threading.enumerate()) - before
    for timer in waiting:
        timer.join(10)

    assert len(waiting) == 2
    assert not any(timer.is_alive() for timer in waiting)
    with pytest.raises(TimeLimitExceeded), time_limit(0.01):
        while True:
            pass
