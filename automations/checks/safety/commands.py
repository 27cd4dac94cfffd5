"""Rules about services that affect more than one device, and about calls that a template hides."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from automations.checks.safety.rule_context import RuleContext, SafetyFinding
from automations.config.calls import templated_parts
from automations.config.nodes import NodeKind, walk
from automations.config.values import entity_names


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
    """A template that builds the name of a service or of an entity: no rule can check what it will be."""
    for path, what in templated_parts(context.config):
        message = f"A template decides which {'action is called' if what == 'service' else 'entity is acted on'}."
        yield SafetyFinding(path, message, "Write the name itself; `choose` can tell cases apart.")


def _targets_all(place: object) -> bool:
    named = place.get("entity_id") if isinstance(place, dict) else None
    return any(name.lower() == "all" for name in entity_names(named))
