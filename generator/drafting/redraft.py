"""A draft changed as a person's comment asks, where that can be understood without a model."""

from __future__ import annotations

from dataclasses import dataclass

from automations.config.times import common_weekdays
from automations.config.values import as_list
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
from generator.drafting.wording.phrases import alias_from, condition_phrase, days_phrase, trigger_phrase, wait_phrase
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
    targets = {entity_id: home.name_of(entity_id) for step in draft["actions"] for entity_id in _targets(step)}
    intents = intents_from_comment(comment, targets, language)
    if intents is None:
        return None
    changed = draft
    for intent in intents:
        changed = _apply_intent(changed, intent, home)
    renamed = changed | {"alias": _rename_alias(draft, changed, home, language)}
    return RuleRedraft(renamed, tuple(_intent_words(wish, home, language) for wish in intents))


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
    alone = {index for index, step in enumerate(config["actions"]) if _targets(step) == [entity_id]}
    steps = [
        step | {"target": step["target"] | {"entity_id": [name for name in _targets(step) if name != entity_id]}}
        if entity_id in _targets(step) and index not in alone
        else step
        for index, step in enumerate(config["actions"])
    ]
    return remove_actions(config | {"actions": steps}, alone)


def _rename_alias(before: AutomationConfig, after: AutomationConfig, home: Home, language: str) -> str:
    """The alias with the phrases that changed: replaced where it holds the old one, else added at its end."""
    alias = str(before.get("alias", ""))
    if alias == alias_from(before, home, language):
        return alias_from(after, home, language)
    for old, new in zip(_phrases(before, home, language), _phrases(after, home, language), strict=True):
        if old == new:
            continue
        alias = alias.replace(old, new) if old and old in alias else f"{alias} {new}"
    return " ".join(alias.split())


def _phrases(config: AutomationConfig, home: Home, language: str) -> list[str]:
    """When, days, conditions and wait, in the home's language."""
    when = " ".join(trigger_phrase(trigger, home, language) for trigger in config["triggers"])
    conditions = [condition_phrase(node, home, language) for node in config["conditions"]]
    return [
        when,
        days_phrase(common_weekdays(config["conditions"]), language),
        " ".join(filter(None, conditions)),
        wait_phrase(config["actions"], language),
    ]


def _intent_words(intent: Intent, home: Home, language: str) -> str:
    match intent:
        case MoveTime(minutes=minutes):
            return f"{abs(minutes)} minutes {'later' if minutes > 0 else 'earlier'}"
        case SetTime(clock=clock):
            return f"at {clock}"
        case OnlyOn(days=days):
            return days_phrase(days, language) or "every day"
        case NotOn(days=days):
            return f"not {days_phrase(days, language)}"
        case WhenDark(dark=dark):
            return condition_phrase(light_condition(dark), home, language)
        case WhenSomeoneHome():
            return condition_phrase(someone_home_condition(home), home, language)
        case WithoutEntity(entity_id=entity_id):
            return f"without {home.name_of(entity_id)}"


def _targets(step: object) -> list[str]:
    target = step.get("target") if isinstance(step, dict) else None
    return [str(entity_id) for entity_id in as_list(target.get("entity_id"))] if isinstance(target, dict) else []
