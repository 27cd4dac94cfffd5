"""How strong a habit is: support, confidence and its lower bound, lift, likelihood ratio, false-discovery control.

`docs/glossary.md` explains each word with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

Z95 = 1.6448536269514722
"""One-sided 95 %."""


def share(count: int, of: int) -> float:
    """count / of, 0 where there was nothing; range 0..1."""
    return count / of if of else 0.0


def confidence_low(hits: int, chances: int) -> float:
    """Lower 95 % bound of hits / chances: Wilson's score interval, one-sided. Range 0..1, never above hits / chances.

    (p + z²/2n - z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)   (Wilson 1927; Brown, Cai and DasGupta 2001)
    """
    if not chances:
        return 0.0
    p, z2 = hits / chances, Z95**2
    middle = p + z2 / (2 * chances)
    half = Z95 * ((p * (1 - p) + z2 / (4 * chances)) / chances) ** 0.5
    return float(min(p, max(0.0, (middle - half) / (1 + z2 / chances))))


def is_fading(seen: int, possible: int, confidence: float) -> bool:
    """Is `seen` of `possible` too little for a habit of that confidence?

    Under a third always is; under 45 % where the chance of so few, the binomial distribution's lower tail
    P(X <= seen), is below 2 %.
    """
    if 3 * seen < possible or seen >= 0.45 * possible:
        return 3 * seen < possible
    tail = sum(comb(possible, k) * confidence**k * (1 - confidence) ** (possible - k) for k in range(seen + 1))
    return tail < 0.02


def lift(confidence: float, base_rate: float) -> float:
    """How much likelier the action is at its trigger than at any such moment: confidence / base_rate.

    1.0 means that the trigger tells nothing about it. Range 0 to infinity; base_rate must be above 0.
    """
    return confidence / base_rate


def smoothed_confidence(hits: float, chances: float) -> float:
    """Share with half a hit and half a miss added (Krichevsky and Trofimov 1981), so that its logarithm is finite."""
    return (hits + 0.5) / (chances + 1.0)


def log_likelihood_ratio(density_ratio: NDArray[np.floating[Any]], hits: int, chances: int) -> float:
    """Natural logarithm of how much better "a habit, and chance besides" explains the actions than chance alone.

    For each hit log(p · f/λ), for each miss log(1-p): p is the smoothed confidence, f the density of the person's time
    around the trigger, λ the rate of the action at that hour of the day. `density_ratio` holds f/λ of each hit. A free
    share p pays log(n)/2 (Schwarz 1978). Range: any.
    """
    p = smoothed_confidence(hits, chances)
    hits_term = float(np.sum(np.log(p * np.maximum(density_ratio, 1e-12))))
    return hits_term + (chances - hits) * float(np.log(1 - p)) - 0.5 * float(np.log(max(chances, 1)))


def q_values(log_evidence: Sequence[float], tried: int) -> list[float]:
    """False discovery rate at which each would just be accepted, 0..1, of `tried` hypotheses in all.

    e-BH (Wang and Ramdas 2022): sort by e-value, q of rank k = tried / (k · e_k), made monotone. A likelihood ratio
    has mean 1 under chance and so is an e-value; e-BH holds under any dependence between the hypotheses.
    """
    order = np.argsort([-evidence for evidence in log_evidence], kind="stable")
    q = np.ones(len(log_evidence))
    lowest = 1.0
    for rank in range(len(order), 0, -1):
        at = order[rank - 1]
        lowest = min(lowest, float(np.exp(min(0.0, np.log(max(tried, 1) / rank) - log_evidence[at]))))
        q[at] = lowest
    return [float(value) for value in q]
