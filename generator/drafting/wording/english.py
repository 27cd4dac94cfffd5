"""A pattern in plain English: the automation's alias and its reason."""

from __future__ import annotations

from automations.config.times import clock_text
from schemas.home import Home
from schemas.patterns import (
    EVERY_DAY,
    Action,
    ClockCondition,
    ClockTrigger,
    Condition,
    DarkCondition,
    Evidence,
    NumericCondition,
    NumericTrigger,
    Pattern,
    StateCondition,
    StateTrigger,
    SunTrigger,
    Trigger,
)

VERBS = {
    "turn_on": "Turn on {}",
    "turn_off": "Turn off {}",
    "open_cover": "Open {}",
    "close_cover": "Close {}",
    "lock": "Lock {}",
    "unlock": "Unlock {}",
    "media_play": "Play {}",
    "media_pause": "Pause {}",
    "media_stop": "Stop {}",
    "start": "Start {}",
    "return_to_base": "Send {} back to its base",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})


def pattern_title(pattern: Pattern, home: Home) -> str:
    """The automation's alias: "Turn on Kitchen light at 06:42 on weekdays"."""
    actions = " and ".join(_lowered(at, action_words(action, home)) for at, action in enumerate(pattern.actions))
    parts = [actions, trigger_words(pattern.trigger, home), day_words(pattern.weekdays)]
    parts += [condition_words(condition, home) for condition in pattern.conditions]
    return " ".join(part for part in parts if part)


def pattern_reason(pattern: Pattern) -> str:
    """Why it is proposed, with its numbers."""
    seen = pattern.evidence
    return (
        f"Seen on {seen.days_seen} of {seen.days_possible} possible days; "
        f"done by hand after {seen.occurrences} of {seen.opportunities} chances{_spread_words(seen)}."
    )


def _spread_words(evidence: Evidence) -> str:
    if evidence.jitter_seconds < 60:
        return ""
    minutes = max(1, round(evidence.jitter_seconds / 60))
    return f", usually within {minutes} minutes" if minutes > 1 else ", usually within a minute"


def _lowered(at: int, words: str) -> str:
    return words if at == 0 else words[0].lower() + words[1:]


def action_words(action: Action, home: Home) -> str:
    name = home.name_of(action.entity_id)
    verb = VERBS.get(action.service.split(".", 1)[1])
    return verb.format(name) if verb else f"Set {name} to {action.state}"


def trigger_words(trigger: Trigger, home: Home) -> str:
    match trigger:
        case ClockTrigger():
            return f"at {clock_text(trigger.at_seconds)[:5]}"
        case SunTrigger(event=event, offset_seconds=0):
            return f"at {event}"
        case SunTrigger():
            side = "after" if trigger.offset_seconds > 0 else "before"
            return f"{_duration_words(abs(trigger.offset_seconds))} {side} {trigger.event}"
        case StateTrigger():
            return f"when {state_words(trigger.entity_id, trigger.to, home)}"
        case NumericTrigger(entity_id="zone.home"):
            return "when the last one leaves" if trigger.below is not None else "when the first one comes home"
        case NumericTrigger():
            return f"when {home.name_of(trigger.entity_id)} is {_bound_words(trigger.above, trigger.below)}"


def state_words(entity_id: str, state: str, home: Home) -> str:
    name, domain = home.name_of(entity_id), entity_id.split(".", 1)[0]
    if domain in ("person", "device_tracker"):
        return {"home": f"{name} comes home", "not_home": f"{name} leaves"}.get(state, f"{name} reaches {state}")
    return f"{name} turns {state}" if state in ("on", "off") else f"{name} becomes {state}"


def condition_words(condition: Condition, home: Home) -> str:
    match condition:
        case DarkCondition(dark=dark):
            return "when it is dark" if dark else "by daylight"
        case ClockCondition():
            return f"between {clock_text(condition.after_seconds)[:5]} and {clock_text(condition.before_seconds)[:5]}"
        case NumericCondition(entity_id="zone.home"):
            return "if someone is home" if condition.above is not None else "if nobody is home"
        case NumericCondition():
            return f"if {home.name_of(condition.entity_id)} is {_bound_words(condition.above, condition.below)}"
        case StateCondition(entity_id=entity_id, state=state):
            return f"if {home.name_of(entity_id)} is {state.replace('_', ' ')}"


def day_words(weekdays: frozenset[int]) -> str:
    named = {EVERY_DAY: "", WORKDAYS: "on weekdays", WEEKEND: "at weekends"}
    if weekdays in named:
        return named[weekdays]
    names = [f"{DAYS[day]}s" for day in sorted(weekdays)]
    return "on " + (names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}")


def _bound_words(above: float | None, below: float | None) -> str:
    if above is not None and below is not None:
        return f"between {above:g} and {below:g}"
    return f"above {above:g}" if above is not None else f"below {below:g}"


def _duration_words(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes else f"{seconds} seconds"
