"""Check 3: every name exists in this home. Home Assistant accepts unknown names and fails only when it runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Final

from automations.checks.context import CheckContext
from automations.checks.services import services
from automations.checks.suggest_name import suggest_name
from automations.config.nodes import NodeKind, walk
from automations.config.references import Reference, references_from_config
from automations.config.values import as_list
from schemas.automation.home_tags import HomeTag
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

ALWAYS_THERE: Final = frozenset({"sun.sun", "zone.home", "all.all"})
MAX_SUGGESTIONS: Final = 10
MAX_PROBLEMS: Final = 50
"""More are not listed: nobody reads them."""


def references(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    """Every entity, device, area, service and field exists; what the home does not list at all is not checked."""
    yield from _trigger_ids(config)
    if context.home is None:
        return
    unknown = [
        reference
        for reference in dict.fromkeys(references_from_config(config))
        if not _is_known(reference, context.home)
    ]
    unknown_problems = (
        _unknown_name_problem(reference, context.home, suggest=index < MAX_SUGGESTIONS)
        for index, reference in enumerate(unknown)
    )
    problems = chain(unknown_problems, services(config, context.home))
    yield from islice(problems, MAX_PROBLEMS)
    if next(problems, None):
        yield Problem("references", "references", "", "There are more names to mend.", "Mend the first ones.")


def _is_known(reference: Reference, home: Home) -> bool:
    known = _known_names(reference.kind, home)
    if not known or reference.name in known:
        return True
    return reference.kind == "entity" and (reference.name in ALWAYS_THERE or reference.name in ("all", "none"))


def _known_names(kind: str, home: Home) -> Collection[str]:
    """All names of this kind; empty where the home says nothing about the kind."""
    if kind == "entity":
        return home.entities_by_id
    if kind == "area":
        return home.areas_by_id
    if kind == "device":
        return frozenset(home.devices)
    if kind == "floor":
        return {floor.floor_id for floor in home.floors} | {area.floor_id for area in home.areas if area.floor_id}
    return {label.label_id for label in home.labels} | {label for entity in home.entities for label in entity.labels}


def _unknown_name_problem(reference: Reference, home: Home, *, suggest: bool) -> Problem:
    close = _suggest_known_name(reference, home) if suggest else ""
    fix = f"Did you mean `{close}`?" if close else "Use a name that this home has."
    # Where the labels themselves are not listed, those of devices and areas may be missing.
    sure = not reference.in_template and (reference.kind != "label" or bool(home.labels))
    severity = Severity.BLOCK if sure else Severity.WARN
    message = f"{reference.kind.capitalize()} `{reference.name}` is not in this home."
    return Problem("references", "references", reference.path, message, fix, severity)


def _suggest_known_name(reference: Reference, home: Home) -> str:
    known = _known_names(reference.kind, home)
    by_name = {name.lower(): own_id for name, own_id in _ids_by_name(reference.kind, home)}
    if reference.name.lower() in by_name:
        return by_name[reference.name.lower()]
    domain, dot, _ = reference.name.partition(".")
    same_domain = [name for name in known if name.startswith(domain + dot)] if dot else known
    return suggest_name(reference.name, same_domain) or suggest_name(reference.name, known)


def _ids_by_name(kind: str, home: Home) -> Iterator[tuple[str, str]]:
    """What people call areas, floors and labels, with the ids that automations need."""
    if kind == "area":
        yield from ((area.name, area.area_id) for area in home.areas)
    if kind == "floor":
        yield from ((floor.name, floor.floor_id) for floor in home.floors)
    if kind == "label":
        yield from ((label.name, label.label_id) for label in home.labels)


def _trigger_ids(config: AutomationConfig) -> Iterator[Problem]:
    """A condition on a trigger id that no trigger has; a tag may stand for any id."""
    nodes = list(walk(config))
    trigger_ids = [node.value["id"] for node in nodes if node.kind is NodeKind.TRIGGER and _has_id(node.value)]
    ids = set(map(str, trigger_ids))
    numbers = {str(number) for number in range(len(nodes))}  # a trigger without an id has its position as id
    for node in nodes:
        if node.text("condition") != "trigger" or not _has_id(node.value):
            continue
        for name in as_list(node.value["id"]):
            if str(name) not in ids | numbers and not any(isinstance(one, HomeTag) for one in (name, *trigger_ids)):
                message = f"No trigger has the id '{name}'."
                yield Problem(
                    "trigger_ids", "references", f"{node.path}.id", message, "Give a trigger this id.", Severity.WARN
                )


def _has_id(value: object) -> bool:
    return isinstance(value, dict) and value.get("id") is not None
