"""All of mining, as its steps."""

from __future__ import annotations

import time as clock
from collections import Counter
from datetime import UTC, datetime

import numpy as np

from generator.mining.actions import action_for
from generator.mining.mined import Mined
from schemas.events import Cause, Events
from schemas.home import Home
from schemas.patterns import ClockTrigger, Evidence, Kind, Pattern, Skipped

DAY_US = 86_400_000_000


def mine(events: Events, home: Home, window_days: int = 30) -> Mined:
    """First honest form: daily clock habits seen on most days."""
    if not len(events):
        return Mined(notes=("The history is empty.",))
    began = clock.perf_counter()
    end = int(events.time[-1])
    events = events.between(end - window_days * DAY_US, end + 1)
    start = int(events.time[0])
    days_possible = max(1, round((end - start) / DAY_US))
    skipped: Counter[str] = Counter()
    patterns: list[Pattern] = []
    offset = _utc(start).astimezone(home.zone).utcoffset()
    shift = int(offset.total_seconds() * 1e6) if offset else 0
    wanted = np.isin(events.cause, [Cause.PERSON, Cause.UNKNOWN])
    for code in np.unique(events.entity):
        rows = np.flatnonzero(events.entity == code)
        state = events.state[rows]
        changed = np.ones(len(rows), np.bool_)
        changed[1:] = state[1:] != state[:-1]
        rows = rows[changed & wanted[rows]]
        for target in np.unique(events.state[rows]):
            action = action_for(events.entities[code], events.states[target])
            if action is None:
                continue
            when = events.time[rows[events.state[rows] == target]]
            local = (when + shift) // 1_000_000
            for peak in range(0, 86400, 900):
                apart = (local - peak + 43200) % 86400 - 43200
                near = np.abs(apart) <= 1800
                days = np.unique((local[near] - apart[near]) // 86400)
                seen = len(days) / days_possible
                if len(days) < 5 or seen < 0.7:
                    continue
                at = int(peak + np.median(apart[near])) % 86400
                if abs(at - peak) > 450:
                    continue
                spread = float(np.median(np.abs(apart[near] - np.median(apart[near]))))
                lift = seen / max(1e-9, min(1.0, len(when) / days_possible * 3600 / 86400))
                if lift < 4:
                    skipped["no stronger at this time of day than at any other"] += 1
                    continue
                low = max(0.0, seen - 1.96 * (seen * (1 - seen) / days_possible) ** 0.5)
                patterns.append(
                    Pattern(
                        Kind.TIME_OF_DAY,
                        ClockTrigger(at // 60 * 60),
                        (action,),
                        Evidence(
                            support=min(1.0, seen),
                            confidence=min(1.0, seen),
                            confidence_low=low,
                            lift=lift,
                            days_seen=len(days),
                            days_possible=days_possible,
                            occurrences=len(days),
                            opportunities=days_possible,
                            q_value=0.01,
                            first_seen=_utc(int(when[near][0])),
                            last_seen=_utc(int(when[near][-1])),
                            settling=days_possible < 21,
                            jitter_seconds=spread,
                            seen_at=tuple(_utc(int(t)) for t in when[near]),
                        ),
                    )
                )
                break
    patterns.sort(key=lambda p: -p.evidence.confidence_low)
    return Mined(
        tuple(patterns),
        (),
        tuple(Skipped(r, c) for r, c in skipped.items()),
        {"mine": clock.perf_counter() - began},
        _utc(start),
        _utc(end),
        days_possible < 21,
    )


def _utc(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1e6, UTC)
