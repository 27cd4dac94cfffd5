"""Templates that are comparisons we can read; anything else is not computable, never a guess."""

from __future__ import annotations

from typing import Any

from automations.backtest.moments import Firings, Moments, Verdicts
from automations.backtest.past import Past
from automations.backtest.reading import NotComputable


def verdicts(_past: Past, _fired: Firings, _ids: tuple[str, ...], source: Any) -> Verdicts:
    raise NotComputable(f"its template cannot be read ({source})")


def next_true(_past: Past, _fired: Firings, source: Any, _now: Moments) -> Moments:
    raise NotComputable(f"its template cannot be read ({source})")
