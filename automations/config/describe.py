"""An automation in words: its triggers, conditions and actions, with the names people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from automations.config.yaml import canonicalize
from schemas.home import AutomationConfig, Home

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = dict(zip(_DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_VERB_BY_SERVICE: Final = {
    "turn_on": "turn on",
    "turn_off": "turn off",
    "toggle": "toggle",
    "open_cover": "open",
    "close_cover": "close",
    "lock": "lock",
    "unlock": "unlock",
    "set_temperature": "set the temperature of",
    "set_hvac_mode": "set the mode of",
    "media_play": "play",
    "media_pause": "pause",
    "volume_set": "set the volume of",
}


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


def describe(config: AutomationConfig, home: Home) -> Description:
    """The automation in words; a node without a describer is named by its kind, so nothing is hidden."""
    full = canonicalize(config)
    triggers = tuple(_describe_node(t, "trigger", _TRIGGERS, home) for t in _dicts(full.get("triggers")))
    conditions = tuple(_describe_node(c, "condition", _CONDITIONS, home) for c in _dicts(full.get("conditions")))
    actions = tuple(_describe_action(a, home) for a in _dicts(full.get("actions")))
    parts = [_join(triggers, " or "), _join(actions, ", then ")]
    sentence = ", ".join(part for part in parts if part)
    if conditions:
        sentence += f", but only if {_join(conditions, ' and ')}"
    return Description(f"{sentence[:1].upper()}{sentence[1:]}.", triggers, conditions, actions)


def entities_of(node: Any) -> tuple[str, ...]:
    """Every entity id that a part of an automation names, in order, each once."""
    return tuple(dict.fromkeys(_entities(node)))


Describer = Callable[[dict[str, Any], Home], str]


def _describe_node(node: dict[str, Any], key: str, describers: dict[str, Describer], home: Home) -> Phrase:
    kind = str(node.get(key, ""))
    describer = describers.get(kind)
    text = describer(node, home) if describer else _describe_by_kind(kind, node, home)
    return Phrase(text, entities_of(node), kind)


def _describe_by_kind(kind: str, node: dict[str, Any], home: Home) -> str:
    named = _join_names(entities_of(node), home)
    return f"{kind.replace('_', ' ').replace('.', ' ')} {named}".strip() or "something else"


def _state_trigger(node: dict[str, Any], home: Home) -> str:
    where = _join_names(entities_of(node), home)
    to = _join_values(node.get("to"))
    return f"when {where} turns {to}{_for_text(node)}" if to else f"when {where} changes{_for_text(node)}"


def _numeric_trigger(node: dict[str, Any], home: Home) -> str:
    return f"when {_join_names(entities_of(node), home)} goes {_limits_text(node)}{_for_text(node)}"


def _time_trigger(node: dict[str, Any], _home: Home) -> str:
    days = _weekdays_text(node.get("weekday"))
    return f"at {_join_values(node.get('at'), _clock_text)}{f' on {days}' if days else ''}"


def _sun_trigger(node: dict[str, Any], _home: Home) -> str:
    return f"at {_offset_text(node.get('offset'), str(node.get('event', 'sunset')))}"


def _zone_trigger(node: dict[str, Any], home: Home) -> str:
    verb = "leaves" if node.get("event") == "leave" else "enters"
    zone = str(node.get("zone", ""))
    return f"when {_join_names([e for e in entities_of(node) if e != zone], home)} {verb} {home.name_of(zone)}"


def _pattern_trigger(node: dict[str, Any], _home: Home) -> str:
    parts = [f"{unit} {node[unit]}" for unit in ("hours", "minutes", "seconds") if unit in node]
    return f"by the clock ({', '.join(parts)})"


_TRIGGERS: Final[dict[str, Describer]] = {
    "state": _state_trigger,
    "numeric_state": _numeric_trigger,
    "time": _time_trigger,
    "sun": _sun_trigger,
    "zone": _zone_trigger,
    "time_pattern": _pattern_trigger,
}


def _state_condition(node: dict[str, Any], home: Home) -> str:
    return f"{_join_names(entities_of(node), home)} is {_join_values(node.get('state'))}{_for_text(node)}"


def _numeric_condition(node: dict[str, Any], home: Home) -> str:
    return f"{_join_names(entities_of(node), home)} is {_limits_text(node)}"


def _time_condition(node: dict[str, Any], _home: Home) -> str:
    days = _weekdays_text(node.get("weekday"))
    after, before = node.get("after"), node.get("before")
    span = " and ".join(
        part
        for part in (f"after {_clock_text(after)}" if after else "", f"before {_clock_text(before)}" if before else "")
        if part
    )
    return "it is " + " on ".join(part for part in (span, days) if part)


def _sun_condition(node: dict[str, Any], _home: Home) -> str:
    after, before = node.get("after"), node.get("before")
    if after == "sunset" and before == "sunrise":
        return "it is dark"
    parts = [
        f"{word} {_offset_text(node.get(f'{word}_offset'), str(event))}"
        for word, event in (("after", after), ("before", before))
        if event
    ]
    return f"it is {' and '.join(parts)}"


def _template(node: dict[str, Any], _home: Home) -> str:
    return f"the template {str(node.get('value_template', ''))[:120]} holds"


def _logic(node: dict[str, Any], home: Home) -> str:
    inner = [_describe_node(c, "condition", _CONDITIONS, home).text for c in _dicts(node.get("conditions"))]
    if node.get("condition") == "not":
        return f"not ({' or '.join(inner)})"
    word = f" {node.get('condition')} "
    return f"({word.join(inner)})"


_CONDITIONS: Final[dict[str, Describer]] = {
    "state": _state_condition,
    "numeric_state": _numeric_condition,
    "time": _time_condition,
    "sun": _sun_condition,
    "template": _template,
    "and": _logic,
    "or": _logic,
    "not": _logic,
}


def _describe_action(node: dict[str, Any], home: Home) -> Phrase:
    if "action" in node:
        return Phrase(_describe_call(node, home), entities_of(node), "call")
    if "delay" in node:
        return Phrase(f"wait {_duration_text(node['delay'])}", (), "delay")
    kind = next((key for key in _BLOCKS if key in node), "")
    if kind:
        return Phrase(f"{_BLOCKS[kind]} ({len(_calls_below(node))} steps inside)", entities_of(node), kind)
    return _describe_node(node, "condition", _CONDITIONS, home) if "condition" in node else _describe_other(node, home)


_BLOCKS: Final = {
    "choose": "choose what fits",
    "if": "if it fits, do this",
    "repeat": "repeat",
    "parallel": "do side by side",
    "sequence": "do in order",
    "wait_for_trigger": "wait for something to happen",
    "wait_template": "wait until a template holds",
}


def _describe_call(node: dict[str, Any], home: Home) -> str:
    domain, _, service = str(node["action"]).partition(".")
    verb = _VERB_BY_SERVICE.get(service, f"{service.replace('_', ' ')} ({domain})")
    target = node.get("target") if isinstance(node.get("target"), dict) else {}
    areas = [home.areas_by_id[a].name if a in home.areas_by_id else a for a in _list((target or {}).get("area_id"))]
    where = ", ".join(
        filter(None, [_join_names(entities_of(node), home), *(f"everything in {area}" for area in areas)])
    )
    data = {key: value for key, value in (node.get("data") or {}).items() if key != "entity_id"}
    given = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in data.items())
    detail = f" ({given})" if given else ""
    return f"{verb} {where}{detail}".strip()


def _describe_other(node: dict[str, Any], home: Home) -> Phrase:
    kind = next(iter(node), "step")
    return Phrase(f"{kind.replace('_', ' ')} {_join_names(entities_of(node), home)}".strip(), entities_of(node), kind)


def _calls_below(node: Any) -> list[Any]:
    """Every service call below a node."""
    if isinstance(node, dict):
        own = [node] if "action" in node else []
        return own + [step for value in node.values() for step in _calls_below(value)]
    return [step for item in node for step in _calls_below(item)] if isinstance(node, list) else []


def _entities(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("entity_id", "zone"):
                yield from (item for item in _list(value) if isinstance(item, str))
            else:
                yield from _entities(value)
    elif isinstance(node, list):
        for item in node:
            yield from _entities(item)


def _join_names(entity_ids: Iterable[str], home: Home) -> str:
    named = [home.name_of(entity_id) if "." in entity_id else entity_id for entity_id in entity_ids]
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)


def _join(phrases: tuple[Phrase, ...], word: str) -> str:
    return word.join(phrase.text for phrase in phrases)


def _limits_text(node: dict[str, Any]) -> str:
    parts = [f"{side} {node[side]}" for side in ("above", "below") if node.get(side) is not None]
    return " and ".join(parts)


def _for_text(node: dict[str, Any]) -> str:
    return f" for {_duration_text(node['for'])}" if node.get("for") else ""


def _duration_text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{amount} {unit}" for unit, amount in value.items())
    if isinstance(value, int | float):
        return f"{value} s"
    parts = [part.lstrip("0") for part in str(value).split(":")]
    if len(parts) in (2, 3) and all(part.isdigit() or not part for part in parts):
        return " ".join(f"{part} {unit}" for part, unit in zip(parts, ("h", "min", "s"), strict=False) if part)
    return str(value)


def _offset_text(offset: Any, event: str) -> str:
    if not offset:
        return event
    before = str(offset).startswith("-")
    text = _duration_text(str(offset).lstrip("+-") if isinstance(offset, str) else offset)
    return f"{text} {'before' if before else 'after'} {event}"


def _weekdays_text(value: Any) -> str:
    days = [day for day in _DAYS if day in _list(value)]
    if days == list(_DAYS[:5]):
        return "a weekday"
    if days == list(_DAYS[5:]):
        return "the weekend"
    return "" if len(days) == len(_DAYS) else ", ".join(_DAY_NAMES[day] for day in days)


def _clock_text(value: Any) -> str:
    text = str(value)
    return text[:-3] if len(text) == len("00:00:00") and text.endswith(":00") else text


def _join_values(value: Any, format_value: Callable[[Any], str] = str) -> str:
    return " or ".join(format_value(item) for item in _list(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
