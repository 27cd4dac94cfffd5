"""Whether a number lies between its bounds, as `numeric_state` decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automations.backtest import templates
from automations.backtest.state_history import ABSENT, NEVER_A_NUMBER, Past
from automations.backtest.timepoints import Ints, Moments, Verdicts, firings_without_entity
from automations.config.values import NotComputable, is_template

INSIDE, OUTSIDE, ERROR = 1, 0, -1


@dataclass(frozen=True)
class Bounds:
    """`below` and `above` are numbers or entities whose state is the bound; both are exclusive."""

    below: float | str | None
    above: float | str | None
    value_template: str | None = None


def bounds(config: Mapping[str, Any]) -> Bounds:
    if config.get("attribute") is not None:
        raise NotComputable("it looks at an attribute, and the history holds states only")
    template = config.get("value_template")
    return Bounds(_bound(config.get("below")), _bound(config.get("above")), None if template is None else str(template))


def _bound(value: Any) -> float | str | None:
    if value is None:
        return None
    if is_template(value):
        raise NotComputable("a bound is a template")
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value).strip().lower()


def verdicts(past: Past, limits: Bounds, state: Ints, at: Moments) -> Verdicts:
    """INSIDE, OUTSIDE or ERROR for each state, with the bounds as they were at each moment.

    `unavailable` and `unknown` are OUTSIDE; another text or an absent entity is an ERROR, which arms nothing.
    """
    if limits.value_template is not None:
        # Each text that the template gives is taken as the entity's state.
        texts = templates.rendered(past, limits.value_template, firings_without_entity(at), (), state)
        state = np.array([ABSENT if text is templates.FAILED else past.code(text) for text in texts], np.int64)
    number, known = past.numbers(state)
    result = np.where(known, INSIDE, ERROR).astype(np.int8)
    result[np.isin(state, past.codes([*NEVER_A_NUMBER, "None"] if limits.value_template else list(NEVER_A_NUMBER)))] = (
        OUTSIDE
    )
    for limit, sign in ((limits.below, -1.0), (limits.above, 1.0)):
        if isinstance(limit, str):
            _hold_to_entity(past, result, number, limit, sign, at)
        elif limit is not None:
            result[(result == INSIDE) & (sign * number <= sign * limit)] = OUTSIDE
    return result


def _hold_to_entity(
    past: Past, result: Verdicts, number: np.ndarray[Any, Any], limit: str, sign: float, at: Moments
) -> None:
    state = past.series(limit).state_at(at)
    bound, known = past.numbers(state)
    silent = np.isin(state, past.codes(list(NEVER_A_NUMBER)))
    inside = result == INSIDE
    result[inside & (silent | (known & (sign * number <= sign * bound)))] = OUTSIDE
    result[inside & ~silent & (~known | (state == ABSENT))] = ERROR
