"""Whether a deployed automation serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from automations.deploy.health import HealthStatus, assess_health
from automations.home_assistant.run_history import RunHistory

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
DAYS = [START + timedelta(days=n) for n in range(10)]


def test_firing_on_time_is_watched_and_after_two_weeks_healthy() -> None:
    soon = assess_health(START, START + timedelta(days=10), DAYS, RunHistory(DAYS), undone=0)
    later = assess_health(START, START + timedelta(days=14), DAYS, RunHistory(DAYS), undone=0)

    assert soon.status is HealthStatus.WATCHING
    assert later.status is HealthStatus.HEALTHY


def test_a_few_seconds_late_is_on_time() -> None:
    late = [one + timedelta(seconds=40) for one in DAYS]

    assert assess_health(START, DAYS[-1], DAYS, RunHistory(late), undone=0).status is HealthStatus.WATCHING


def test_undone_by_people_again_and_again_is_degraded() -> None:
    found = assess_health(START, DAYS[-1], DAYS, RunHistory(DAYS), undone=4)

    assert found.status is HealthStatus.DEGRADED
    assert "people undid it 4 times" in found.sentence


def test_not_firing_when_it_should_is_degraded() -> None:
    assert assess_health(START, DAYS[-1], DAYS, RunHistory(DAYS[:3]), undone=0).status is HealthStatus.DEGRADED


def test_too_little_to_tell_is_only_watched() -> None:
    assert assess_health(START, DAYS[1], DAYS[:2], RunHistory(), undone=0).status is HealthStatus.WATCHING


def test_one_that_is_turned_off_is_not_blamed_for_not_firing_and_stays_watched() -> None:
    off = RunHistory((), off_periods=((START - timedelta(hours=1), DAYS[-1]),), is_on=False)

    assert assess_health(START, START + timedelta(days=15), DAYS, off, undone=0).status is HealthStatus.WATCHING


def test_runs_that_end_in_an_error_are_degraded_with_the_homes_words() -> None:
    failing = RunHistory(DAYS, traced_runs=5, errors=("Action light.explode not found",) * 3)

    found = assess_health(START, DAYS[-1], DAYS, failing, undone=0)

    assert found.status is HealthStatus.DEGRADED
    assert "3 of its last 5 runs ended in an error: Action light.explode not found." in found.sentence
