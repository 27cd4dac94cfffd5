"""A draft changed as a person's comment asks, where that can be understood without a model."""

from __future__ import annotations

from dataclasses import dataclass

from automations.config.reading.conditions import read_condition
from automations.config.targets import named_in_target
from automations.config.times import common_weekdays
from automations.config.words.conditions import condition_words
from automations.config.words.title import title_from, title_parts
from automations.config.words.wording import Wording
from generator.drafting.changes import (
    add_condition,
    light_condition,
    remove_actions,
    set_time,
    set_weekdays,
    shift_time,
    someone_home_condition,
    with_lists,
)
from generator.drafting.comments import (
    Intent,
    MoveTime,
    NotOn,
    OnlyOn,
    SetTime,
    WhenDark,
    WhenSomeoneHome,
    WithoutEntity,
    intents_from_comment,
)
from schemas.home import AutomationConfig, Home


@dataclass(frozen=True)
class RuleRedraft:
    """`config` is the changed draft, its alias changed to match; `changes` says what was done, a phrase each."""

    config: AutomationConfig
    changes: tuple[str, ...]


def redraft_by_rules(config: AutomationConfig, comment: str, home: Home, language: str) -> RuleRedraft | None:
    """The draft as `comment` asks; None where the comment is not wholly understood without a model.

    Understood are shifting or setting the time, weekdays, dark or daylight, somebody home, and dropping an action, in
    English and in the home's language where there is a phrase book. Raises InputError, with a sentence that says why,
    where the comment is understood and cannot be done.
    """
    draft = with_lists(config)
    targets = {entity_id: home.name_of(entity_id) for step in draft["actions"] for entity_id in named_in_target(step)}
    intents = intents_from_comment(comment, targets, language)
    if intents is None:
        return None
    changed = draft
    for intent in intents:
        changed = _apply_intent(changed, intent, home)
    renamed = changed | {"alias": _rename_alias(draft, changed, home, language)}
    wording = Wording.of(home, language).for_title()
    return RuleRedraft(renamed, tuple(_intent_words(intent, wording) for intent in intents))


def _apply_intent(config: AutomationConfig, intent: Intent, home: Home) -> AutomationConfig:
    match intent:
        case MoveTime(minutes=minutes):
            return shift_time(config, minutes)
        case SetTime(clock=clock):
            return set_time(config, clock)
        case OnlyOn(days=days):
            return set_weekdays(config, days)
        case NotOn(days=days):
            return set_weekdays(config, common_weekdays(config["conditions"]) - days)
        case WhenDark(dark=dark):
            opposite = light_condition(not dark)
            kept = [condition for condition in config["conditions"] if condition != opposite]
            return add_condition(config | {"conditions": kept}, light_condition(dark))
        case WhenSomeoneHome():
            return add_condition(config, someone_home_condition(home))
        case WithoutEntity(entity_id=entity_id):
            return _remove_entity(config, entity_id)


def _remove_entity(config: AutomationConfig, entity_id: str) -> AutomationConfig:
    """The steps that act on this entity alone are removed; from the others the entity is."""
    alone = {index for index, step in enumerate(config["actions"]) if named_in_target(step) == [entity_id]}
    steps = [
        step | {"target": step["target"] | {"entity_id": [name for name in named_in_target(step) if name != entity_id]}}
        if entity_id in named_in_target(step) and index not in alone
        else step
        for index, step in enumerate(config["actions"])
    ]
    return remove_actions(config | {"actions": steps}, alone)


def _rename_alias(before: AutomationConfig, after: AutomationConfig, home: Home, language: str) -> str:
    """The alias with the phrases that changed: replaced where it holds the old one, else added at its end."""
    alias = str(before.get("alias", ""))
    if alias == title_from(before, home, language):
        return title_from(after, home, language)
    parts, new_parts = title_parts(before, home, language), title_parts(after, home, language)
    for name in ("when", "days", "conditions", "wait"):
        old, new = getattr(parts, name), getattr(new_parts, name)
        if old == new:
            continue
        alias = alias.replace(old, new) if old and old in alias else f"{alias} {new}"
    return " ".join(alias.split())


def _intent_words(intent: Intent, wording: Wording) -> str:
    match intent:
        case MoveTime(minutes=minutes):
            return wording.say(f"changes.{'later' if minutes > 0 else 'earlier'}", minutes=abs(minutes))
        case SetTime(clock=clock):
            return wording.say("changes.at", clock=clock)
        case OnlyOn(days=days):
            return wording.days(days) or wording.say("changes.every_day")
        case NotOn(days=days):
            return wording.say("changes.not_on", days=wording.days(days))
        case WhenDark(dark=dark):
            return condition_words(read_condition(light_condition(dark)), wording)
        case WhenSomeoneHome():
            return wording.say("conditions.someone_home")
        case WithoutEntity(entity_id=entity_id):
            return wording.say("changes.without", names=wording.name(entity_id))
