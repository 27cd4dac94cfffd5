"""Rung 6: automations that start themselves or each other again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from automations.checks.context import Context
from automations.config.state_changes import ANY, Change, brought_about, starts, waited_for
from schemas.home import AutomationConfig, Home
from schemas.problems import Problem, Severity

_LONGEST: Final = 3
"""Other automations in one circle; longer ones are not looked for."""


@dataclass(frozen=True)
class Part:
    """One automation of a circle: what starts it, by entity, and what it brings about."""

    wishes: Mapping[str, tuple[Change, ...]]
    effects: tuple[Change, ...]

    @cached_property
    def touched(self) -> frozenset[str]:
        return frozenset(effect.entity_id for effect in self.effects)


def loops(config: AutomationConfig, context: Context) -> Iterator[Problem]:
    """What it does starts itself, or starts others that start it."""
    known = {message for message, _ in _found(context.before, context)} if context.before else set()
    for message, severity in _found(config, context):
        if message not in known:
            mend = "Let one of them ask for a state that ends the circle."
            yield Problem("loops", "conflicts", "", message, mend, severity)


def _found(config: AutomationConfig, context: Context) -> Iterator[tuple[str, Severity]]:
    own = _part(config, context.home)
    if not own.wishes or not own.effects:
        return
    if _starts_itself(own):
        yield "It starts itself again and again.", Severity.ASK
    others = {name: other for name, other in context.others.items() if other.get("initial_state") is not False}
    parts = {name: _part(other, context.home) for name, other in others.items()}
    for circle in _circles(own, parts):
        names = " and then ".join(f"“{others[name].get('alias') or name}”" for name in circle)
        if _never_settles([own, *(parts[name] for name in circle)]):
            yield f"It starts {names}, and that starts it again, without end.", Severity.ASK
        else:
            yield f"It starts {names}, and that starts it once more.", Severity.WARN


def _part(config: AutomationConfig, home: Home | None) -> Part:
    wishes: dict[str, tuple[Change, ...]] = {}
    for wish in waited_for(config):
        wishes[wish.entity_id] = (*wishes.get(wish.entity_id, ()), wish)
    return Part(wishes, tuple(brought_about(config, home)))


def _starts_itself(part: Part) -> bool:
    """A toggle starts only a trigger on every change: from `on` it leads away from `to: on`."""
    lasting = _changing([part])
    return any(
        starts(effect, wish) and effect.entity_id in lasting and (effect.state != ANY or wish.state == ANY)
        for effect in part.effects
        for wish in part.wishes.get(effect.entity_id, ())
    )


def _never_settles(circle: list[Part]) -> bool:
    """Whether each starts the next by a change that comes again in every round."""
    lasting = _changing(circle)
    return all(_feeds(part, circle[(place + 1) % len(circle)], lasting) for place, part in enumerate(circle))


def _changing(circle: list[Part]) -> set[str]:
    """Entities that get two states, or are toggled: for all others the second round changes nothing."""
    states: dict[str, set[str]] = {}
    for part in circle:
        for effect in part.effects:
            states.setdefault(effect.entity_id, set()).add(effect.state)
    return {entity for entity, found in states.items() if len(found) > 1 or ANY in found}


def _feeds(part: Part, following: Part, only: set[str] | None = None) -> bool:
    if part.touched.isdisjoint(following.wishes):
        return False
    return any(
        starts(effect, wish) and (only is None or effect.entity_id in only)
        for effect in part.effects
        for wish in following.wishes.get(effect.entity_id, ())
    )


def _circles(own: Part, parts: Mapping[str, Part]) -> Iterator[tuple[str, ...]]:
    """Shortest circles through the others and back, each as the names in order."""
    waiting: list[tuple[tuple[str, ...], Part]] = [((), own)]
    seen: set[str] = set()
    while waiting:
        path, part = waiting.pop(0)
        for name in parts:
            if name in seen or not _feeds(part, parts[name]):
                continue
            seen.add(name)
            if _feeds(parts[name], own):
                yield (*path, name)
            elif len(path) + 1 < _LONGEST:
                waiting.append(((*path, name), parts[name]))
