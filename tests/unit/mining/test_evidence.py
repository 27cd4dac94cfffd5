from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mining import mine
from generator.mining.hypotheses.evidence import confidence_low, is_fading, lift, log_likelihood_ratio, q_values, share
from schemas.patterns import PatternKind
from tests.homes import planted_home

COUNTS = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts=COUNTS)
def test_the_lower_bound_lies_between_nothing_and_the_confidence(counts: tuple[int, int]) -> None:
    hits, chances = counts

    assert 0 <= confidence_low(hits, chances) <= share(hits, chances) <= 1


@given(hits=st.integers(1, 60))
def test_more_days_of_the_same_share_are_surer(hits: int) -> None:
    assert confidence_low(2 * hits, 4 * hits) > confidence_low(hits, 2 * hits)


@given(evidence=st.lists(st.floats(-50, 200), min_size=1, max_size=30), tried=st.integers(1, 10_000))
def test_q_values_are_shares_that_grow_with_what_was_tried(evidence: list[float], tried: int) -> None:
    few, many = q_values(evidence, tried), q_values(evidence, 10 * tried)

    assert all(0 <= one <= other <= 1 for one, other in zip(few, many, strict=True))
    best = max(range(len(evidence)), key=lambda at: evidence[at])
    assert few[best] == min(few)


@given(misses=st.integers(0, 30))
def test_each_miss_weakens_a_habit(misses: int) -> None:
    ratio = np.full(20, 8.0)

    assert log_likelihood_ratio(ratio, 20, 20 + misses) > log_likelihood_ratio(ratio, 20, 21 + misses)


def test_a_trigger_that_tells_nothing_has_lift_one() -> None:
    assert lift(0.2, 0.2) == 1.0


def test_nothing_in_the_last_days_fades_and_half_of_them_does_not() -> None:
    assert is_fading(0, 9, 0.9)
    assert not is_fading(5, 9, 0.9)


@pytest.mark.slow
def test_every_pattern_of_a_home_keeps_the_bounds_of_its_words() -> None:
    home = planted_home(2)

    patterns = mine(home.events, home.home).patterns

    assert patterns
    for pattern in patterns:
        seen = pattern.evidence
        assert 0 <= seen.support <= seen.confidence <= 1
        assert 0 <= seen.confidence_low <= seen.confidence
        assert 0 <= seen.q_value <= 1
        assert seen.days_seen <= seen.days_possible
        assert seen.occurrences == len(seen.seen_at) <= seen.opportunities
        assert seen.lift > 1
        assert len(seen.delays) == (
            0 if pattern.kind in (PatternKind.TIME_OF_DAY, PatternKind.SUN) else seen.occurrences
        )
        assert seen.first_seen <= seen.last_seen
