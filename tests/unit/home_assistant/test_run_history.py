"""What the home recorded of an automation, in rows as Home Assistant 2026.11.0 and 2025.4.4 give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from automations.home_assistant.run_history import run_history_from_logbook

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
NOW = SINCE + timedelta(days=3)


def at(hours: float) -> datetime:
    return SINCE + timedelta(hours=hours)


def fired(hours: float) -> dict[str, Any]:
    return {"name": "Hall", "message": "triggered by time", "domain": "automation", "when": at(hours).timestamp()}


def turned(state: str, hours: float) -> dict[str, Any]:
    return {"state": state, "entity_id": "automation.hall", "when": at(hours).timestamp()}


def trace(execution: str, error: str = "", hours: float = 7) -> dict[str, Any]:
    told = {"state": "stopped", "script_execution": execution, "timestamp": {"start": at(hours).isoformat()}}
    return {**told, **({"error": error} if error else {})}


def test_firings_and_the_spans_in_which_it_was_off_are_told_apart() -> None:
    rows = [fired(7), turned("off", 10), turned("on", 20), turned("unavailable", 21), fired(31)]

    found = run_history_from_logbook(rows, [], True, SINCE, NOW)

    assert found.fired_at == (at(7), at(31))
    assert found.off_periods == ((at(10), at(20)),)
    assert (found.was_off(at(15)), found.was_off(at(25))) == (True, False)


def test_one_that_was_off_from_the_start_and_one_that_is_off_now() -> None:
    assert run_history_from_logbook([turned("on", 20)], [], True, SINCE, NOW).off_periods == ((SINCE, at(20)),)
    assert run_history_from_logbook([], [], False, SINCE, NOW).off_periods == ((SINCE, NOW),)
    assert run_history_from_logbook([], [], True, SINCE, NOW).off_periods == ()


def test_runs_that_ended_in_an_error_are_quoted_and_what_never_ran_is_no_run() -> None:
    traces = [trace("finished"), trace("error", "Action light.explode not found"), trace("failed_conditions")]
    traces.append(trace("error", "Of the version before", hours=-7))

    found = run_history_from_logbook([], traces, True, SINCE, NOW)

    assert (found.traced_runs, found.errors) == (2, ("Action light.explode not found",))
