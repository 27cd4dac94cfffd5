"""Habits of co-occurrence: a state change, and soon after it a manual action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import ManualAction
from generator.mining.events.trigger_events import CandidateTrigger, TriggerStream
from generator.mining.hypotheses.hypothesis import BaseRate, Hypothesis
from schemas.patterns import PatternKind, StateTrigger

WITHIN_SECONDS = 900.0
PRESENCE_SECONDS = 1500.0
UNDO_SECONDS = 4 * 3600.0
BOUNCE_SECONDS = 45.0
PERSON_PRIOR = 1.5
"""Where one lives alone, "the last one leaves" and "this person leaves" are the same; the first is said."""
MIN_HITS = 4
MIN_CONFIDENCE = 0.06
"""Below it no condition could make a habit of it."""
DBSCAN_EPS = (0.3, 0.6)
"""How near two log-delays of a cluster lie: for a person of steady delay, and for one who sometimes takes longer."""
MAX_LOG_SPREAD = 1.1
"""Of the logarithm of the delay; beyond it there is no delay to learn."""


def co_occurrence_hypotheses(
    manual_action: ManualAction, stream: TriggerStream, base_rate: BaseRate, tried: int
) -> tuple[list[Hypothesis], int]:
    """Hypotheses "after this change", for the candidate triggers that precede the manual action above chance.

    All candidate triggers are counted in one pass over the stream; only what is left is examined pair by pair.
    Also returns how many pairs were possible. Each hypothesis has the prior log(`tried`), in nats: the number of
    candidate triggers it was picked from.
    """
    if not len(stream.candidates):
        return [], 0
    place, code, _ = stream.firings_before(manual_action.times, WITHIN_SECONDS)
    pair = np.unique(code.astype(np.int64) * (len(manual_action.times) + 1) + place)
    seen = np.bincount(pair // (len(manual_action.times) + 1), minlength=len(stream.candidates))
    fired = np.array([len(candidate.times) for candidate in stream.candidates])
    likely = _above_chance(seen, fired, len(manual_action.times), base_rate.clock.length_seconds)
    hypotheses = []
    for at in np.flatnonzero(likely).tolist():
        candidate = stream.candidates[at]
        if candidate.entity == manual_action.entity:
            continue
        within = PRESENCE_SECONDS if candidate.kind is PatternKind.PRESENCE else WITHIN_SECONDS
        hypothesis = delay_hypothesis(manual_action, candidate.times, within, base_rate)
        if hypothesis is not None:
            prior = float(np.log(max(2, tried))) + (
                PERSON_PRIOR if candidate.kind is PatternKind.PRESENCE and candidate.entity >= 0 else 0
            )
            hypotheses.append(
                replace(hypothesis, kind=candidate.kind, trigger=candidate.trigger, prior=prior, candidate=at)
            )
    return hypotheses, len(stream.candidates)


def _above_chance(seen: NDArray[np.int64], fired: NDArray[np.int64], times: int, length: float) -> NDArray[np.bool_]:
    """Candidate triggers that precede the manual action far above chance (Poisson), and are followed often enough."""
    awake = max(1.0, length / DAY) * 57_600.0
    chance = np.maximum(times * (1 - np.exp(-fired * WITHIN_SECONDS / awake)), 0.05)
    gain = np.where(seen > chance, seen * np.log(np.maximum(seen, 1) / chance) - (seen - chance), 0.0)
    return np.asarray((seen >= MIN_HITS) & (seen >= MIN_CONFIDENCE * fired) & (gain > 5.0))


def undo_hypothesis(
    manual_action: ManualAction, others: Sequence[CandidateTrigger], base_rate: BaseRate
) -> Hypothesis | None:
    """The hypothesis that it only undoes, after about the same time, an earlier change of the same entity."""
    times = [
        other.times for other in others if other.entity == manual_action.entity and other.state != manual_action.state
    ]
    if not times:
        return None
    hypothesis = delay_hypothesis(manual_action, np.sort(np.concatenate(times)), UNDO_SECONDS, base_rate)
    return replace(hypothesis, is_undo=True) if hypothesis is not None else None


def delay_hypothesis(
    manual_action: ManualAction, firings: Seconds, within: float, base_rate: BaseRate
) -> Hypothesis | None:
    """The hypothesis "after each of these firings": which were followed, after which delay; None where too few were.

    A firing is no chance when the entity was in its target state already, or when it only repeats (a bounce, or an
    earlier firing before the same action). The delay is learned from the densest cluster of log-delays.
    """
    firings = firings[np.diff(firings, prepend=-np.inf) > BOUNCE_SECONDS]
    firings = firings[~manual_action.was_in_state(firings)]
    place = np.searchsorted(manual_action.times, firings, "left")
    in_window = place < len(manual_action.times)
    delay = np.where(
        in_window, manual_action.times[np.clip(place, None, len(manual_action.times) - 1)] - firings, np.inf
    )
    near = delay <= within
    latest = np.ones(len(firings), np.bool_)
    latest[:-1] = (place[1:] != place[:-1]) | ~near[:-1]
    useful = near & latest
    if not _beats_chance(int(np.count_nonzero(useful)), base_rate.rate_while_open(firings) * within):
        return None
    logs = np.log(np.maximum(delay[useful], 0.5))
    clusters = {_densest_cluster(logs, reach) for reach in DBSCAN_EPS}
    hypotheses = [
        _hypothesis_with_delay(firings, place, delay, latest, cluster, within, base_rate)
        for cluster in sorted(clusters)
    ]
    return max(
        (hypothesis for hypothesis in hypotheses if hypothesis is not None), key=lambda each: each.score, default=None
    )


def _hypothesis_with_delay(
    firings: Seconds,
    place: NDArray[np.int64],
    delay: Seconds,
    latest: NDArray[np.bool_],
    cluster: tuple[float, float],
    within: float,
    base_rate: BaseRate,
) -> Hypothesis | None:
    """The hypothesis with a log-normal delay; `cluster` is the center and the spread of the delay's logarithm."""
    middle, spread = cluster
    if spread > MAX_LOG_SPREAD:
        return None
    near = delay <= within
    z = (np.log(np.maximum(np.where(np.isfinite(delay), delay, 1e9), 0.5)) - middle) / spread
    fits = near & (np.abs(z) <= 2.6)
    done = fits & latest
    chance = done | ~(fits & ~latest)
    if np.count_nonzero(done) < MIN_HITS:
        return None
    density = np.exp(-0.5 * z**2) / (np.maximum(delay, 0.5) * spread * 2.5066282746)
    density = 0.95 * density + 0.05 / within
    at = firings + np.where(np.isfinite(delay), delay, 0)
    ratio = np.where(done, density / base_rate.rate_while_open(at), 0.0)
    return Hypothesis(
        PatternKind.CO_OCCURRENCE,
        StateTrigger("", ""),
        firings[chance],
        np.where(done, place, -1)[chance],
        np.where(done, delay, 0.0)[chance],
        ratio[chance],
        float(np.exp(middle)),
        float(np.std(delay[done])),
    )


def _beats_chance(seen: int, expected: Seconds) -> bool:
    """Quick test before the delay is learned: more actions than chance would give (Poisson), by two nats at least."""
    if seen < MIN_HITS or seen < MIN_CONFIDENCE * len(expected):
        return False
    chance = float(np.sum(1 - np.exp(-expected)))
    return seen > chance and seen * float(np.log(seen / max(chance, 1e-9))) - (seen - chance) > 2.0


def _densest_cluster(logs: Seconds, eps: float) -> tuple[float, float]:
    """Center and spread of the densest cluster of log-delays (DBSCAN, then three rounds of narrowing).

    `eps` is how far apart two neighbours in a cluster may lie. The spread is infinite where there is no cluster.
    """
    from sklearn.cluster import DBSCAN

    core = max(3, len(logs) // 4)
    labels = DBSCAN(eps=eps, min_samples=core, algorithm="kd_tree").fit_predict(logs[:, None])
    clustered = labels[labels >= 0]
    cluster = logs[labels == np.argmax(np.bincount(clustered))] if len(clustered) else logs
    middle, spread = float(np.median(cluster)), max(0.12, float(np.std(cluster)))
    for _ in range(3):
        near = logs[np.abs(logs - middle) <= 2.6 * spread]
        if len(near) < 3:
            return middle, np.inf
        middle, spread = float(np.median(near)), max(0.12, float(np.std(near)))
    return middle, spread
