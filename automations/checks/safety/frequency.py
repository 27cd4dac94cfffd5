"""Rules about triggers that fire too often and repeats that never end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.nodes import Node, NodeKind, walk
from automations.config.values import HomeTag, as_list, is_template
from schemas.clock import SECOND_US

_FREQUENT_EVENTS: Final = ("state_changed", "state_reported", "call_service", "service_registered", "*")
_TRUE_WORDS: Final = ("true", "on", "yes", "1")
_FALSE_WORDS: Final = ("false", "off", "no", "0", "none")


def too_often(context: RuleContext) -> Iterator[SafetyFinding]:
    """A trigger that can fire more often than the policy's limit."""
    limit = context.policy.limits.seconds_between_triggers
    for node in walk(context.config):
        if (
            node.kind is not NodeKind.TRIGGER
            or not isinstance(node.value, dict)
            or not node.path.startswith("triggers")
        ):
            continue
        seconds = _seconds_between(node, context)
        if seconds is not None and seconds < limit:
            words = "many times a minute" if seconds < 1 else f"every {seconds:g} seconds"
            yield SafetyFinding(
                node.path, f"This trigger can come {words}.", f"Let at least {limit:g} seconds pass between two."
            )


def _seconds_between(node: Node, context: RuleContext) -> float | None:
    """The shortest usual time between two firings, in seconds; None where nothing suggests a short one."""
    kind = node.text("trigger")
    if kind == "time_pattern":
        return _pattern_seconds(node.value)
    if kind == "event":
        types = as_list(node.value.get("event_type"))
        return 0.0 if any(name in _FREQUENT_EVENTS for name in types) and "event_data" not in node.value else None
    if kind == "state" and not {"to", "from", "not_to", "not_from", "for", "attribute"} & set(node.value):
        return _seconds_between_changes(node, context)
    return None


def _pattern_seconds(trigger: dict[Any, Any]) -> float | None:
    seconds = str(trigger.get("seconds", "0" if "minutes" in trigger or "hours" in trigger else "*"))
    if seconds == "*":
        return 1.0
    if not seconds.startswith("/"):
        return None
    step = int(seconds[1:]) if seconds[1:].isdecimal() and len(seconds) < 5 else 60
    return float(step) if step < 60 else None


def _seconds_between_changes(node: Node, context: RuleContext) -> float | None:
    """Mean time between two changes of the trigger's entity in the history, in seconds; None where it is not known."""
    events, entity = context.events, node.text("entity_id")
    if events is None or entity not in events.entities or len(events) < 2:
        return None
    changes = int(np.count_nonzero(events.entity == events.entities.index(entity)))
    span_seconds = float(events.time[-1] - events.time[0]) / SECOND_US
    return span_seconds / (changes - 1) if changes > 1 else None


def endless_repeat(context: RuleContext) -> Iterator[SafetyFinding]:
    """A repeat with no end that can be seen."""
    max_count = context.policy.limits.repeat_count
    for node in walk(context.config):
        loop = node.value.get("repeat") if node.kind is NodeKind.ACTION and isinstance(node.value, dict) else None
        if not isinstance(loop, dict):
            continue
        if why := _why_endless(loop, max_count):
            yield SafetyFinding(
                f"{node.path}.repeat", f"This repeats {why}.", f"Give it a count of at most {max_count}."
            )


def _why_endless(loop: dict[Any, Any], max_count: int) -> str:
    count = str(loop.get("count", "0"))
    if isinstance(loop.get("count"), HomeTag):
        return f"as often as `{count}` says"
    if is_template(count):
        return "as often as a template says"
    if count.lstrip("+-").isdecimal() and (len(count) > 9 or int(count) > max_count):
        return f"{count} times"
    if "while" in loop and _is_constant(loop["while"], _TRUE_WORDS, if_empty=True):
        return "for ever"
    if "until" in loop and _is_constant(loop["until"], _FALSE_WORDS, if_empty=False):
        return "for ever"
    return ""


def _is_constant(conditions: Any, words: tuple[str, ...], *, if_empty: bool) -> bool:
    """Whether the conditions are constant templates with one of these results."""
    texts = [item.get("value_template") if isinstance(item, dict) else item for item in as_list(conditions)]
    return all(str(text).strip("{}%- ").lower() in words for text in texts) if texts else if_empty
