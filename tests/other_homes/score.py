"""Scores mining on the second maker's homes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.mining import mine
from tests.mining_score import HEADER, Score, kinds
from tests.other_homes.judge import Verdict, judge
from tests.other_homes.make import other_home, quiet_home
from tests.other_homes.world import OtherHome


def verdicts(homes: list[OtherHome], causes: bool) -> list[Verdict]:
    return [judge(home, mine(home.events if causes else home.without_causes(), home.home).patterns) for home in homes]


def score_from(judged: list[Verdict]) -> Score:
    score = Score()
    for verdict in judged:
        found, missed = verdict.found, verdict.missed
        score.add(len(found), len(verdict.wrong), len(missed), len(verdict.decoys))
        for habit in [*found, *missed]:
            score.found[habit.name]["planted"] += 1
        for habit in found:
            score.found[habit.name]["found"] += 1
    return score


def rows(count: int, first: int) -> Iterator[str]:
    homes = [other_home(first + seed) for seed in range(count)]
    judged = [verdicts(homes, causes) for causes in (True, False)]
    known, unknown = (score_from(each) for each in judged)
    yield from HEADER
    yield known.line("another maker, 30 days, causes known")
    yield unknown.line("another maker, 30 days, no causes")
    quiet = verdicts([quiet_home(first + seed) for seed in range(count)], False)
    loud = sum(bool(verdict.wrong) for verdict in quiet)
    yield f"\nAnother maker's homes without habits: {loud} of {count} yield a suggestion.\n"
    yield from kinds(known, unknown)
    yield "\n| decoys | proposed with causes | without |"
    yield "|---|---:|---:|"
    with_causes, without = (Counter(name for verdict in each for name in verdict.decoys) for each in judged)
    for name in sorted(with_causes | without):
        yield f"| {name} | {with_causes[name]} | {without[name]} |"
