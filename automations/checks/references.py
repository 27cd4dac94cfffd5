"""Rung 3: every name exists in this home. Home Assistant accepts unknown names and fails only when it runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Final

from automations.checks.context import Context
from automations.checks.services import services
from automations.checks.suggest_name import similar
from automations.config.nodes import Role, walk
from automations.config.references import Mention, mentions
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

ALWAYS_THERE: Final = frozenset({"sun.sun", "zone.home", "all.all"})
MOST_SUGGESTIONS: Final = 10
MOST_PROBLEMS: Final = 50
"""More are counted, not told: nobody reads them."""


def references(config: AutomationConfig, context: Context) -> Iterator[Problem]:
    """Every entity, device, area, service and field exists; what the home does not list at all is not judged."""
    yield from _trigger_ids(config)
    if context.home is None:
        return
    unknown = [mention for mention in dict.fromkeys(mentions(config)) if not _is_known(mention, context.home)]
    named = (_unknown(mention, context.home, suggest=place < MOST_SUGGESTIONS) for place, mention in enumerate(unknown))
    found = chain(named, services(config, context.home))
    yield from islice(found, MOST_PROBLEMS)
    if next(found, None):
        yield Problem("references", "references", "", "There are more names to mend.", "Mend the first ones.")


def _is_known(mention: Mention, home: Home) -> bool:
    known = _known(mention.kind, home)
    if not known or mention.name in known:
        return True
    return mention.kind == "entity" and (mention.name in ALWAYS_THERE or mention.name in ("all", "none"))


def _known(kind: str, home: Home) -> Collection[str]:
    """All names of this kind; empty where the home says nothing about the kind."""
    if kind == "entity":
        return home.entity
    if kind == "area":
        return home.area
    if kind == "device":
        return frozenset(home.devices)
    if kind == "floor":
        return {floor.floor_id for floor in home.floors} | {area.floor_id for area in home.areas if area.floor_id}
    return {label.label_id for label in home.labels} | {label for entity in home.entities for label in entity.labels}


def _unknown(mention: Mention, home: Home, *, suggest: bool) -> Problem:
    close = _similar(mention, home) if suggest else ""
    mend = f"Did you mean `{close}`?" if close else "Use a name that this home has."
    # Where the labels themselves are not told, those of devices and areas may be missing.
    sure = not mention.in_template and (mention.kind != "label" or bool(home.labels))
    severity = Severity.BLOCK if sure else Severity.WARN
    message = f"{mention.kind.capitalize()} `{mention.name}` is not in this home."
    return Problem("references", "references", mention.path, message, mend, severity)


def _similar(mention: Mention, home: Home) -> str:
    known = _known(mention.kind, home)
    by_name = {name.lower(): own_id for name, own_id in _by_name(mention.kind, home)}
    if mention.name.lower() in by_name:
        return by_name[mention.name.lower()]
    domain, dot, _ = mention.name.partition(".")
    same_domain = [name for name in known if name.startswith(domain + dot)] if dot else known
    return similar(mention.name, same_domain) or similar(mention.name, known)


def _by_name(kind: str, home: Home) -> Iterator[tuple[str, str]]:
    """What people call areas, floors and labels, with the ids that automations need."""
    if kind == "area":
        yield from ((area.name, area.area_id) for area in home.areas)
    if kind == "floor":
        yield from ((floor.name, floor.floor_id) for floor in home.floors)
    if kind == "label":
        yield from ((label.name, label.label_id) for label in home.labels)


def _trigger_ids(config: AutomationConfig) -> Iterator[Problem]:
    """A condition on a trigger that no trigger is called."""
    nodes = list(walk(config))
    ids = {str(node.value["id"]) for node in nodes if node.role is Role.TRIGGER and _has_id(node.value)}
    numbers = {str(number) for number in range(len(nodes))}  # without an id, a trigger is called by its position
    for node in nodes:
        if node.text("condition") != "trigger" or not _has_id(node.value):
            continue
        wanted = node.value["id"] if isinstance(node.value["id"], list) else [node.value["id"]]
        for name in wanted:
            if str(name) not in ids | numbers:
                message = f"No trigger has the id '{name}'."
                yield Problem(
                    "trigger_ids", "references", f"{node.path}.id", message, "Give a trigger this id.", Severity.WARN
                )


def _has_id(value: object) -> bool:
    return isinstance(value, dict) and value.get("id") is not None
