"""Rules about services that reach further than one device, and about what a reader cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from automations.checks.safety.finding import Finding, Scope
from automations.config.calls import hidden_parts
from automations.config.nodes import Role, walk


def dangerous_service(scope: Scope) -> Iterator[Finding]:
    """A service that can stop the home or run code, as listed in the policy."""
    patterns = [pattern.lower() for pattern in scope.policy.dangerous_services]
    for deed in scope.deeds:
        if any(fnmatchcase(deed.service, pattern) for pattern in patterns):
            yield Finding(
                deed.path, f"It calls `{deed.service}`, which can stop the home or run code.", "Do without it."
            )


def everything(scope: Scope) -> Iterator[Finding]:
    """A target of all entities."""
    for node in walk(scope.config):
        step = node.value if node.role is Role.ACTION and isinstance(node.value, dict) else {}
        if any(_names_all(place) for place in (step, step.get("target"), step.get("data"))):
            called = node.text("action") or "This action"
            yield Finding(node.path, f"`{called}` acts on all entities at once.", "Name the entities or an area.")


def hidden_target(scope: Scope) -> Iterator[Finding]:
    """A template that builds the name of a service or of an entity: no rule can see what it will be."""
    for path, what in hidden_parts(scope.config):
        message = f"A template decides which {'action is called' if what == 'service' else 'entity is acted on'}."
        yield Finding(path, message, "Write the name itself; `choose` can tell cases apart.")


def _names_all(place: object) -> bool:
    named = place.get("entity_id") if isinstance(place, dict) else None
    names = named if isinstance(named, list) else [named]
    return any(isinstance(name, str) and name.strip().lower() == "all" for name in names)
