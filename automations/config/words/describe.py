"""An automation in words: its triggers, conditions and actions, with the names people use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automations.config.normalize import canonicalize
from automations.config.reading.actions import Block, Call, Wait, read_step
from automations.config.reading.conditions import read_condition
from automations.config.reading.triggers import read_trigger
from automations.config.reading.values import Node
from automations.config.references import entities_of
from automations.config.values import as_list
from automations.config.words.actions import step_words
from automations.config.words.conditions import condition_words
from automations.config.words.phrase_book import ENGLISH
from automations.config.words.triggers import trigger_words
from automations.config.words.wording import Wording
from schemas.home import AutomationConfig, Home


@dataclass(frozen=True)
class Phrase:
    """One trigger, condition or action in words, with the entities it names; `icon` is its kind."""

    text: str
    entities: tuple[str, ...]
    icon: str


@dataclass(frozen=True)
class Description:
    sentence: str
    triggers: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]
    actions: tuple[Phrase, ...]


def describe(config: AutomationConfig, home: Home, language: str = ENGLISH) -> Description:
    """The automation in words; what has no words of its own is named by its kind, so nothing is hidden."""
    full, wording = canonicalize(config), Wording.of(home, language)
    triggers = tuple(_trigger_phrase(node, wording) for node in nodes_of(full, "triggers"))
    conditions = tuple(_condition_phrase(node, wording) for node in nodes_of(full, "conditions"))
    actions = tuple(_action_phrase(node, wording) for node in nodes_of(full, "actions"))
    return Description(_sentence(triggers, conditions, actions, wording), triggers, conditions, actions)


def nodes_of(config: AutomationConfig, part: str) -> list[dict[Any, Any]]:
    """The triggers, conditions or actions of a canonical config, without what is none."""
    return [node for node in as_list(config.get(part)) if isinstance(node, dict)]


def capitalized(words: str) -> str:
    """With a capital first letter; the rest, names among it, stays."""
    return words[:1].upper() + words[1:]


def _trigger_phrase(node: Node, wording: Wording) -> Phrase:
    return Phrase(trigger_words(read_trigger(node), wording), entities_of(node), str(node.get("trigger", "")))


def _condition_phrase(node: Node, wording: Wording) -> Phrase:
    return Phrase(condition_words(read_condition(node), wording), entities_of(node), str(node.get("condition", "")))


def _action_phrase(node: Node, wording: Wording) -> Phrase:
    step = read_step(node)
    match step:
        case Call():
            icon = "call"
        case Wait():
            icon = "delay"
        case Block(kind=kind):
            icon = kind
        case _:
            icon = str(node.get("condition") or next(iter(node), "step"))
    return Phrase(step_words(step, wording), entities_of(node), icon)


def _sentence(
    triggers: tuple[Phrase, ...], conditions: tuple[Phrase, ...], actions: tuple[Phrase, ...], wording: Wording
) -> str:
    when = _join(triggers, f" {wording.say('or')} ")
    what = ", ".join(part for part in (when, _join(actions, wording.say("sentence.then"))) if part)
    if conditions:
        what = wording.say("sentence.only_if", what=what, conditions=_join(conditions, f" {wording.say('and')} "))
    return f"{capitalized(what)}."


def _join(phrases: tuple[Phrase, ...], word: str) -> str:
    return word.join(phrase.text for phrase in phrases)
