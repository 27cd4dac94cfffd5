"""What an automation brings about, and which state changes would start it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from automations.config.calls import Deed, deeds
from automations.config.config_cache import text_of
from automations.config.effects import STATE_AFTER
from automations.config.nodes import walk
from automations.config.normalize import canonical
from schemas.home import AutomationConfig, Home

_PLACES: Final = re.compile(r'"(area|device|floor|label)_id"')

_MOST: Final = 1000
"""Changes of one automation that are looked at; a person's has some ten."""

ANY: Final = "*"
"""Any state, or one that cannot be told: `toggle`, or a trigger on every change."""

_OPPOSITES: Final = (("on", "off"), ("open", "closed"), ("locked", "unlocked"), ("playing", "paused"))
_STATES: Final = {**STATE_AFTER, "open": "open", "close": "closed", "toggle": ANY, "disarm": "disarmed"}


@dataclass(frozen=True)
class Change:
    """`entity_id` turns to `state`; as a wish of a trigger, `before` is the state it must come from."""

    entity_id: str
    state: str
    before: str = ANY


def brought_about(config: AutomationConfig, home: Home | None) -> list[Change]:
    """State changes that its actions cause, in their order, wherever they are nested."""
    text = text_of(config)
    return list(_named_changes(text)) if not _PLACES.search(text) else _changes(config, home)


@lru_cache(maxsize=4096)
def _named_changes(text: str) -> tuple[Change, ...]:
    """Of a config that names its entities, so that no home is needed to tell; kept, since each check asks for all."""
    return tuple(_changes(json.loads(text), None))


def _changes(config: AutomationConfig, home: Home | None) -> list[Change]:
    found = ((deed.entity_id, _state_after(deed)) for deed in deeds(config, home))
    return list(islice((Change(entity, state) for entity, state in found if entity and state), _MOST))


def _state_after(deed: Deed) -> str:
    if deed.domain in ("scene", "script", "automation", "notify", "button", "input_button"):
        return ""
    mode = deed.data.get("hvac_mode") or deed.data.get("option")
    return _STATES.get(deed.verb, "") or (str(mode) if isinstance(mode, str) and "{" not in mode else "")


def waited_for(config: AutomationConfig) -> tuple[Change, ...]:
    """State changes that would start it: its state triggers, one entity and state at a time."""
    return _wishes(
        json.dumps({key: config[key] for key in ("trigger", "triggers") if key in config}, default=str, skipkeys=True)
    )


@lru_cache(maxsize=4096)
def _wishes(text: str) -> tuple[Change, ...]:
    return tuple(islice(_waited_for(canonical(json.loads(text))), _MOST))


def _waited_for(config: AutomationConfig) -> Iterator[Change]:
    for node in walk({"triggers": config.get("triggers", [])}):
        value = node.value if node.text("trigger") == "state" else {}
        if not value or "attribute" in value or value.get("enabled") is False:
            continue
        for entity in _texts(value.get("entity_id")):
            for state in _texts(value.get("to")) or [ANY]:
                for before in _texts(value.get("from")) or [ANY]:
                    yield Change(entity, state, before)


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def starts(effect: Change, wanted: Change) -> bool:
    """Whether this effect is a change that the trigger waits for."""
    same_state = ANY in (effect.state, wanted.state) or effect.state == wanted.state
    return (
        effect.entity_id == wanted.entity_id and same_state and (wanted.before == ANY or wanted.before != effect.state)
    )


def opposite(first: str, second: str) -> bool:
    """Whether two states of one entity exclude each other. Two different modes do; `toggle` does with nothing."""
    if ANY in (first, second) or first == second:
        return False
    known = {state for pair in _OPPOSITES for state in pair}
    return (first, second) in _OPPOSITES or (second, first) in _OPPOSITES or not {first, second} <= known
