"""What an automation is called in the home's language, made from its config with the phrase book."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from automations.config.times import WEEKDAYS, clock_seconds, clock_words, common_weekdays, duration_seconds
from automations.config.values import as_list
from automations.config.yaml import canonicalize
from generator.drafting.wording.language import phrase_book
from schemas.home import AutomationConfig, Home
from schemas.patterns import Evidence

Node = dict[str, Any]


def apply_phrases(config: AutomationConfig, evidence: Evidence, home: Home, language: str) -> AutomationConfig:
    """The config with alias and description in `language`."""
    seen = phrase_book(language)["seen"].format(seen=evidence.days_seen, possible=evidence.days_possible)
    return config | {"alias": alias_from(config, home, language), "description": seen}


def alias_from(config: AutomationConfig, home: Home, language: str) -> str:
    """ "Kitchen light einschalten um 06:42 an Werktagen": what, when, on which days, under which conditions."""
    plain, book = canonicalize(config), phrase_book(language)
    calls = [step for step in plain.get("actions", []) if "action" in step]
    parts = {
        "actions": _join([action_phrase(step, home, language, at > 0) for at, step in enumerate(calls)], language),
        "when": _join([trigger_phrase(trigger, home, language) for trigger in plain.get("triggers", [])], language),
        "days": days_phrase(common_weekdays(plain.get("conditions", [])), language),
        "conditions": " ".join(condition_phrase(node, home, language) for node in plain.get("conditions", [])),
        "wait": wait_phrase(plain.get("actions", []), language),
    }
    name = " ".join(book["name"].format(**parts).split())
    return name[:1].upper() + name[1:]


def action_phrase(step: Node, home: Home, language: str, follows: bool = False) -> str:
    """ "Turn on Kitchen light"; a verb that follows another phrase is lower case, a name never changes."""
    book = phrase_book(language)["actions"]
    verb = book.get(str(step["action"]).partition(".")[2], book["other"])
    target = step.get("target")
    ids = target.get("entity_id", []) if isinstance(target, dict) else []
    verb = verb[:1].lower() + verb[1:] if follows else verb
    return str(verb.format(_entity_names(ids, home, language)))


def trigger_phrase(trigger: Node, home: Home, language: str) -> str:
    """ "" where its kind has no phrase."""
    book = phrase_book(language)["when"]
    kind = trigger.get("trigger")
    if kind == "time":
        clocks = [clock_seconds(at) for at in as_list(trigger.get("at"))]
        return str(book["time"].format(_join([clock_words(at) for at in clocks if at is not None], language)))
    if kind == "sun":
        return _sun_phrase(trigger, book)
    named = _entity_names(as_list(trigger.get("entity_id")), home, language)
    if kind == "numeric_state":
        return _bound_phrase(trigger, named, book)
    if kind == "state" and len(as_list(trigger.get("to"))) == 1:
        state = str(as_list(trigger["to"])[0])
        return str(book.get(state, book["becomes"]).format(named, state=state.replace("_", " ")))
    return ""


def condition_phrase(condition: Any, home: Home, language: str) -> str:
    """ "" for weekdays, which `days_phrase` words, and for kinds that have no phrase."""
    book = phrase_book(language)["conditions"]
    if not isinstance(condition, dict):
        return ""
    kind, ids = condition.get("condition"), as_list(condition.get("entity_id"))
    if kind == "sun" and {condition.get("after"), condition.get("before")} == {"sunset", "sunrise"}:
        return str(book["dark" if condition["after"] == "sunset" else "daylight"])
    if ids == ["zone.home"] or (ids and all(name.startswith(("person.", "device_tracker.")) for name in ids)):
        return str(book["someone_home"]) if _means_present(condition) else ""
    if kind == "time":
        clocks = {key: clock_seconds(condition.get(key)) for key in ("after", "before")}
        times = {key: clock_words(at) for key, at in clocks.items() if at is not None}
        return str(book["between" if len(times) == 2 else next(iter(times))].format(**times)) if times else ""
    if kind == "numeric_state":
        return _bound_phrase(condition, _entity_names(ids, home, language), book)
    if kind == "state" and len(as_list(condition.get("state"))) == 1:
        state = str(as_list(condition["state"])[0]).replace("_", " ")
        return str(book["is"].format(_entity_names(ids, home, language), state=state))
    return ""


def days_phrase(days: Collection[str], language: str) -> str:
    book = phrase_book(language)["days"]
    chosen = [day for day in WEEKDAYS if day in days]
    if len(chosen) in (0, 7):
        return ""
    if chosen in (list(WEEKDAYS[:5]), list(WEEKDAYS[5:])):
        return str(book["week" if len(chosen) == 5 else "weekend"])
    return str(book["on"].format(_join([book["names"][WEEKDAYS.index(day)] for day in chosen], language)))


def wait_phrase(actions: Sequence[Any], language: str) -> str:
    first = actions[0] if actions and isinstance(actions[0], dict) else {}
    seconds = duration_seconds(first.get("delay"))
    return str(phrase_book(language)["when"]["wait"].format(round(seconds / 60))) if seconds and seconds >= 60 else ""


def _sun_phrase(trigger: Node, book: dict[str, str]) -> str:
    event, offset = trigger.get("event"), duration_seconds(trigger.get("offset", 0)) or 0
    if event not in ("sunrise", "sunset"):
        return ""
    minutes = round(abs(offset) / 60)
    side = "before" if offset < 0 else "after"
    return book[f"{side}_{event}"].format(minutes) if minutes else book[event]


def _bound_phrase(node: Node, named: str, book: dict[str, str]) -> str:
    above, below = node.get("above"), node.get("below")
    key = "within" if above is not None and below is not None else "above" if above is not None else "below"
    return book[key].format(named, above=_number_text(above), below=_number_text(below))


def _means_present(condition: Node) -> bool:
    return "home" in as_list(condition.get("state")) or condition.get("above") == 0


def _number_text(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


def _entity_names(ids: Sequence[Any], home: Home, language: str) -> str:
    return _join([home.name_of(str(entity_id)) for entity_id in ids if "." in str(entity_id)], language)


def _join(words: Sequence[str], language: str) -> str:
    parts = [word for word in words if word]
    return f" {phrase_book(language)['and']} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
