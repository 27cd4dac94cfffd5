"""Check 6: automations that start themselves or each other again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from automations.checks.context import CheckContext
from automations.checks.readings import Reading
from automations.config.nodes import is_deployed_off
from automations.config.state_changes import ANY_STATE, StateChange, would_trigger
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

_MAX_CYCLE_LENGTH: Final = 3
"""Other automations in one cycle; longer cycles are not searched."""


@dataclass(frozen=True)
class LoopMember:
    """One automation of a cycle: what triggers it, by entity, and the state changes it causes."""

    triggers: Mapping[str, tuple[StateChange, ...]]
    effects: tuple[StateChange, ...]

    @cached_property
    def affected_entities(self) -> frozenset[str]:
        return frozenset(effect.entity_id for effect in self.effects)


def loops(config: AutomationConfig, context: CheckContext) -> Iterator[Problem]:
    """What it does starts itself, or starts others that start it."""
    earlier_messages = (
        {message for message, _ in _find_loops(context.previous_version, context)}
        if context.previous_version
        else set()
    )
    for message, severity in _find_loops(config, context):
        if message not in earlier_messages:
            fix = "Let one of them ask for a state that ends the circle."
            yield Problem("loops", "conflicts", "", message, fix, severity)


def _find_loops(config: AutomationConfig, context: CheckContext) -> Iterator[tuple[str, Severity]]:
    member = _member_from_reading(context.readings.of(config), context.home)
    if not member.triggers or not member.effects:
        return
    if _starts_itself(member):
        yield "It starts itself again and again.", Severity.ASK
    others = {name: other for name, other in context.other_automations.items() if not is_deployed_off(other)}
    members = {name: _member_from_reading(context.readings.of(other), context.home) for name, other in others.items()}
    for cycle in _find_cycles(member, members):
        names = " and then ".join(f"“{others[name].get('alias') or name}”" for name in cycle)
        if _never_settles([member, *(members[name] for name in cycle)]):
            yield f"It starts {names}, and that starts it again, without end.", Severity.ASK
        else:
            yield f"It starts {names}, and that starts it once more.", Severity.WARN


def _member_from_reading(reading: Reading, home: Home | None) -> LoopMember:
    triggers: dict[str, tuple[StateChange, ...]] = {}
    for trigger in reading.triggering_changes:
        triggers[trigger.entity_id] = (*triggers.get(trigger.entity_id, ()), trigger)
    return LoopMember(triggers, reading.caused_changes(home))


def _starts_itself(member: LoopMember) -> bool:
    """A toggle starts only a trigger on every change: from `on` it leads away from `to: on`."""
    alternating = _alternating_entities([member])
    return any(
        would_trigger(effect, trigger)
        and effect.entity_id in alternating
        and (effect.state != ANY_STATE or trigger.state == ANY_STATE)
        for effect in member.effects
        for trigger in member.triggers.get(effect.entity_id, ())
    )


def _never_settles(cycle: list[LoopMember]) -> bool:
    """Whether each starts the next by a change that comes again in every round."""
    alternating = _alternating_entities(cycle)
    return all(_can_trigger(member, cycle[(index + 1) % len(cycle)], alternating) for index, member in enumerate(cycle))


def _alternating_entities(cycle: list[LoopMember]) -> set[str]:
    """Entities that get two states, or are toggled: for all others the second round changes nothing."""
    states: dict[str, set[str]] = {}
    for member in cycle:
        for effect in member.effects:
            states.setdefault(effect.entity_id, set()).add(effect.state)
    return {entity for entity, entity_states in states.items() if len(entity_states) > 1 or ANY_STATE in entity_states}


def _can_trigger(member: LoopMember, following: LoopMember, only: set[str] | None = None) -> bool:
    if member.affected_entities.isdisjoint(following.triggers):
        return False
    return any(
        would_trigger(effect, trigger) and (only is None or effect.entity_id in only)
        for effect in member.effects
        for trigger in following.triggers.get(effect.entity_id, ())
    )


def _find_cycles(start: LoopMember, members: Mapping[str, LoopMember]) -> Iterator[tuple[str, ...]]:
    """Shortest cycles through the others and back, each as the names in order."""
    waiting: list[tuple[tuple[str, ...], LoopMember]] = [((), start)]
    seen: set[str] = set()
    while waiting:
        path, member = waiting.pop(0)
        for name in members:
            if name in seen or not _can_trigger(member, members[name]):
                continue
            seen.add(name)
            if _can_trigger(members[name], start):
                yield (*path, name)
            elif len(path) + 1 < _MAX_CYCLE_LENGTH:
                waiting.append(((*path, name), members[name]))
