"""How much one replay may do: counted in steps, so that the same replay is refused on every machine or on none."""

from __future__ import annotations

from typing import Final

from automations.backtest.values import NotComputable

MAX_STEPS: Final = 30_000_000
"""A step is about what numpy needs for one condition at one firing: 0.1 to 0.3 microseconds."""
FIRING_STEPS: Final = 20
"""To find a firing, to order it with the others, to compare it with what people did: each costs as much. A trigger of
every minute is replayed over a year, one of every second not over a month. It bounds the memory too."""
CALL_STEPS: Final = 300
"""To ask numpy at all, or to take a step of a run, however few firings there are."""
RENDERING_STEPS: Final = 50
"""Jinja itself, for one rendering of the smallest template."""


class Work:
    """What one replay has done so far."""

    def __init__(self) -> None:
        self._steps = 0

    def spend(self, steps: int) -> None:
        """Count steps before they are done; raises NotComputable where they are too many."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise NotComputable("it is too much work")
