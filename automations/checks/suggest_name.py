"""The name that was probably meant, fast enough for a home with thousands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MIN_SIMILARITY: Final = 75
"""Similarity below which no name is suggested, 0..100."""
_MAX_CHARS: Final = 255
_WORDS: Final = str.maketrans("_.", "  ")


def suggest_name(wrong: str, known: Iterable[str]) -> str:
    """The most similar of the known names, "" where none is similar enough.

    Similarity is the share of letters that need no edit, 0..100; words may have changed places.
    """
    from rapidfuzz import fuzz, process  # costs the service four megabytes: needed only once a name is wrong

    words = {name: _words(name) for name in known}
    matches = [
        process.extractOne(_words(wrong[:_MAX_CHARS]), words, scorer=scorer, score_cutoff=MIN_SIMILARITY)
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio)
    ]
    best = max(filter(None, matches), key=lambda match: match[1], default=None)
    return best[2] if best else ""


def _words(name: str) -> str:
    return name.lower().translate(_WORDS)
