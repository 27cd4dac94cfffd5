"""When triggers fire: each kind by the rules of Home Assistant's own engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from automations.backtest import purpose_specific, templates, time_triggers
from automations.backtest.numeric_bounds import ERROR, INSIDE, OUTSIDE, bounds_from_config, classify
from automations.backtest.state_history import ABSENT, Series, StateHistory
from automations.backtest.timepoints import (
    ALWAYS,
    Firings,
    Ints,
    Mask,
    Timepoints,
    combine_firings,
    firings_without_entity,
)
from automations.backtest.values import NotComputable, duration_us, entity_ids, is_enabled
from automations.backtest.work import CALL_STEPS, FIRING_STEPS
from automations.config.values import as_list, as_texts
from schemas.states import UNAVAILABLE_STATES

FiringFinder = Callable[[StateHistory, Mapping[str, Any]], Firings]


def flatten(triggers: Any) -> list[Mapping[str, Any]]:
    """The triggers with nested lists flattened, as Home Assistant numbers them."""
    flattened: list[Mapping[str, Any]] = []
    for trigger in as_list(triggers):
        inner = trigger.get("triggers") if isinstance(trigger, Mapping) and "trigger" not in trigger else None
        flattened += flatten(inner) if inner is not None else [trigger]
    return flattened


def find_firings(history: StateHistory, triggers: list[Mapping[str, Any]]) -> Firings:
    """Every firing up to the end of the window, oldest first; `filter_since` keeps those that a listener sees."""
    parts = []
    for trigger in triggers:
        parts.append(_find_firings(history, trigger))
        history.work.spend(CALL_STEPS + FIRING_STEPS * len(parts[-1]))
    return combine_firings(parts)


def _find_firings(history: StateHistory, trigger: Mapping[str, Any]) -> Firings:
    if not is_enabled(trigger):
        return combine_firings([])
    options = trigger.get("options")
    full = {**trigger, **options} if isinstance(options, Mapping) else trigger
    kind = str(trigger.get("trigger"))
    if kind in purpose_specific.TRIGGERS:
        return _purpose_firings(history, kind, full)
    if kind not in FIRING_FINDERS:
        raise NotComputable(f"its trigger '{kind}' leaves no trace in a history of states")
    return FIRING_FINDERS[kind](history, full)


@dataclass(frozen=True)
class EntityFirings:
    """Firings of one entity: `change_index` are the changes that began them, `armed_before_row` as in `Firings`."""

    at: Timepoints
    change_index: Ints
    armed_before_row: Ints

    def take(self, chosen: Mask) -> EntityFirings:
        return EntityFirings(self.at.take(chosen), self.change_index[chosen], self.armed_before_row[chosen])


def state_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    if config.get("attribute") is not None:
        raise NotComputable("a trigger looks at an attribute, and the history holds states only")
    hold_us = _hold_us(config)

    def fire(series: Series) -> EntityFirings:
        before = _previous_states(series)
        index = np.flatnonzero(
            _matches(history, config, "from", before) & _matches(history, config, "to", series.state)
        )
        if not hold_us:
            return _immediate_firings(history, series, index)
        back_only = "from" in config and "to" not in config
        ends = _return_indexes(series, index, before) if back_only else index + 1
        return _delayed_firings(history, series, index, ends, hold_us)

    return _firings_by_entity(history, entity_ids(config), fire)


def _hold_us(config: Mapping[str, Any]) -> int:
    return duration_us(config["for"]) if config.get("for") is not None else 0


def _previous_states(series: Series) -> Ints:
    """The state before each change, ABSENT before the first."""
    return np.concatenate([np.full(1, ABSENT, np.int64), series.state[:-1]]) if len(series) else series.state


def _matches(history: StateHistory, config: Mapping[str, Any], side: str, state: Ints) -> Mask:
    wanted, unwanted = config.get(side), config.get(f"not_{side}")
    if wanted is not None and wanted != "*":
        return np.isin(state, history.state_codes(as_texts(wanted)))
    if wanted is None and unwanted is not None:
        return ~np.isin(state, history.state_codes(as_texts(unwanted)))
    return np.ones(len(state), np.bool_)


def numeric_state_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    bounds, hold_us = bounds_from_config(config), _hold_us(config)

    def fire(series: Series) -> EntityFirings:
        results = classify(history, bounds, series.state, Timepoints(series.time, series.rows_seen))
        index, armed = _find_crossings(results)
        if not hold_us:
            firings = _immediate_firings(history, series, index)
        else:
            outside = np.append(np.flatnonzero(results != INSIDE), len(series))
            firings = _delayed_firings(history, series, index, outside[np.searchsorted(outside, index)], hold_us)
            armed = armed[np.isin(index, firings.change_index)]
        # A listener that starts while it is outside is armed as well, up to the change after that.
        return EntityFirings(
            firings.at, firings.change_index, np.minimum(firings.armed_before_row, _rows_seen_after(series, armed + 1))
        )

    return _firings_by_entity(history, entity_ids(config), fire)


def _find_crossings(results: np.ndarray[Any, Any]) -> tuple[Ints, Ints]:
    """Indexes inside with the last result before them outside, and the index of that; errors are skipped."""
    index = np.arange(len(results))
    last = np.maximum.accumulate(np.where(results != ERROR, index, -1)) if len(results) else index
    previous = np.concatenate([np.full(1, -1, np.int64), last[:-1]]) if len(results) else last
    crossed = np.flatnonzero((results == INSIDE) & (previous >= 0) & (results[np.maximum(previous, 0)] == OUTSIDE))
    return crossed, previous[crossed]


def template_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    """The template changes from NO to YES; errors are skipped."""
    hold_us = _hold_us(config)
    timeline = templates.render_timeline(history, config.get("value_template"), time_triggers.TIMER_DELAY_US)
    index, armed = _find_crossings(timeline.result)
    armed_before_row = np.where(timeline.at.time[armed + 1] > history.start_us, timeline.at.rows_seen[armed + 1] + 1, 0)
    if not hold_us:
        return firings_without_entity(timeline.at.take(index), armed_before_row)
    stays = np.array([_is_unchanged(history, timeline, int(start), hold_us) for start in index], np.bool_)
    until = timeline.at.time[index[stays]] + hold_us
    inside = until <= history.end_us
    return firings_without_entity(history.timepoints_at(until[inside]), armed_before_row[stays][inside])


def _is_unchanged(history: StateHistory, timeline: templates.TemplateTimeline, start: int, hold_us: int) -> bool:
    """Whether the template renders the same text for `hold_us`; errors are skipped."""
    for index in range(start + 1, len(timeline.at)):
        history.work.spend(1)
        if timeline.at.time[index] > timeline.at.time[start] + hold_us:
            return True
        if timeline.text[index] is not templates.FAILED and timeline.text[index] != timeline.text[start]:
            return False
    return True


def zone_firings(history: StateHistory, config: Mapping[str, Any]) -> Firings:
    """A person enters or leaves; a change from or to `unavailable` or `unknown` is skipped."""
    leaving = config.get("event", "enter") == "leave"
    zone_id = str(config.get("zone"))
    unavailable = history.state_codes(list(UNAVAILABLE_STATES))

    def fire(series: Series) -> EntityFirings:
        before = _previous_states(series)
        inside, was_inside = history.is_in_zone(zone_id, series.state), history.is_in_zone(zone_id, before)
        is_known = ~np.isin(series.state, unavailable) & ~np.isin(before, unavailable)
        moved = (was_inside & ~inside) if leaving else (~was_inside & inside)
        return _immediate_firings(history, series, np.flatnonzero(moved & is_known))

    return _firings_by_entity(history, entity_ids(config), fire)


def _purpose_firings(history: StateHistory, kind: str, config: Mapping[str, Any]) -> Firings:
    """A purpose-specific kind; `behavior` takes each transition, or that of the first or of the last of its targets."""
    transition, target_ids, hold_us = (
        purpose_specific.TRIGGERS[kind],
        purpose_specific.target_entity_ids(history, kind, config),
        _hold_us(config),
    )
    behavior = {"any": "each", "last": "all"}.get(config.get("behavior", "each"), config.get("behavior", "each"))
    if hold_us and behavior != "each":
        raise NotComputable(f"`{kind}` asks for how long several targets are so together")

    def fire(series: Series) -> EntityFirings:
        index = np.flatnonzero(purpose_specific.transition_mask(history, transition, series))
        if hold_us:
            return _delayed_firings(
                history, series, index, purpose_specific.end_indexes(history, transition, series, index), hold_us
            )
        firings = _immediate_firings(history, series, index)
        if behavior == "each":
            return firings
        matching, available = purpose_specific.count_matching(history, target_ids, transition.to, firings.at)
        return firings.take(matching == (1 if behavior == "first" else available))

    return _firings_by_entity(history, target_ids, fire) if target_ids else combine_firings([])


def _firings_by_entity(
    history: StateHistory, target_ids: list[str], fire: Callable[[Series], EntityFirings]
) -> Firings:
    """Firings of several entities, each by itself, with the states before and after."""
    if not target_ids:
        raise NotComputable("a trigger names no entity")
    parts = []
    for number, entity_id in enumerate(target_ids):
        series = history.series(entity_id)
        firings = fire(series)
        firings = firings.take(firings.at.time <= history.end_us)
        before, after = _previous_states(series)[firings.change_index], series.state[firings.change_index]
        entity = np.full(len(firings.at), number, np.int64)
        parts.append(
            Firings(firings.at, np.zeros(len(firings.at), np.int64), entity, before, after, firings.armed_before_row)
        )
    return combine_firings(parts)


def _rows_seen_after(series: Series, index: Ints) -> Ints:
    """The rows seen right after each change, ALWAYS for those that are no rows of the history (and past the end)."""
    rows = np.append(np.where(series.rows_seen > 0, series.rows_seen, ALWAYS), ALWAYS)
    return rows[np.minimum(index, len(series))]


def _immediate_firings(history: StateHistory, series: Series, index: Ints) -> EntityFirings:
    at = Timepoints(series.time[index], series.rows_seen[index])
    derived = at.rows_seen == 0
    # What follows from the sun is no row of the history: it is seen with the rows up to its time.
    seen = np.where(derived, history.timepoints_at(at.time).rows_seen, at.rows_seen) if derived.any() else at.rows_seen
    return EntityFirings(Timepoints(at.time, seen), index, _rows_seen_after(series, index))


def _delayed_firings(history: StateHistory, series: Series, index: Ints, ends: Ints, hold_us: int) -> EntityFirings:
    """Those that last for `hold_us`: a change at that very microsecond is seen before the timer and ends it."""
    until = series.time[index] + hold_us
    lasted = np.append(series.time, ALWAYS)[ends] > until
    return EntityFirings(history.timepoints_at(until[lasted]), index[lasted], _rows_seen_after(series, index[lasted]))


def _return_indexes(series: Series, index: Ints, before: Ints) -> Ints:
    """For each change the index of the first later one back to the state before it, the length where there is none."""
    indexes = np.full(len(index), len(series), np.int64)
    for old in np.unique(before[index]):
        occurrences = np.append(np.flatnonzero(series.state == old), len(series))
        chosen = before[index] == old
        indexes[chosen] = occurrences[np.searchsorted(occurrences, index[chosen])]
    return indexes


FIRING_FINDERS: Final[Mapping[str, FiringFinder]] = {
    "state": state_firings,
    "numeric_state": numeric_state_firings,
    "template": template_firings,
    "zone": zone_firings,
    "time": time_triggers.time_firings,
    "time_pattern": time_triggers.time_pattern_firings,
    "sun": time_triggers.sun_firings,
    **dict.fromkeys(time_triggers.SUN_EVENTS, time_triggers.sun_event_firings),
}
"""The kinds of triggers whose firings follow from a history of states."""
