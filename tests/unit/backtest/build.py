"""Small homes and histories for the tests of the backtest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from automations.backtest.replay import backtest
from schemas.backtest import Backtest
from schemas.clock import microseconds
from schemas.events import Events, Origin
from schemas.home import Area, Entity, Home

HOME = Home(
    "Europe/Amsterdam",
    52.37,
    4.9,
    areas=(Area("hall", "Hall"),),
    entities=(
        Entity("light.hall", "Hall light", "hall"),
        Entity("light.lamp", "Lamp", "hall"),
        Entity("zone.work", "Work"),
    ),
)
ON = {"action": "light.turn_on", "target": {"entity_id": "light.hall"}}
OFF = {"action": "light.turn_off", "target": {"entity_id": "light.hall"}}

Row = tuple[str, str, str] | tuple[str, str, str, Origin]


def at(text: str) -> datetime:
    """`10 07:00:00` is that UTC time in March 2025; `03-30 01:30` names the month too."""
    day, clock = text.split()
    date = f"2025-{day}" if "-" in day else f"2025-03-{day}"
    return datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=UTC)


def events(*rows: Row) -> Events:
    """Rows of time, entity, state and, if known, origin; sorted here, equal times keep their order."""
    ordered = sorted(rows, key=lambda row: at(row[0]))
    entities = tuple(dict.fromkeys(row[1] for row in ordered))
    states = tuple(dict.fromkeys(row[2] for row in ordered))
    return Events(
        np.array([microseconds(at(row[0])) for row in ordered], np.int64),
        np.array([entities.index(row[1]) for row in ordered], np.int32),
        np.array([states.index(row[2]) for row in ordered], np.int32),
        np.array([row[3] if len(row) > 3 else Origin.UNKNOWN for row in ordered], np.int8),
        entities,
        states,
    )


def played(
    triggers: Any, *rows: Row, start: str = "10 00:00", end: str = "12 00:00", home: Home = HOME, **more: Any
) -> Backtest:
    """The backtest of an automation that turns on the hall light, from 10 to 12 March unless told otherwise."""
    config = {"triggers": triggers, "actions": [ON], **more}
    return backtest(config, events(*rows), home, at(start), at(end))


def fired(result: Backtest) -> list[str]:
    """The firings as `10 07:00:00`; a result that is not computable fails the test with its reason."""
    assert result.computable, result.reason
    return shown(result.fired)


def shown(times: Sequence[datetime]) -> list[str]:
    return [moment.strftime("%d %H:%M:%S") for moment in times]
