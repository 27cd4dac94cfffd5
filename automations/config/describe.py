"""An automation in words: what starts it, on what terms, and what it then does, with the names people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from automations.config.yaml import canonical
from schemas.home import AutomationConfig, Home

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = dict(zip(_DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_VERBS: Final = {
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

    words: str
    entities: tuple[str, ...]
    icon: str


@dataclass(frozen=True)
class Description:
    sentence: str
    triggers: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]
    actions: tuple[Phrase, ...]


def describe(config: AutomationConfig, home: Home) -> Description:
    """The automation in words; whatever has no words of its own is named by its kind, so nothing is hidden."""
    full = canonical(config)
    triggers = tuple(_phrase(t, "trigger", _TRIGGERS, home) for t in _dicts(full.get("triggers")))
    conditions = tuple(_phrase(c, "condition", _CONDITIONS, home) for c in _dicts(full.get("conditions")))
    actions = tuple(_action(a, home) for a in _dicts(full.get("actions")))
    parts = [_joined(triggers, " or "), _joined(actions, ", then ")]
    sentence = ", ".join(part for part in parts if part)
    if conditions:
        sentence += f", but only if {_joined(conditions, ' and ')}"
    return Description(f"{sentence[:1].upper()}{sentence[1:]}.", triggers, conditions, actions)


def entities_of(node: Any) -> tuple[str, ...]:
    """Every entity id that a part of an automation names, in order, each once."""
    return tuple(dict.fromkeys(_entities(node)))


Worder = Callable[[dict[str, Any], Home], str]


def _phrase(node: dict[str, Any], key: str, words: dict[str, Worder], home: Home) -> Phrase:
    kind = str(node.get(key, ""))
    found = words.get(kind)
    text = found(node, home) if found else _by_kind(kind, node, home)
    return Phrase(text, entities_of(node), kind)


def _by_kind(kind: str, node: dict[str, Any], home: Home) -> str:
    named = _names(entities_of(node), home)
    return f"{kind.replace('_', ' ').replace('.', ' ')} {named}".strip() or "something else"


def _state_trigger(node: dict[str, Any], home: Home) -> str:
    where = _names(entities_of(node), home)
    to = _values(node.get("to"))
    return f"when {where} turns {to}{_for(node)}" if to else f"when {where} changes{_for(node)}"


def _numeric_trigger(node: dict[str, Any], home: Home) -> str:
    return f"when {_names(entities_of(node), home)} goes {_band(node)}{_for(node)}"


def _time_trigger(node: dict[str, Any], _home: Home) -> str:
    days = _weekdays(node.get("weekday"))
    return f"at {_values(node.get('at'), _clock)}{f' on {days}' if days else ''}"


def _sun_trigger(node: dict[str, Any], _home: Home) -> str:
    return f"at {_offset(node.get('offset'), str(node.get('event', 'sunset')))}"


def _zone_trigger(node: dict[str, Any], home: Home) -> str:
    verb = "leaves" if node.get("event") == "leave" else "enters"
    zone = str(node.get("zone", ""))
    return f"when {_names([e for e in entities_of(node) if e != zone], home)} {verb} {home.name_of(zone)}"


def _pattern_trigger(node: dict[str, Any], _home: Home) -> str:
    parts = [f"{unit} {node[unit]}" for unit in ("hours", "minutes", "seconds") if unit in node]
    return f"by the clock ({', '.join(parts)})"


_TRIGGERS: Final[dict[str, Worder]] = {
    "state": _state_trigger,
    "numeric_state": _numeric_trigger,
    "time": _time_trigger,
    "sun": _sun_trigger,
    "zone": _zone_trigger,
    "time_pattern": _pattern_trigger,
}


def _state_condition(node: dict[str, Any], home: Home) -> str:
    return f"{_names(entities_of(node), home)} is {_values(node.get('state'))}{_for(node)}"


def _numeric_condition(node: dict[str, Any], home: Home) -> str:
    return f"{_names(entities_of(node), home)} is {_band(node)}"


def _time_condition(node: dict[str, Any], _home: Home) -> str:
    days = _weekdays(node.get("weekday"))
    after, before = node.get("after"), node.get("before")
    span = " and ".join(
        part
        for part in (f"after {_clock(after)}" if after else "", f"before {_clock(before)}" if before else "")
        if part
    )
    return "it is " + " on ".join(part for part in (span, days) if part)


def _sun_condition(node: dict[str, Any], _home: Home) -> str:
    after, before = node.get("after"), node.get("before")
    if after == "sunset" and before == "sunrise":
        return "it is dark"
    parts = [
        f"{word} {_offset(node.get(f'{word}_offset'), str(event))}"
        for word, event in (("after", after), ("before", before))
        if event
    ]
    return f"it is {' and '.join(parts)}"


def _template(node: dict[str, Any], _home: Home) -> str:
    return f"the template {str(node.get('value_template', ''))[:120]} holds"


def _logic(node: dict[str, Any], home: Home) -> str:
    inner = [_phrase(c, "condition", _CONDITIONS, home).words for c in _dicts(node.get("conditions"))]
    if node.get("condition") == "not":
        return f"not ({' or '.join(inner)})"
    word = f" {node.get('condition')} "
    return f"({word.join(inner)})"


_CONDITIONS: Final[dict[str, Worder]] = {
    "state": _state_condition,
    "numeric_state": _numeric_condition,
    "time": _time_condition,
    "sun": _sun_condition,
    "template": _template,
    "and": _logic,
    "or": _logic,
    "not": _logic,
}


def _action(node: dict[str, Any], home: Home) -> Phrase:
    if "action" in node:
        return Phrase(_call(node, home), entities_of(node), "call")
    if "delay" in node:
        return Phrase(f"wait {_duration(node['delay'])}", (), "delay")
    kind = next((key for key in _BLOCKS if key in node), "")
    if kind:
        return Phrase(f"{_BLOCKS[kind]} ({len(_steps(node))} steps inside)", entities_of(node), kind)
    return _phrase(node, "condition", _CONDITIONS, home) if "condition" in node else _other(node, home)


_BLOCKS: Final = {
    "choose": "choose what fits",
    "if": "if it fits, do this",
    "repeat": "repeat",
    "parallel": "do side by side",
    "sequence": "do in order",
    "wait_for_trigger": "wait for something to happen",
    "wait_template": "wait until a template holds",
}


def _call(node: dict[str, Any], home: Home) -> str:
    domain, _, service = str(node["action"]).partition(".")
    verb = _VERBS.get(service, f"{service.replace('_', ' ')} ({domain})")
    target = node.get("target") if isinstance(node.get("target"), dict) else {}
    areas = [home.area[a].name if a in home.area else a for a in _list((target or {}).get("area_id"))]
    where = ", ".join(filter(None, [_names(entities_of(node), home), *(f"everything in {area}" for area in areas)]))
    data = {key: value for key, value in (node.get("data") or {}).items() if key != "entity_id"}
    given = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in data.items())
    detail = f" ({given})" if given else ""
    return f"{verb} {where}{detail}".strip()


def _other(node: dict[str, Any], home: Home) -> Phrase:
    kind = next(iter(node), "step")
    return Phrase(f"{kind.replace('_', ' ')} {_names(entities_of(node), home)}".strip(), entities_of(node), kind)


def _steps(node: Any) -> list[Any]:
    """Every service call below a node."""
    if isinstance(node, dict):
        own = [node] if "action" in node else []
        return own + [step for value in node.values() for step in _steps(value)]
    return [step for item in node for step in _steps(item)] if isinstance(node, list) else []


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


def _names(entity_ids: Iterable[str], home: Home) -> str:
    named = [home.name_of(entity_id) if "." in entity_id else entity_id for entity_id in entity_ids]
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)


def _joined(phrases: tuple[Phrase, ...], word: str) -> str:
    return word.join(phrase.words for phrase in phrases)


def _band(node: dict[str, Any]) -> str:
    parts = [f"{side} {node[side]}" for side in ("above", "below") if node.get(side) is not None]
    return " and ".join(parts)


def _for(node: dict[str, Any]) -> str:
    return f" for {_duration(node['for'])}" if node.get("for") else ""


def _duration(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{amount} {unit}" for unit, amount in value.items())
    if isinstance(value, int | float):
        return f"{value} s"
    parts = [part.lstrip("0") for part in str(value).split(":")]
    if len(parts) in (2, 3) and all(part.isdigit() or not part for part in parts):
        return " ".join(f"{part} {unit}" for part, unit in zip(parts, ("h", "min", "s"), strict=False) if part)
    return str(value)


def _offset(offset: Any, event: str) -> str:
    if not offset:
        return event
    before = str(offset).startswith("-")
    text = _duration(str(offset).lstrip("+-") if isinstance(offset, str) else offset)
    return f"{text} {'before' if before else 'after'} {event}"


def _weekdays(value: Any) -> str:
    days = [day for day in _DAYS if day in _list(value)]
    if days == list(_DAYS[:5]):
        return "a weekday"
    if days == list(_DAYS[5:]):
        return "the weekend"
    return "" if len(days) == len(_DAYS) else ", ".join(_DAY_NAMES[day] for day in days)


def _clock(value: Any) -> str:
    text = str(value)
    return text[:-3] if len(text) == len("00:00:00") and text.endswith(":00") else text


def _values(value: Any, shown: Callable[[Any], str] = str) -> str:
    return " or ".join(shown(item) for item in _list(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
