"""The purpose-specific triggers and conditions of Home Assistant 2026.11 that need only states (`motion.detected`).

The tables are those of its components (`homeassistant/components/*/trigger.py` and `condition.py`); kinds that depend
on attributes are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from automations.backtest.state_history import ABSENT, Series, StateHistory
from automations.backtest.timepoints import Ints, Mask, ResultCodes, Timepoints
from automations.backtest.values import NotComputable, duration_us
from automations.config.targets import entities_in_target
from automations.config.values import entity_names
from schemas.states import UNAVAILABLE_STATES

_DEVICE_CLASS_BY_DOMAIN: Final[Mapping[str, Mapping[str, str | None]]] = {
    "motion": {"binary_sensor": "motion"},
    "occupancy": {"binary_sensor": "occupancy"},
    "moisture": {"binary_sensor": "moisture"},
    "vibration": {"binary_sensor": "vibration"},
    "illuminance": {"binary_sensor": "light"},
    "door": {"binary_sensor": "door", "cover": "door"},
    "window": {"binary_sensor": "window", "cover": "window"},
    "garage_door": {"binary_sensor": "garage_door", "cover": "garage"},
    "switch": {"switch": None, "input_boolean": None},
    **{name: {name: None} for name in ("light", "fan", "remote", "siren", "humidifier", "lock", "vacuum")},
    **{name: {name: None} for name in ("climate", "media_player", "alarm_control_panel", "schedule", "timer")},
}
"""The domains of each family, with the device class where it requires one."""

_DETECTION_FAMILIES = ("motion", "occupancy", "moisture", "vibration", "illuminance")
_OPENING_FAMILIES = ("door", "window", "garage_door")
_SWITCH_FAMILIES = ("light", "switch", "fan", "remote", "siren", "humidifier")
_CLIMATE_ON_STATES = ("auto", "cool", "dry", "fan_only", "heat", "heat_cool")
_PLAYING_STATES = ("buffering", "playing")
_STOPPED_STATES = ("idle", "off", "on")
_MEDIA_PLAYER_ON_STATES = ("buffering", "idle", "on", "paused", "playing")


@dataclass(frozen=True)
class StateTransition:
    """A change to one of the states `to`, from one of `from_` (empty: from any available state that is not in `to`)."""

    to: tuple[str, ...]
    from_: tuple[str, ...] = ()


TRIGGERS: Final[Mapping[str, StateTransition]] = {
    **{f"{family}.detected": StateTransition(("on",)) for family in _DETECTION_FAMILIES},
    **{f"{family}.cleared": StateTransition(("off",)) for family in _DETECTION_FAMILIES},
    **{f"{family}.opened": StateTransition(("on",)) for family in _OPENING_FAMILIES},
    **{f"{family}.closed": StateTransition(("off",)) for family in _OPENING_FAMILIES},
    **{f"{family}.turned_on": StateTransition(("on",)) for family in _SWITCH_FAMILIES},
    **{f"{family}.turned_off": StateTransition(("off",)) for family in _SWITCH_FAMILIES},
    **{f"lock.{state}": StateTransition((state,)) for state in ("locked", "unlocked", "jammed")},
    "lock.opened": StateTransition(("open",)),
    "vacuum.started_cleaning": StateTransition(("cleaning",)),
    "vacuum.paused_cleaning": StateTransition(("paused",)),
    "vacuum.started_returning": StateTransition(("returning",)),
    "vacuum.returned_to_dock": StateTransition(("docked",)),
    "vacuum.errored": StateTransition(("error",)),
    "climate.turned_on": StateTransition(_CLIMATE_ON_STATES, ("off",)),
    "climate.turned_off": StateTransition(("off",)),
    "media_player.turned_on": StateTransition(_MEDIA_PLAYER_ON_STATES, ("off",)),
    "media_player.turned_off": StateTransition(("off",), _MEDIA_PLAYER_ON_STATES),
    "media_player.started_playing": StateTransition(_PLAYING_STATES, (*_STOPPED_STATES, "paused")),
    "media_player.paused_playing": StateTransition(("paused",), _PLAYING_STATES),
    "media_player.stopped_playing": StateTransition(_STOPPED_STATES, (*_PLAYING_STATES, "paused")),
    **{
        f"alarm_control_panel.armed_{how}": StateTransition((f"armed_{how}",))
        for how in ("away", "home", "night", "vacation")
    },
    "alarm_control_panel.disarmed": StateTransition(("disarmed",)),
    "alarm_control_panel.triggered": StateTransition(("triggered",)),
    "schedule.block_ended": StateTransition(("off",)),
}

CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"{family}.is_detected": ("on",) for family in _DETECTION_FAMILIES},
    **{f"{family}.is_not_detected": ("off",) for family in _DETECTION_FAMILIES},
    **{f"{family}.is_on": ("on",) for family in (*_SWITCH_FAMILIES, "schedule")},
    **{f"{family}.is_off": ("off",) for family in (*_SWITCH_FAMILIES, "schedule", "climate", "media_player")},
    **{f"lock.is_{state}": (state,) for state in ("locked", "unlocked", "jammed", "open")},
    **{f"vacuum.is_{state}": (state,) for state in ("cleaning", "docked", "paused", "returning")},
    **{f"timer.is_{state}": (state,) for state in ("active", "paused", "idle")},
    **{f"alarm_control_panel.is_armed_{how}": (f"armed_{how}",) for how in ("away", "home", "night", "vacation")},
    "alarm_control_panel.is_disarmed": ("disarmed",),
    "alarm_control_panel.is_triggered": ("triggered",),
    "climate.is_on": _CLIMATE_ON_STATES,
    "media_player.is_on": _MEDIA_PLAYER_ON_STATES,
    "media_player.is_paused": ("paused",),
    "media_player.is_playing": ("playing",),
    "media_player.is_not_playing": ("buffering", "idle", "off", "on", "paused"),
}
"""The states in which each condition holds."""


def target_entity_ids(history: StateHistory, kind: str, config: Mapping[str, Any]) -> list[str]:
    """The entities that a purpose-specific trigger or condition targets."""
    target = config.get("target")
    if not isinstance(target, Mapping) or "exclude" in target:
        raise NotComputable(f"`{kind}` has a target that we do not read")
    class_by_domain = _DEVICE_CLASS_BY_DOMAIN[kind.split(".")[0]]
    named = entity_names(target.get("entity_id"))
    candidates = [name for name in named if name.split(".")[0] in class_by_domain]
    for domain in class_by_domain:
        candidates += entities_in_target(target, history.home, domain)
    return [
        name
        for name in dict.fromkeys(candidates)
        if _has_device_class(history, kind, name, class_by_domain[name.split(".")[0]])
    ]


def _has_device_class(history: StateHistory, kind: str, entity_id: str, device_class: str | None) -> bool:
    if device_class is None:
        return True
    entity = history.home.entities_by_id.get(entity_id)
    if entity is None:
        raise NotComputable(f"`{kind}` asks for the device class of {entity_id}, which the home does not tell")
    if entity.device_class == device_class and entity_id.startswith("cover."):
        raise NotComputable(f"`{kind}` looks at an attribute of {entity_id}, and the history holds states only")
    return entity.device_class == device_class


def transition_mask(history: StateHistory, transition: StateTransition, series: Series) -> Mask:
    """At which of its changes the entity makes this transition; from `unavailable` and `unknown` there is none."""
    before = np.concatenate([[ABSENT], series.state[:-1]]) if len(series) else series.state
    after_fits, before_fits = np.isin(series.state, history.state_codes(list(transition.to))), before != ABSENT
    before_fits &= ~np.isin(before, history.state_codes(list(UNAVAILABLE_STATES)))
    if transition.from_:
        before_fits &= np.isin(before, history.state_codes(list(transition.from_)))
    else:
        before_fits &= ~np.isin(before, history.state_codes(list(transition.to)))
    mask: Mask = after_fits & before_fits & (before != series.state)
    return mask


def end_indexes(history: StateHistory, transition: StateTransition, series: Series, index: Ints) -> Ints:
    """For each change the index of the first later one to a state not in `to`, the length where there is none."""
    outside = np.append(np.flatnonzero(~np.isin(series.state, history.state_codes(list(transition.to)))), len(series))
    later: Ints = outside[np.searchsorted(outside, index)]
    return later


def count_matching(
    history: StateHistory, entity_ids: list[str], states: tuple[str, ...], at: Timepoints
) -> tuple[Ints, Ints]:
    """At each timepoint how many of the entities are in one of the states, and how many are available."""
    matching, available = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    unavailable = history.state_codes(list(UNAVAILABLE_STATES))
    for entity_id in entity_ids:
        state = history.series(entity_id).state_at(at)
        matching += np.isin(state, history.state_codes(list(states)))
        available += (state != ABSENT) & ~np.isin(state, unavailable)
    return matching, available


def evaluate(history: StateHistory, kind: str, config: Mapping[str, Any], at: Timepoints) -> ResultCodes:
    """A purpose-specific condition: any (or all) of its targets is in the state, for long enough where it says so."""
    entity_ids, states = target_entity_ids(history, kind, config), CONDITIONS[kind]
    if config.get("for") is None:
        matching, available = count_matching(history, entity_ids, states, at)
    else:
        matching, available = _count_matching_for(history, kind, entity_ids, states, at, duration_us(config["for"]))
    wants_all = config.get("behavior", "any") == "all"
    return (matching == available if wants_all else matching > 0).astype(np.int8)


def _count_matching_for(
    history: StateHistory, kind: str, entity_ids: list[str], states: tuple[str, ...], at: Timepoints, hold_us: int
) -> tuple[Ints, Ints]:
    if len(states) > 1:
        raise NotComputable(f"`{kind}` asks for how long, over several states")
    _, available = count_matching(history, entity_ids, states, at)
    matching = np.zeros(len(at), np.int64)
    for entity_id in entity_ids:
        series = history.series(entity_id)
        long_enough = series.changed_at(at) <= at.time - hold_us
        matching += (series.state_at(at) == history.state_code(states[0])) & long_enough
    return matching, available
