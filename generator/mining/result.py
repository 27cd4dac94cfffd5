"""The result of mining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.patterns import Anomaly, Pattern, Rejected


@dataclass(frozen=True)
class MiningResult:
    """`patterns` best first; `skipped` names every candidate that was not taken; `timings` in seconds by stage.

    `start` and `end` are UTC and None where the history was empty; `settling` is True under 21 days; `notes` are
    sentences about what could not be done (no coordinates, too short a window).
    """

    patterns: tuple[Pattern, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    skipped: tuple[Rejected, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    settling: bool = True
    notes: tuple[str, ...] = ()
