"""The name that was probably meant, fast enough for a home with thousands."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

MIN_SIMILARITY: Final = 0.6
"""Similarity at or below which no name is suggested, 0..1."""


def suggest_name(wrong: str, known: Iterable[str]) -> str:
    """The most similar of the known names, "" where none is similar enough.

    Similarity is Dice's coefficient of letter pairs: 2 * common / (pairs of one + pairs of the other), 0..1.
    """
    pairs = letter_pairs(wrong[:255])
    best, name = MIN_SIMILARITY, ""
    for candidate in known:
        candidate_pairs = letter_pairs(candidate)
        similarity = 2 * len(pairs & candidate_pairs) / (len(pairs) + len(candidate_pairs)) if candidate_pairs else 0.0
        if similarity > best:
            best, name = similarity, candidate
    return name


@lru_cache(maxsize=16_384)
def letter_pairs(name: str) -> frozenset[str]:
    """Each two neighbouring characters, with the edges of the name: `ab` has ` a`, `ab` and `b `."""
    padded = f" {name.lower()} "
    return frozenset(padded[index : index + 2] for index in range(len(padded) - 1))
