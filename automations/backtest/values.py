"""What the replay reads from a config, or `NotComputable` where the history cannot say what it would have meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from automations.config.times import WEEKDAYS, duration, weekdays_from
from automations.config.values import TRUE_WORDS, as_list, entity_names, is_template


class NotComputable(Exception):
    """Why what this automation would have done cannot be computed from the history, as a sentence."""


def entity_ids(config: Mapping[str, Any]) -> list[str]:
    """The entities that a trigger or condition names, each once."""
    names = [name.lower() for name in entity_names(config.get("entity_id")) if name]
    if registry_ids := [name for name in names if "." not in name]:
        raise NotComputable(f"it names an entity by its registry id ({registry_ids[0]})")
    return list(dict.fromkeys(names))


def duration_us(value: Any) -> int:
    """A duration or offset in microseconds; it may be negative."""
    if any(is_template(part) for part in (value.values() if isinstance(value, Mapping) else as_list(value))):
        raise NotComputable("a duration is a template")
    length = duration(value)
    if length is None:
        raise NotComputable(f"'{value}' is no duration")
    return length // timedelta(microseconds=1)


def weekday_numbers(value: Any) -> list[int]:
    """Monday 0 to Sunday 6; every day where none is named."""
    return [WEEKDAYS.index(day) for day in WEEKDAYS if day in weekdays_from(value)]


def is_enabled(config: Mapping[str, Any]) -> bool:
    """Whether this node is enabled; Home Assistant accepts a template here too, which is not evaluated."""
    value = config.get("enabled", True)
    if is_template(value):
        raise NotComputable("`enabled` is a template")
    return value.strip().lower() in TRUE_WORDS if isinstance(value, str) else bool(value)
