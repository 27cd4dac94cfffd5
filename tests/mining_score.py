"""What mining is judged by: habits found and missed, wrong suggestions, decoys, the worst home."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Score:
    right: int = 0
    wrong: int = 0
    missed: int = 0
    decoys: list[int] = field(default_factory=list)
    """Decoys proposed, one number a home."""
    f1s: list[float] = field(default_factory=list)
    """Of each home."""
    clock_errors: list[float] = field(default_factory=list)
    """Minutes between a clock trigger and the truth's."""
    found: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, right: int, wrong: int, missed: int, decoys: int) -> None:
        """One home."""
        self.right, self.wrong, self.missed = self.right + right, self.wrong + wrong, self.missed + missed
        self.decoys.append(decoys)
        self.f1s.append(f1(right, wrong, missed))

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return f1(self.right, self.wrong, self.missed)

    def line(self, name: str) -> str:
        error = f"{statistics.median(self.clock_errors):.1f}" if self.clock_errors else ""
        return (
            f"| {name} | {self.precision:.2f} | {self.recall:.2f} | {self.f1:.2f} | {min(self.f1s):.2f} | "
            f"{statistics.mean(self.decoys):.1f} (most {max(self.decoys)}) | {error} |"
        )


HEADER = (
    "| homes | precision | recall | F1 | F1 of the worst home | decoys a home | clock error, min |",
    "|---|---:|---:|---:|---:|---:|---:|",
)


def f1(right: int, wrong: int, missed: int) -> float:
    """Harmonic mean of precision and recall, 0..1."""
    return 2 * right / max(1, 2 * right + wrong + missed)


def kinds(known: Score, unknown: Score) -> list[str]:
    """The table of what was found of each kind, with causes and without."""
    rows = ["| planted | of them found with causes | without |", "|---|---:|---:|"]
    for kind in sorted(known.found):
        with_causes, without = known.found[kind], unknown.found[kind]
        rows.append(f"| {kind} {with_causes['planted']} | {with_causes['found']} | {without['found']} |")
    return rows
