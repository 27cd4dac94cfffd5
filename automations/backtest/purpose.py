"""The purpose-specific triggers and conditions of Home Assistant 2026.11 that look at one state (`motion.detected`).

The tables are those of its components (`homeassistant/components/*/trigger.py` and `condition.py`); kinds that look at
attributes are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from automations.backtest.state_history import ABSENT, NEVER_A_NUMBER, Past, Series
from automations.backtest.timepoints import Ints, Mask, Moments, Verdicts
from automations.config.effects import entities_in_target
from automations.config.values import NotComputable, as_texts, duration_us

_SOURCES: Final[Mapping[str, Mapping[str, str | None]]] = {
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
"""The domains that each family looks at, with the device class where it wants one."""

_DETECTS = ("motion", "occupancy", "moisture", "vibration", "illuminance")
_OPENS = ("door", "window", "garage_door")
_SWITCHES = ("light", "switch", "fan", "remote", "siren", "humidifier")
_HEATS = ("auto", "cool", "dry", "fan_only", "heat", "heat_cool")
_PLAYS = ("buffering", "playing")
_RESTS = ("idle", "off", "on")
_AWAKE = ("buffering", "idle", "on", "paused", "playing")


@dataclass(frozen=True)
class Turn:
    """A change to one of the states `to`, from one of `from_` (empty: from any real state that is not in `to`)."""

    to: tuple[str, ...]
    from_: tuple[str, ...] = ()


TRIGGERS: Final[Mapping[str, Turn]] = {
    **{f"{family}.detected": Turn(("on",)) for family in _DETECTS},
    **{f"{family}.cleared": Turn(("off",)) for family in _DETECTS},
    **{f"{family}.opened": Turn(("on",)) for family in _OPENS},
    **{f"{family}.closed": Turn(("off",)) for family in _OPENS},
    **{f"{family}.turned_on": Turn(("on",)) for family in _SWITCHES},
    **{f"{family}.turned_off": Turn(("off",)) for family in _SWITCHES},
    **{f"lock.{state}": Turn((state,)) for state in ("locked", "unlocked", "jammed")},
    "lock.opened": Turn(("open",)),
    "vacuum.started_cleaning": Turn(("cleaning",)),
    "vacuum.paused_cleaning": Turn(("paused",)),
    "vacuum.started_returning": Turn(("returning",)),
    "vacuum.returned_to_dock": Turn(("docked",)),
    "vacuum.errored": Turn(("error",)),
    "climate.turned_on": Turn(_HEATS, ("off",)),
    "climate.turned_off": Turn(("off",)),
    "media_player.turned_on": Turn(_AWAKE, ("off",)),
    "media_player.turned_off": Turn(("off",), _AWAKE),
    "media_player.started_playing": Turn(_PLAYS, (*_RESTS, "paused")),
    "media_player.paused_playing": Turn(("paused",), _PLAYS),
    "media_player.stopped_playing": Turn(_RESTS, (*_PLAYS, "paused")),
    **{f"alarm_control_panel.armed_{how}": Turn((f"armed_{how}",)) for how in ("away", "home", "night", "vacation")},
    "alarm_control_panel.disarmed": Turn(("disarmed",)),
    "alarm_control_panel.triggered": Turn(("triggered",)),
    "schedule.block_ended": Turn(("off",)),
}

CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"{family}.is_detected": ("on",) for family in _DETECTS},
    **{f"{family}.is_not_detected": ("off",) for family in _DETECTS},
    **{f"{family}.is_on": ("on",) for family in (*_SWITCHES, "schedule")},
    **{f"{family}.is_off": ("off",) for family in (*_SWITCHES, "schedule", "climate", "media_player")},
    **{f"lock.is_{state}": (state,) for state in ("locked", "unlocked", "jammed", "open")},
    **{f"vacuum.is_{state}": (state,) for state in ("cleaning", "docked", "paused", "returning")},
    **{f"timer.is_{state}": (state,) for state in ("active", "paused", "idle")},
    **{f"alarm_control_panel.is_armed_{how}": (f"armed_{how}",) for how in ("away", "home", "night", "vacation")},
    "alarm_control_panel.is_disarmed": ("disarmed",),
    "alarm_control_panel.is_triggered": ("triggered",),
    "climate.is_on": _HEATS,
    "media_player.is_on": _AWAKE,
    "media_player.is_paused": ("paused",),
    "media_player.is_playing": ("playing",),
    "media_player.is_not_playing": ("buffering", "idle", "off", "on", "paused"),
}
"""The states in which each condition holds."""


def targets(past: Past, kind: str, config: Mapping[str, Any]) -> list[str]:
    """The entities that a purpose-specific trigger or condition looks at."""
    target = config.get("target")
    if not isinstance(target, Mapping) or "exclude" in target:
        raise NotComputable(f"`{kind}` has a target that we do not read")
    wanted = _SOURCES[kind.split(".")[0]]
    named = [name.strip() for text in as_texts(target.get("entity_id")) for name in text.split(",")]
    found = [name for name in named if name.split(".")[0] in wanted]
    for domain in wanted:
        found += entities_in_target(target, past.home, domain)
    return [name for name in dict.fromkeys(found) if _has_class(past, kind, name, wanted[name.split(".")[0]])]


def _has_class(past: Past, kind: str, name: str, wanted: str | None) -> bool:
    if wanted is None:
        return True
    known = past.home.entities_by_id.get(name)
    if known is None:
        raise NotComputable(f"`{kind}` asks for the device class of {name}, which the home does not tell")
    if known.device_class == wanted and name.startswith("cover."):
        raise NotComputable(f"`{kind}` looks at an attribute of {name}, and the history holds states only")
    return known.device_class == wanted


def turned(past: Past, turn: Turn, series: Series) -> Mask:
    """At which of its changes the entity makes this turn; `unavailable` and `unknown` are no real state."""
    before = np.concatenate([[ABSENT], series.state[:-1]]) if len(series) else series.state
    after_fits, before_fits = np.isin(series.state, past.codes(list(turn.to))), before != ABSENT
    before_fits &= ~np.isin(before, past.codes(list(NEVER_A_NUMBER)))
    if turn.from_:
        before_fits &= np.isin(before, past.codes(list(turn.from_)))
    else:
        before_fits &= ~np.isin(before, past.codes(list(turn.to)))
    fits: Mask = after_fits & before_fits & (before != series.state)
    return fits


def leaves(past: Past, turn: Turn, series: Series, place: Ints) -> Ints:
    """For each change the first later one to a state that is none of `to`, the length where there is none."""
    outside = np.append(np.flatnonzero(~np.isin(series.state, past.codes(list(turn.to)))), len(series))
    later: Ints = outside[np.searchsorted(outside, place)]
    return later


def counted(past: Past, names: list[str], states: tuple[str, ...], at: Moments) -> tuple[Ints, Ints]:
    """At each moment how many of the entities are in one of the states, and how many are in any real state."""
    matching, real = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    silent = past.codes(list(NEVER_A_NUMBER))
    for name in names:
        state = past.series(name).state_at(at)
        matching += np.isin(state, past.codes(list(states)))
        real += (state != ABSENT) & ~np.isin(state, silent)
    return matching, real


def holds(past: Past, kind: str, config: Mapping[str, Any], at: Moments) -> Verdicts:
    """A purpose-specific condition: any (or all) of its targets is in the state, for long enough where it says so."""
    names, states = targets(past, kind, config), CONDITIONS[kind]
    if config.get("for") is None:
        matching, real = counted(past, names, states, at)
    else:
        matching, real = _counted_for(past, kind, names, states, at, duration_us(config["for"]))
    every = config.get("behavior", "any") == "all"
    return (matching == real if every else matching > 0).astype(np.int8)


def _counted_for(
    past: Past, kind: str, names: list[str], states: tuple[str, ...], at: Moments, hold_us: int
) -> tuple[Ints, Ints]:
    if len(states) > 1:
        raise NotComputable(f"`{kind}` asks for how long, over several states")
    _, real = counted(past, names, states, at)
    matching = np.zeros(len(at), np.int64)
    for name in names:
        series = past.series(name)
        long_enough = series.changed_at(at) <= at.time - hold_us
        matching += (series.state_at(at) == past.code(states[0])) & long_enough
    return matching, real
