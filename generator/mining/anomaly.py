"""Days out of the ordinary: left on all night, active at an hour that never has activity, gone silent.

Each entity's days become a few numbers, scaled by that entity's own median and spread; one isolation forest over all of
them scores how unusual each day is, and a named rule says why. An unusual day that no rule explains is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, HOUR, Seconds
from generator.mining.events.rejections import Rejections
from generator.mining.events.tidy import TidyEvents
from schemas.patterns import Anomaly

FEWEST_DAYS = 7
FEWEST_CHANGES = 20
MAX_A_WEEK = 1.0
"""The false-alarm budget: no more anomalies than this a week of history, the most unusual."""
MIN_STRANGENESS = 0.55
"""Smallest score of the isolation forest, 0..1; an ordinary day lies below 0.5."""
NIGHT = (0.0, 5 * HOUR)
SILENT_HOURS = 8.0
SILENT_TIMES = 12.0
"""A silence counts when it is this many times the longest ordinary one (99th percentile)."""
MAX_SILENCE_RATIO = 10.0
"""An entity reports regularly when its longest ordinary silence is at most this many median ones."""
ACTIVE = frozenset({"on", "open", "playing", "heat", "unlocked"})
LEAVABLE = frozenset({"light", "switch", "fan", "media_player", "cover", "lock", "climate", "humidifier"})
ALIVE = frozenset({"light", "switch", "fan", "media_player", "cover", "lock", "binary_sensor"})
MIN_EXPECTED_CHANGES = 12.0
QUIET_SHARE = 0.2
FEATURES = 4
"""Changes, active share of the night, changes in dead hours, longest silence."""


@dataclass(frozen=True)
class _Candidate:
    entity: int
    day: int
    start: float
    end: float
    reason: str


def anomalies_from(tidied: TidyEvents) -> tuple[list[Anomaly], Rejections]:
    """The most unusual days, at most MAX_A_WEEK a week, oldest first; none in a history of under FEWEST_DAYS days."""
    days = tidied.clock.days
    if days < FEWEST_DAYS:
        return [], Counter()
    features: list[NDArray[np.float64]] = []
    candidates: list[_Candidate] = []
    rows: dict[tuple[int, int], int] = {}
    quiet = _quiet_hours(tidied)
    for code in range(len(tidied.entities)):
        span = tidied.rows(code)
        if span.stop - span.start < FEWEST_CHANGES:
            continue
        table, entity_candidates = _entity_features(tidied, code, quiet)
        rows |= {(code, day): len(features) * days + day for day in range(days)}
        features.append(table)
        candidates += entity_candidates
    if not candidates:
        return [], Counter()
    strangeness = _isolation_scores(np.concatenate(features))
    scored = [(float(strangeness[rows[each.entity, each.day]]), each) for each in candidates]
    strange = sorted(
        (pair for pair in scored if pair[0] >= MIN_STRANGENESS), key=lambda pair: (-pair[0], pair[1].start)
    )
    best = _strangest_per_entity(strange)[: max(1, round(MAX_A_WEEK * days / 7))]
    anomalies = [_anomaly_from(tidied, score, each) for score, each in sorted(best, key=lambda pair: pair[1].start)]
    return anomalies, Counter({"strange, but beyond the budget of anomalies": len(strange) - len(best)})


def _entity_features(
    tidied: TidyEvents, code: int, quiet: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], list[_Candidate]]:
    """An entity's days as rows of FEATURES numbers, scaled by its median and spread, and what the rules find."""
    span, clock = tidied.rows(code), tidied.clock
    time = tidied.time[span]
    local = clock.to_local(time)
    day = np.clip((local // DAY).astype(np.int64), 0, clock.days - 1)
    domain = tidied.entities[code].split(".", 1)[0]
    table = np.zeros((clock.days, FEATURES))
    table[:, 0] = np.log1p(np.bincount(day, minlength=clock.days))
    candidates = _silences(tidied, code, time, table)
    if not tidied.numeric[code] and domain in LEAVABLE:
        candidates += _left_on(tidied, code, time, table)
    if not tidied.numeric[code] and domain in ALIVE:
        candidates += _dead_hours(tidied, code, time, local, day, table, quiet)
    middle = np.median(table, axis=0)
    spread = 1.4826 * np.median(np.abs(table - middle), axis=0) + np.array([0.3, 0.05, 0.5, 0.3])
    return (table - middle) / spread, candidates


def _left_on(tidied: TidyEvents, code: int, time: Seconds, table: NDArray[np.float64]) -> list[_Candidate]:
    """Nights that it was on from midnight to five, where that happens on no more than one night in ten."""
    clock, state = tidied.clock, tidied.state[tidied.rows(code)]
    active = np.array([tidied.states[each] in ACTIVE for each in state])
    midnights = np.arange(clock.days) * DAY
    start, end = clock.from_local(midnights + NIGHT[0]), clock.from_local(midnights + NIGHT[1])
    last = np.searchsorted(time, start, "right") - 1
    still = np.searchsorted(time, end, "left") - 1
    whole = (last >= 0) & (last == still) & active[np.clip(last, 0, None)] & (end <= clock.length_seconds)
    table[:, 1] = whole
    if np.count_nonzero(whole) > max(1, 0.1 * clock.days):
        return []
    name = tidied.home.name_of(tidied.entities[code])
    candidates = []
    for at in np.flatnonzero(whole).tolist():
        began = float(time[last[at]])
        ended = float(time[last[at] + 1]) if last[at] + 1 < len(time) else clock.length_seconds
        since = clock.datetime_at(began).astimezone(tidied.home.tzinfo)
        candidates.append(
            _Candidate(code, at, began, ended, f"{name} was left on all night, since {since:%H:%M on %d %B}.")
        )
    return candidates


def _quiet_hours(tidied: TidyEvents) -> NDArray[np.bool_]:
    """Hours of the day, shape (24,), in which entities change at most QUIET_SHARE as often as on average."""
    counts = np.zeros(24)
    for code, entity_id in enumerate(tidied.entities):
        if entity_id.split(".", 1)[0] in ALIVE and not tidied.numeric[code]:
            span = tidied.rows(code)
            local = tidied.clock.to_local(tidied.time[span][tidied.is_change[span]])
            hour = ((local % DAY) // HOUR).astype(np.int64)
            # One entity that changes all the time must not make the whole home seem active.
            counts += np.minimum(np.bincount(hour, minlength=24), 3 * tidied.clock.days)
    return np.asarray(counts <= QUIET_SHARE * counts.mean())


def _dead_hours(
    tidied: TidyEvents,
    code: int,
    time: Seconds,
    local: Seconds,
    day: NDArray[np.int64],
    table: NDArray[np.float64],
    quiet: NDArray[np.bool_],
) -> list[_Candidate]:
    """Changes at an hour that no other day has any in, nor in the hours beside it, while the whole home is quiet.

    Only of entities so active that chance would have put MIN_EXPECTED_CHANGES there.
    """
    clock = tidied.clock
    hour = ((local % DAY) // HOUR).astype(np.int64)
    alive = np.zeros((clock.days, 24), np.bool_)
    alive[day, hour] = True
    around = alive | np.roll(alive, 1, axis=1) | np.roll(alive, -1, axis=1)
    lonely = around.sum(axis=0)[hour] == around[day, hour]
    lonely &= tidied.is_change[tidied.rows(code)] & quiet[hour] & (len(time) * 3 / 24 >= MIN_EXPECTED_CHANGES)
    table[:, 2] = np.bincount(day[lonely], minlength=clock.days)
    name = tidied.home.name_of(tidied.entities[code])
    candidates = []
    for at in np.unique(day[lonely]).tolist():
        when = time[lonely & (day == at)]
        moment = clock.datetime_at(float(when[0])).astimezone(tidied.home.tzinfo)
        reason = f"{name} changed at {moment:%H:%M on %d %B}, an hour that never has any life."
        candidates.append(_Candidate(code, at, float(when[0]), float(when[-1]), reason))
    return candidates


def _silences(tidied: TidyEvents, code: int, time: Seconds, table: NDArray[np.float64]) -> list[_Candidate]:
    """Silences far beyond the ordinary ones of an entity that reports often."""
    clock = tidied.clock
    edges = np.append(time, clock.length_seconds)
    gaps = np.diff(edges)
    end_day = np.clip((clock.to_local(edges[1:]) // DAY).astype(np.int64), 0, clock.days - 1)
    longest = np.zeros(clock.days)
    np.maximum.at(longest, end_day, gaps)
    table[:, 3] = np.log1p(longest / HOUR)
    usual = float(np.quantile(gaps, 0.99))
    limit = max(SILENT_HOURS * HOUR, SILENT_TIMES * usual)
    if len(time) < 10 * clock.days or usual > MAX_SILENCE_RATIO * float(np.median(gaps)):
        return []
    name, usually = tidied.home.name_of(tidied.entities[code]), _duration_words(float(np.median(gaps)))
    return [
        _Candidate(
            code,
            int(end_day[at]),
            float(edges[at]),
            float(edges[at + 1]),
            f"{name} was silent for {gaps[at] / HOUR:.0f} hours; it usually speaks every {usually}.",
        )
        for at in np.flatnonzero(gaps > limit).tolist()
    ]


def _duration_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def _isolation_scores(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """How easily each row is isolated from the rest, 0..1 (Liu, Ting and Zhou 2008); the seed is fixed."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=60, max_samples=min(512, len(table)), random_state=0, n_jobs=1)
    return np.asarray(-forest.fit(table).score_samples(table), np.float64)


def _strangest_per_entity(strange: list[tuple[float, _Candidate]]) -> list[tuple[float, _Candidate]]:
    """The most unusual finding of each entity: one cause should not use up the whole budget."""
    seen: set[int] = set()
    kept = []
    for score, each in strange:
        if each.entity not in seen:
            seen.add(each.entity)
            kept.append((score, each))
    return kept


def _anomaly_from(tidied: TidyEvents, score: float, each: _Candidate) -> Anomaly:
    start, end = tidied.clock.datetime_at(each.start), tidied.clock.datetime_at(each.end)
    return Anomaly(tidied.entities[each.entity], start, end, each.reason, round(min(1.0, score), 3))
