"""What Home Assistant's trace of a run says, in sentences; pure.

The texts of its errors are shown, never matched on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

ENDS = {
    "finished": "It ran to its end.",
    "failed_conditions": "Its conditions did not hold.",
    "failed_single": "It was running already, and runs once at a time.",
    "failed_max_runs": "It was running already as often as it may.",
    "aborted": "It stopped before its end.",
    "cancelled": "It was stopped.",
}


def newest(traces: Sequence[Mapping[str, Any]], since: datetime) -> str | None:
    """The run id of the newest trace that began since then, of those that `trace/list` gave."""
    began = [(at, str(trace["run_id"])) for trace in traces if (at := _began(trace)) is not None and at >= since]
    return max(began)[1] if began else None


def trace_words(trace: Mapping[str, Any]) -> list[str]:
    """A sentence a step, in the order they were taken, and one on how it ended."""
    steps = [step for taken in trace.get("trace", {}).values() for step in taken]
    actions = [step for step in steps if str(step.get("path", "")).startswith("action")]
    words = [_step(step) for step in sorted(actions, key=lambda step: str(step.get("timestamp", "")))]
    return [*words, _end(trace)]


def moment_of(text: object) -> datetime | None:
    """A time as Home Assistant writes it; None for anything else."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None


def _began(trace: Mapping[str, Any]) -> datetime | None:
    return moment_of((trace.get("timestamp") or {}).get("start"))


def _step(step: Mapping[str, Any]) -> str:
    result = step.get("result") or {}
    if error := step.get("error") or result.get("error"):
        return f"Failed at {step['path']}: {error}"
    call = result.get("params")
    if isinstance(call, Mapping):
        return f"{call.get('domain')}.{call.get('service')} {_target(call)}".strip()
    if "delay" in result:
        return f"Wait {result['delay']:g} s" if isinstance(result["delay"], int | float) else "Wait"
    return f"Step {step['path']}"


def _target(call: Mapping[str, Any]) -> str:
    named = (call.get("target") or {}).get("entity_id") or (call.get("service_data") or {}).get("entity_id") or []
    return ", ".join([named] if isinstance(named, str) else [str(entity) for entity in named])


def _end(trace: Mapping[str, Any]) -> str:
    if error := trace.get("error"):
        return f"It failed: {error}"
    if trace.get("state") == "running":
        return "It is still running; Home Assistant shows the rest in its traces."
    outcome = str(trace.get("script_execution"))
    return ENDS.get(outcome, f"It ended: {outcome}.")
