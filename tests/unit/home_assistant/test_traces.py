"""What a trace of Home Assistant says, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from automations.home_assistant.traces import describe_trace, newest_run_id

NIGHT = datetime(2026, 11, 3, 3, tzinfo=UTC)


def trace(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    taken = {step["path"]: [{"timestamp": f"2026-11-03T03:00:0{at}+00:00", **step}] for at, step in enumerate(steps)}
    return {"trace": taken, "state": "stopped", "script_execution": "finished", **more}


CALL = {
    "path": "action/0",
    "result": {"params": {"domain": "light", "service": "turn_on", "target": {"entity_id": ["light.a", "light.b"]}}},
}


def test_each_step_is_told_in_its_order_and_the_end_after_it() -> None:
    told = describe_trace(
        trace({"path": "trigger"}, CALL, {"path": "action/1", "result": {"delay": 5.0, "done": True}})
    )

    assert told == ["light.turn_on light.a, light.b", "Wait 5 s", "It ran to its end."]


def test_a_failure_is_told_in_the_homes_own_words() -> None:
    broken = {"path": "action/0", "error": "Action light.explode not found"}

    told = describe_trace(trace(broken, script_execution="error", error="Action light.explode not found"))

    assert told == ["Failed at action/0: Action light.explode not found", "It failed: Action light.explode not found"]


@pytest.mark.parametrize("outcome", ["failed_conditions", "failed_single", "something new"])
def test_every_end_has_its_words(outcome: str) -> None:
    assert describe_trace(trace(script_execution=outcome))[-1].startswith("It")


def test_only_a_run_that_began_since_then_counts() -> None:
    listed = [
        {"run_id": "old", "timestamp": {"start": "2026-11-03T02:59:59+00:00"}},
        {"run_id": "first", "timestamp": {"start": "2026-11-03T03:00:01+00:00"}},
        {"run_id": "second", "timestamp": {"start": "2026-11-03T04:00:02+01:00"}},
        {"run_id": "odd", "timestamp": None},
    ]

    assert newest_run_id(listed, NIGHT) == "second"
    assert newest_run_id(listed[:1], NIGHT) is None
