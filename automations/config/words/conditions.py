"""A condition in words: "it is dark", "Hall light is off"."""

from __future__ import annotations

from automations.config.reading.conditions import (
    Combined,
    Condition,
    NumberIs,
    OtherCondition,
    StateIs,
    SunIs,
    TemplateHolds,
    TimeIs,
)
from automations.config.reading.values import Duration
from automations.config.words.triggers import other_words
from automations.config.words.wording import Wording

_LONGEST_TEMPLATE = 120


def condition_words(condition: Condition, wording: Wording) -> str:
    """ "" in a title for what is too long for one."""
    match condition:
        case StateIs():
            return _state_words(condition, wording)
        case NumberIs():
            return _number_words(condition, wording)
        case TimeIs():
            return _time_words(condition, wording)
        case SunIs():
            return _sun_words(condition, wording)
        case TemplateHolds(template=template):
            return wording.say("conditions.template", template=template[:_LONGEST_TEMPLATE])
        case Combined():
            return _combined_words(condition, wording)
        case OtherCondition(kind=kind, entity_ids=ids):
            return other_words("conditions", kind, ids, wording)


def _state_words(condition: StateIs, wording: Wording) -> str:
    if condition.somebody_home:
        return wording.say("conditions.someone_home")
    names = wording.names(condition.entity_ids)
    named = wording.attribute_of(
        condition.attribute, wording.one_of(names) if condition.any_of else wording.all_of(names)
    )
    words = wording.say("conditions.is", names=named, state=wording.one_of(map(wording.state, condition.states)))
    if not condition.lasts:
        return words
    return wording.say("conditions.for", state=words, duration=wording.duration(condition.lasts))


def _number_words(condition: NumberIs, wording: Wording) -> str:
    if condition.somebody_home is not None:
        return wording.say(f"conditions.{'someone_home' if condition.somebody_home else 'nobody_home'}")
    names = wording.attribute_of(condition.attribute, wording.all_of(wording.names(condition.entity_ids)))
    return wording.bounds("conditions", condition.above, condition.below, names=names)


def _time_words(condition: TimeIs, wording: Wording) -> str:
    after, before = ("" if time is None else wording.clock(time) for time in (condition.after, condition.before))
    span, days = _span(after, before, wording), wording.days(condition.weekdays)
    if not span and not days:
        return other_words("conditions", "time", (), wording)
    key = "span_on" if span and days else "span" if span else "on"
    return wording.say(f"conditions.{key}", span=span, days=days)


def _sun_words(condition: SunIs, wording: Wording) -> str:
    if condition.dark is not None:
        return wording.say(f"conditions.{'dark' if condition.dark else 'daylight'}")
    after = _sun_event(condition.after, condition.after_offset, wording)
    before = _sun_event(condition.before, condition.before_offset, wording)
    return wording.say("conditions.span", span=_span(after, before, wording))


def _sun_event(event: str, offset: Duration, wording: Wording) -> str:
    """ "15 min after sunset"; "" where there is no event."""
    name = wording.say(f"sun.{event}") if wording.has(f"sun.{event}") else event
    if not offset or not event:
        return name
    side = "before" if isinstance(offset, int) and offset < 0 else "after"
    return wording.say(f"sun.{side}", short=wording.short_duration(offset), event=name)


def _span(after: str, before: str, wording: Wording) -> str:
    if not after and not before:
        return ""
    return wording.say(
        f"spans.{'between' if after and before else 'after' if after else 'before'}", after=after, before=before
    )


def _combined_words(condition: Combined, wording: Wording) -> str:
    inner = [words for one in condition.conditions if (words := condition_words(one, wording))]
    word = wording.say("or" if condition.how in ("or", "not") else "and")
    return wording.say(f"conditions.{'none' if condition.how == 'not' else 'all'}", conditions=f" {word} ".join(inner))
