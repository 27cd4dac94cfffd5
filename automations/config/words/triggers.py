"""A trigger in words: "when Hall motion turns on for 5 minutes"."""

from __future__ import annotations

from automations.config.reading.triggers import (
    AtSun,
    AtTime,
    NumberCrossing,
    OtherTrigger,
    StateChange,
    TimePattern,
    Trigger,
    ZoneCrossing,
)
from automations.config.reading.values import Duration
from automations.config.words.wording import Wording


def trigger_words(trigger: Trigger, wording: Wording) -> str:
    match trigger:
        case AtTime():
            return _time_words(trigger, wording)
        case AtSun():
            return _sun_words(trigger, wording)
        case StateChange():
            return _lasting(_state_words(trigger, wording), trigger.stays, wording)
        case NumberCrossing():
            return _lasting(_number_words(trigger, wording), trigger.stays, wording)
        case ZoneCrossing(entity_ids=ids, zone=zone, enters=enters):
            names = wording.one_of(wording.names(ids))
            return wording.say(f"triggers.{'enters' if enters else 'leaves'}", names=names, zone=wording.name(zone))
        case TimePattern(parts=parts):
            return wording.say("triggers.pattern", parts=", ".join(f"{unit} {value}" for unit, value in parts))
        case OtherTrigger(kind=kind, entity_ids=ids):
            return other_words("triggers", kind, ids, wording)


def other_words(part: str, kind: str, entity_ids: tuple[str, ...], wording: Wording) -> str:
    """What has no words of its own is named by its kind, so that nothing is hidden."""
    kind = kind.replace("_", " ").replace(".", " ")
    named = wording.say(f"{part}.other", kind=kind, names=wording.all_of(wording.names(entity_ids))).strip()
    return named or wording.say(f"{part}.unknown")


def _time_words(trigger: AtTime, wording: Wording) -> str:
    at = wording.each_of([*map(wording.clock, trigger.clocks), *wording.names(trigger.named)])
    days = wording.days(trigger.weekdays)
    return wording.say("triggers.time_on", at=at, days=days) if days else wording.say("triggers.time", at=at)


def _sun_words(trigger: AtSun, wording: Wording) -> str:
    offset = trigger.offset
    if not offset or trigger.event not in ("sunrise", "sunset"):
        return wording.say(f"triggers.{trigger.event}") if wording.has(f"triggers.{trigger.event}") else trigger.event
    side = "before" if isinstance(offset, int) and offset < 0 else "after"
    return wording.say(
        f"triggers.{side}",
        duration=wording.duration(offset),
        short=wording.short_duration(offset),
        event=wording.say(f"sun.{trigger.event}"),
    )


def _state_words(trigger: StateChange, wording: Wording) -> str:
    names = wording.one_of(wording.names(trigger.entity_ids))
    if trigger.attribute or len(trigger.to) != 1:
        names = wording.attribute_of(trigger.attribute, names)
        to = wording.one_of(map(wording.state, trigger.to))
        return wording.say(f"triggers.{'becomes' if to else 'changes'}", names=names, state=to)
    turns = f"triggers.turns.{trigger.to[0]}"
    if wording.has(turns):
        return wording.say(turns, names=names)
    people = trigger.entity_ids and all(name.startswith(("person.", "device_tracker.")) for name in trigger.entity_ids)
    return wording.say(
        f"triggers.{'reaches' if people else 'becomes'}", names=names, state=wording.state(trigger.to[0])
    )


def _number_words(trigger: NumberCrossing, wording: Wording) -> str:
    if trigger.somebody_home is not None:
        return wording.say(f"triggers.{'first_comes' if trigger.somebody_home else 'last_leaves'}")
    names = wording.attribute_of(trigger.attribute, wording.one_of(wording.names(trigger.entity_ids)))
    return wording.bounds("triggers", trigger.above, trigger.below, names=names)


def _lasting(words: str, stays: Duration | None, wording: Wording) -> str:
    return wording.say("triggers.for", event=words, duration=wording.duration(stays)) if stays else words
