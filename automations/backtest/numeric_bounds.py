"""Whether a number lies between its bounds, as `numeric_state` decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automations.backtest import templates
from automations.backtest.state_history import ABSENT, StateHistory
from automations.backtest.timepoints import Ints, ResultCodes, Timepoints, firings_without_entity
from automations.backtest.values import NotComputable
from automations.config.values import is_template
from schemas.states import UNAVAILABLE_STATES

INSIDE, OUTSIDE, ERROR = 1, 0, -1


@dataclass(frozen=True)
class Bounds:
    """`below` and `above` are numbers or entities whose state is the bound; both are exclusive."""

    below: float | str | None
    above: float | str | None
    value_template: str | None = None


def bounds_from_config(config: Mapping[str, Any]) -> Bounds:
    if config.get("attribute") is not None:
        raise NotComputable("it looks at an attribute, and the history holds states only")
    template = config.get("value_template")
    return Bounds(
        _parse_bound(config.get("below")),
        _parse_bound(config.get("above")),
        None if template is None else str(template),
    )


def _parse_bound(value: Any) -> float | str | None:
    if value is None:
        return None
    if is_template(value):
        raise NotComputable("a bound is a template")
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value).strip().lower()


def classify(history: StateHistory, bounds: Bounds, state: Ints, at: Timepoints) -> ResultCodes:
    """INSIDE, OUTSIDE or ERROR for each state, with the bounds as they were at each timepoint.

    `unavailable` and `unknown` are OUTSIDE; another text or an absent entity is an ERROR, which arms nothing.
    """
    if bounds.value_template is not None:
        # Each text that the template renders is taken as the entity's state.
        texts = templates.render_texts(history, bounds.value_template, firings_without_entity(at), (), state)
        state = np.array([ABSENT if text is templates.FAILED else history.state_code(text) for text in texts], np.int64)
    number, is_number = history.numeric_values(state)
    result = np.where(is_number, INSIDE, ERROR).astype(np.int8)
    result[
        np.isin(
            state,
            history.state_codes([*UNAVAILABLE_STATES, "None"] if bounds.value_template else list(UNAVAILABLE_STATES)),
        )
    ] = OUTSIDE
    for bound, sign in ((bounds.below, -1.0), (bounds.above, 1.0)):
        if isinstance(bound, str):
            _apply_entity_bound(history, result, number, bound, sign, at)
        elif bound is not None:
            result[(result == INSIDE) & (sign * number <= sign * bound)] = OUTSIDE
    return result


def _apply_entity_bound(
    history: StateHistory,
    result: ResultCodes,
    number: np.ndarray[Any, Any],
    entity_id: str,
    sign: float,
    at: Timepoints,
) -> None:
    state = history.series(entity_id).state_at(at)
    bound_value, is_number = history.numeric_values(state)
    unavailable = np.isin(state, history.state_codes(list(UNAVAILABLE_STATES)))
    inside = result == INSIDE
    result[inside & (unavailable | (is_number & (sign * number <= sign * bound_value)))] = OUTSIDE
    result[inside & ~unavailable & (~is_number | (state == ABSENT))] = ERROR
