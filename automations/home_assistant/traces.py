"""Home Assistant's trace of a run as sentences; pure.

The texts of its errors are shown, never matched on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

OUTCOME_SENTENCES = {
    "finished": "It ran to its end.",
    "failed_conditions": "Its conditions did not hold.",
    "failed_single": "It was running already, and runs once at a time.",
    "failed_max_runs": "It was running already as often as it may.",
    "aborted": "It stopped before its end.",
    "cancelled": "It was stopped.",
}


def newest_run_id(traces: Sequence[Mapping[str, Any]], since: datetime) -> str | None:
    """The run id of the newest trace that began since then, of those that `trace/list` returned."""
    began = [(at, str(trace["run_id"])) for trace in traces if (at := _start_time(trace)) is not None and at >= since]
    return max(began)[1] if began else None


def describe_trace(trace: Mapping[str, Any]) -> list[str]:
    """One sentence for each step, in the order they were run, and one on how it ended."""
    steps = [step for taken in trace.get("trace", {}).values() for step in taken]
    actions = [step for step in steps if str(step.get("path", "")).startswith("action")]
    sentences = [_describe_step(step) for step in sorted(actions, key=lambda step: str(step.get("timestamp", "")))]
    return [*sentences, _describe_outcome(trace)]


def time_from_text(text: object) -> datetime | None:
    """A time as Home Assistant writes it; None for anything else."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None


def _start_time(trace: Mapping[str, Any]) -> datetime | None:
    return time_from_text((trace.get("timestamp") or {}).get("start"))


def _describe_step(step: Mapping[str, Any]) -> str:
    result = step.get("result") or {}
    if error := step.get("error") or result.get("error"):
        return f"Failed at {step['path']}: {error}"
    call = result.get("params")
    if isinstance(call, Mapping):
        return f"{call.get('domain')}.{call.get('service')} {_target_entities(call)}".strip()
    if "delay" in result:
        return f"Wait {result['delay']:g} s" if isinstance(result["delay"], int | float) else "Wait"
    return f"Step {step['path']}"


def _target_entities(call: Mapping[str, Any]) -> str:
    named = (call.get("target") or {}).get("entity_id") or (call.get("service_data") or {}).get("entity_id") or []
    return ", ".join([named] if isinstance(named, str) else [str(entity) for entity in named])


def _describe_outcome(trace: Mapping[str, Any]) -> str:
    if error := trace.get("error"):
        return f"It failed: {error}"
    if trace.get("state") == "running":
        return "It is still running; Home Assistant shows the rest in its traces."
    outcome = str(trace.get("script_execution"))
    return OUTCOME_SENTENCES.get(outcome, f"It ended: {outcome}.")
