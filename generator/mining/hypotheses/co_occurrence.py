"""Habits of one thing after another: a change, and soon after it a person's hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from generator.mining.events.local_time import DAY, Seconds
from generator.mining.events.manual_actions import Doing
from generator.mining.events.trigger_events import Source, Stream
from generator.mining.hypotheses.hypothesis import Background, Hypothesis
from schemas.patterns import PatternKind, StateTrigger

WITHIN_SECONDS = 900.0
PRESENCE_SECONDS = 1500.0
UNDO_SECONDS = 4 * 3600.0
BOUNCE_SECONDS = 45.0
PERSON_PRICE = 1.5
"""Where one lives alone, "the last one leaves" and "this person leaves" are the same; the first is said."""
FEWEST = 4
LEAST_CONFIDENCE = 0.06
"""Below it no condition could make a habit of it."""
REACHES = (0.3, 0.6)
"""Neighbours of a bundle of delays, in logarithms: of a steady hand and of one that now and then takes its time."""
LARGEST_SPREAD = 1.1
"""Of the logarithm of the delay; beyond it there is no delay to learn."""


def pair_hypotheses(doing: Doing, stream: Stream, background: Background, tried: int) -> tuple[list[Hypothesis], int]:
    """Guesses "after this change", for the few sources that come before the doing more often than chance.

    The counts of all sources are taken in one sweep over the stream; only what is left is looked at pair by pair.
    Also says how many pairs had been possible. `tried` prices each guess: log of the number of sources.
    """
    if not len(stream.sources):
        return [], 0
    place, code, _ = stream.before(doing.times, WITHIN_SECONDS)
    pair = np.unique(code.astype(np.int64) * (len(doing.times) + 1) + place)
    seen = np.bincount(pair // (len(doing.times) + 1), minlength=len(stream.sources))
    fired = np.array([len(source.times) for source in stream.sources])
    likely = _promising(seen, fired, len(doing.times), background.clock.length)
    found = []
    for at in np.flatnonzero(likely).tolist():
        source = stream.sources[at]
        if source.entity == doing.entity:
            continue
        within = PRESENCE_SECONDS if source.kind is PatternKind.PRESENCE else WITHIN_SECONDS
        guess = after(doing, source.times, within, background)
        if guess is not None:
            prior = float(np.log(max(2, tried))) + (
                PERSON_PRICE if source.kind is PatternKind.PRESENCE and source.entity >= 0 else 0
            )
            found.append(replace(guess, kind=source.kind, trigger=source.trigger, prior=prior, source=at))
    return found, len(stream.sources)


def _promising(seen: NDArray[np.int64], fired: NDArray[np.int64], times: int, length: float) -> NDArray[np.bool_]:
    """Sources that come before the doing far more often than by chance (Poisson), and are followed enough."""
    awake = max(1.0, length / DAY) * 57_600.0
    chance = np.maximum(times * (1 - np.exp(-fired * WITHIN_SECONDS / awake)), 0.05)
    gain = np.where(seen > chance, seen * np.log(np.maximum(seen, 1) / chance) - (seen - chance), 0.0)
    return np.asarray((seen >= FEWEST) & (seen >= LEAST_CONFIDENCE * fired) & (gain > 5.0))


def undo_hypothesis(doing: Doing, others: Sequence[Source], background: Background) -> Hypothesis | None:
    """The guess that it only ends, after about the same time, what was begun on the same thing."""
    times = [source.times for source in others if source.entity == doing.entity and source.state != doing.state]
    if not times:
        return None
    guess = after(doing, np.sort(np.concatenate(times)), UNDO_SECONDS, background)
    return replace(guess, own=True) if guess is not None else None


def after(doing: Doing, firings: Seconds, within: float, background: Background) -> Hypothesis | None:
    """The guess "after each of these firings": which were followed, after which delay; None where too few were.

    A firing is no chance when the thing was in its target state already, or when it only repeats (a bounce, or an
    earlier knock before the same answer). The delay is learned from the densest bundle of logarithms of delays.
    """
    firings = firings[np.diff(firings, prepend=-np.inf) > BOUNCE_SECONDS]
    firings = firings[~doing.already(firings)]
    place = np.searchsorted(doing.times, firings, "left")
    in_window = place < len(doing.times)
    delay = np.where(in_window, doing.times[np.clip(place, None, len(doing.times) - 1)] - firings, np.inf)
    near = delay <= within
    latest = np.ones(len(firings), np.bool_)
    latest[:-1] = (place[1:] != place[:-1]) | ~near[:-1]
    useful = near & latest
    if not _beats_chance(int(np.count_nonzero(useful)), background.while_open(firings) * within):
        return None
    logs = np.log(np.maximum(delay[useful], 0.5))
    bundles = {_bundle(logs, reach) for reach in REACHES}
    guesses = [_with_delay(firings, place, delay, latest, bundle, within, background) for bundle in sorted(bundles)]
    return max((guess for guess in guesses if guess is not None), key=lambda guess: guess.score, default=None)


def _with_delay(
    firings: Seconds,
    place: NDArray[np.int64],
    delay: Seconds,
    latest: NDArray[np.bool_],
    bundle: tuple[float, float],
    within: float,
    background: Background,
) -> Hypothesis | None:
    """The guess with a log-normal delay around `bundle`, the middle and the spread of the delay's logarithm."""
    middle, spread = bundle
    if spread > LARGEST_SPREAD:
        return None
    near = delay <= within
    z = (np.log(np.maximum(np.where(np.isfinite(delay), delay, 1e9), 0.5)) - middle) / spread
    fits = near & (np.abs(z) <= 2.6)
    done = fits & latest
    chance = done | ~(fits & ~latest)
    if np.count_nonzero(done) < FEWEST:
        return None
    density = np.exp(-0.5 * z**2) / (np.maximum(delay, 0.5) * spread * 2.5066282746)
    density = 0.95 * density + 0.05 / within
    at = firings + np.where(np.isfinite(delay), delay, 0)
    ratio = np.where(done, density / background.while_open(at), 0.0)
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
    """Quick look before the delay is learned: more answers than chance would give (Poisson), by two nats at least."""
    if seen < FEWEST or seen < LEAST_CONFIDENCE * len(expected):
        return False
    chance = float(np.sum(1 - np.exp(-expected)))
    return seen > chance and seen * float(np.log(seen / max(chance, 1e-9))) - (seen - chance) > 2.0


def _bundle(logs: Seconds, reach: float) -> tuple[float, float]:
    """Middle and spread of the densest bundle of log-delays (DBSCAN, then three rounds of narrowing).

    `reach` is how far apart two neighbours in a bundle may lie. The spread is infinite where there is no bundle.
    """
    from sklearn.cluster import DBSCAN

    core = max(3, len(logs) // 4)
    labels = DBSCAN(eps=reach, min_samples=core, algorithm="kd_tree").fit_predict(logs[:, None])
    bundled = labels[labels >= 0]
    bundle = logs[labels == np.argmax(np.bincount(bundled))] if len(bundled) else logs
    middle, spread = float(np.median(bundle)), max(0.12, float(np.std(bundle)))
    for _ in range(3):
        near = logs[np.abs(logs - middle) <= 2.6 * spread]
        if len(near) < 3:
            return middle, np.inf
        middle, spread = float(np.median(near)), max(0.12, float(np.std(near)))
    return middle, spread
