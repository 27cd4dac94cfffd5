"""Pure edits of an automation that a comment or a model may ask for, one at a time, never in place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from automations.config.normalize import modernize
from automations.config.times import WEEKDAYS, clock_seconds, clock_text, duration_seconds, duration_text
from automations.config.values import as_list
from schemas.clock import DAY_SECONDS
from schemas.errors import InputError
from schemas.home import AutomationConfig, Home

Node = dict[str, Any]

_MAX_MINUTES = 12 * 60


def with_lists(config: AutomationConfig) -> AutomationConfig:
    """The config in today's spelling, its triggers, conditions and actions as lists."""
    plain = modernize(config)
    return plain | {key: as_list(plain.get(key)) for key in ("triggers", "conditions", "actions")}


def shift_time(config: AutomationConfig, minutes: int) -> AutomationConfig:
    """The automation `minutes` later (negative: earlier), at most 12 hours.

    Clock and sun triggers are shifted; where there are none, a delay before the first action is. Past midnight the
    weekdays are shifted too. Raises InputError where it cannot be done.
    """
    if not 0 < abs(minutes) <= _MAX_MINUTES:
        raise InputError("The time can be moved by 1 minute to 12 hours; name another time.")
    plain = with_lists(config)
    days = {_day_shift(trigger, minutes) for trigger in plain["triggers"] if _is_timed(trigger)}
    if not days:
        return plain | {"actions": _shift_wait(plain["actions"], minutes * 60)}
    triggers = [_shift_trigger(trigger, minutes) if _is_timed(trigger) else trigger for trigger in plain["triggers"]]
    if days == {0}:
        return plain | {"triggers": triggers}
    if len(days) > 1:
        raise InputError("Only some of its times would pass midnight; write the new times in the editor.")
    shift = days.pop()
    return plain | {
        "triggers": [_shift_weekdays(trigger, shift) for trigger in triggers],
        "conditions": [_shift_weekdays(condition, shift) for condition in plain["conditions"]],
    }


def set_time(config: AutomationConfig, clock: str) -> AutomationConfig:
    """The automation at `clock` (`07:15`) in place of its one clock time; InputError where it has none or several."""
    plain = with_lists(config)
    timed = [index for index, trigger in enumerate(plain["triggers"]) if _clock_times(trigger)]
    if len(timed) != 1 or len(_clock_times(plain["triggers"][timed[0]])) != 1:
        raise InputError("It does not start at one time of day, so there is none to set; write it in the editor.")
    seconds = clock_seconds(clock)
    if seconds is None:
        raise InputError("A time of day is written as 07:15.")
    triggers = list(plain["triggers"])
    triggers[timed[0]] = triggers[timed[0]] | {"at": clock_text(seconds)}
    return plain | {"triggers": triggers}


def add_condition(config: AutomationConfig, condition: Node) -> AutomationConfig:
    """The automation with `condition` added, unless it is there already."""
    plain = with_lists(config)
    return plain if condition in plain["conditions"] else plain | {"conditions": [*plain["conditions"], condition]}


def set_weekdays(config: AutomationConfig, days: Collection[str]) -> AutomationConfig:
    """The automation on these weekdays (`mon`..`sun`) only, in place of those it had."""
    if not days:
        raise InputError("No day would be left; decline the suggestion instead.")
    plain = with_lists(config)
    others = [without for condition in plain["conditions"] if (without := _remove_weekdays(condition))]
    chosen = [] if len(days) == len(WEEKDAYS) else [weekday_condition(days)]
    triggers = [{key: value for key, value in trigger.items() if key != "weekday"} for trigger in plain["triggers"]]
    return plain | {"triggers": triggers, "conditions": [*others, *chosen]}


def remove_actions(config: AutomationConfig, removed: Collection[int]) -> AutomationConfig:
    """The automation without these steps; raises InputError where none would be left."""
    plain = with_lists(config)
    kept = [action for index, action in enumerate(plain["actions"]) if index not in removed]
    if not any("action" in action for action in kept):
        raise InputError("Nothing would be left to do; decline the suggestion instead.")
    return plain | {"actions": kept}


def weekday_condition(days: Collection[str]) -> Node:
    return {"condition": "time", "weekday": [day for day in WEEKDAYS if day in days]}


def light_condition(dark: bool) -> Node:
    """Dark: between sunset and sunrise. `after: sunset` alone would be false after midnight.

    Home Assistant joins sunset..sunrise by OR and sunrise..sunset by AND, which is what both mean.
    """
    after, before = ("sunset", "sunrise") if dark else ("sunrise", "sunset")
    return {"condition": "sun", "after": after, "before": before}


def someone_home_condition(home: Home) -> Node:
    """Somebody is home, by the state of the home zone, else of the persons; InputError where there is neither."""
    if "zone.home" in home.entities_by_id:
        return {"condition": "numeric_state", "entity_id": "zone.home", "above": 0}
    for domain in ("person", "device_tracker"):
        people = sorted(entity.entity_id for entity in home.entities if entity.domain == domain and not entity.disabled)
        if people:
            return {"condition": "state", "entity_id": people, "state": "home", "match": "any"}
    raise InputError(
        "This home has no person, tracker or home zone that tells whether somebody is home; add one first."
    )


def replace_conditions(config: AutomationConfig, conditions: Sequence[Node]) -> AutomationConfig:
    """The automation with exactly these conditions."""
    return with_lists(config) | {"conditions": list(conditions)}


def _clock_times(trigger: Node) -> list[int]:
    """The clock times of a time trigger, in seconds; none where it names an entity or a template."""
    times = [clock_seconds(at) for at in as_list(trigger.get("at"))] if trigger.get("trigger") == "time" else []
    valid = [at for at in times if at is not None]
    return valid if len(valid) == len(times) else []


def _is_timed(trigger: Node) -> bool:
    return bool(_clock_times(trigger)) or _sun_offset(trigger) is not None


def _sun_offset(trigger: Node) -> int | None:
    return duration_seconds(trigger.get("offset", 0)) if trigger.get("trigger") == "sun" else None


def _day_shift(trigger: Node, minutes: int) -> int:
    """-1, 0 or 1: the day on which it then happens; mixed times count as two and cannot be shifted together."""
    shifts = {(at + minutes * 60) // DAY_SECONDS for at in _clock_times(trigger)}
    return shifts.pop() if len(shifts) == 1 else 0 if not shifts else 2


def _shift_trigger(trigger: Node, minutes: int) -> Node:
    offset = _sun_offset(trigger)
    if offset is not None:
        return trigger | {"offset": duration_text(offset + minutes * 60)}
    times = [clock_text(at + minutes * 60) for at in _clock_times(trigger)]
    return trigger | {"at": times if isinstance(trigger["at"], list) else times[0]}


def _shift_weekdays(node: Any, shift: int) -> Any:
    """The trigger or condition with its weekdays shifted by `shift` days."""
    if not isinstance(node, dict) or "weekday" not in node:
        return node
    days = [day for day in as_list(node["weekday"]) if day in WEEKDAYS]
    moved_days = {WEEKDAYS[(WEEKDAYS.index(day) + shift) % 7] for day in days}
    return node | {"weekday": [day for day in WEEKDAYS if day in moved_days]}


def _remove_weekdays(condition: Any) -> Any:
    """The condition without its weekdays; None where nothing else was in it."""
    if not isinstance(condition, dict) or condition.get("condition") != "time" or "weekday" not in condition:
        return condition
    rest = {key: value for key, value in condition.items() if key != "weekday"}
    return rest if set(rest) & {"after", "before"} else None


def _shift_wait(actions: list[Node], seconds: int) -> list[Node]:
    """The steps with the delay before them changed by `seconds`."""
    first = actions[0] if actions and isinstance(actions[0], dict) else {}
    waited = duration_seconds(first["delay"]) if "delay" in first else 0
    if waited is None or waited + seconds < 0:
        raise InputError("It starts when something happens and cannot act before that; name another trigger instead.")
    rest = actions[1:] if "delay" in first else actions
    return [{"delay": duration_text(waited + seconds)}, *rest] if waited + seconds else list(rest)
