"""Values of a trigger, condition or action as plain Python: durations in seconds, states as texts, bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automations.config.times import duration_seconds
from automations.config.values import as_list, as_texts

Node = Mapping[Any, Any]

Duration = int | str
"""Seconds; a text where it is a template, so that only the home can tell."""

Bound = float | str | None
"""A number, the entity that has it, or none."""


def read_duration(value: Any) -> Duration:
    seconds = duration_seconds(value)
    if seconds is not None:
        return seconds
    return " ".join(f"{amount} {unit}" for unit, amount in value.items()) if isinstance(value, dict) else str(value)


def read_for(node: Node) -> Duration | None:
    """How long it has to stay so; None where it need not."""
    return (read_duration(node["for"]) or None) if node.get("for") else None


def read_bound(value: Any) -> Bound:
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def read_ids(value: Any) -> tuple[str, ...]:
    """Entity ids, and what else stands in their place (a registry id, a template)."""
    return tuple(as_texts(value))


def read_states(value: Any) -> tuple[str, ...]:
    """The states that are named; `null`, which means any, is not."""
    return tuple(str(item) for item in as_list(value) if isinstance(item, str | int | float))


def read_text(node: Node, key: str) -> str:
    """The value of `key` as a text, "" where there is none."""
    value = node.get(key)
    return "" if value is None else str(value)
