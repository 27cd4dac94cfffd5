"""Rules about services that affect more than one device, and about calls that a template hides."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.calls import hidden_parts
from automations.config.nodes import NodeKind, walk
from automations.config.values import HomeTag, entity_names

_DECIDES: Final = {
    "steps": "what is done",
    "service": "which action is called",
    "target": "which entity is acted on",
}


def dangerous_service(context: RuleContext) -> Iterator[SafetyFinding]:
    """A service that can stop the home or run code, as listed in the policy."""
    patterns = [pattern.lower() for pattern in context.policy.dangerous_services]
    for call in context.calls:
        if any(fnmatchcase(call.service, pattern) for pattern in patterns):
            yield SafetyFinding(
                call.path, f"It calls `{call.service}`, which can stop the home or run code.", "Do without it."
            )


def everything(context: RuleContext) -> Iterator[SafetyFinding]:
    """A target of all entities."""
    for node in walk(context.config):
        step = node.value if node.kind is NodeKind.ACTION and isinstance(node.value, dict) else {}
        if any(_targets_all(place) for place in (step, step.get("target"), step.get("data"))):
            service = node.text("action") or "This action"
            yield SafetyFinding(
                node.path, f"`{service}` acts on all entities at once.", "Name the entities or an area."
            )


def hidden_target(context: RuleContext) -> Iterator[SafetyFinding]:
    """A template or a tag that stands for a service or an entity: no rule can check what it will be."""
    for hidden in hidden_parts(context.config):
        if isinstance(hidden.value, HomeTag):
            yield SafetyFinding(hidden.path, f"`{hidden.value}` decides {_DECIDES[hidden.part]}.", "Look there too.")
            continue
        yield SafetyFinding(
            hidden.path,
            f"A template decides {_DECIDES[hidden.part]}.",
            "Write the name itself; `choose` can tell cases apart.",
        )


def _targets_all(place: object) -> bool:
    named = place.get("entity_id") if isinstance(place, dict) else None
    return any(name.lower() == "all" for name in entity_names(named))
