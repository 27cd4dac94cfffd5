"""What mining leaves out: each step returns how often it rejected something for each reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from schemas.patterns import Rejected

Rejections = Counter[str]


def total_of(steps: Iterable[Rejections]) -> tuple[Rejected, ...]:
    """The reasons of all steps, the most frequent first; those of equal count in the order of the steps."""
    total: Rejections = Counter()
    for rejections in steps:
        total.update(rejections)
    return tuple(Rejected(reason, count) for reason, count in total.most_common() if count)
