"""The miner against whole homes with every trap; the full table is `python -m tests.score_mining`."""

from __future__ import annotations

import pytest

from generator.mining import mine
from tests.homes import noise_home, planted_home
from tests.score_mining import Score, judge, score_homes

pytestmark = pytest.mark.slow

SEEDS = (500, 506)


@pytest.mark.parametrize("causes", [True, False])
def test_habits_are_found_and_decoys_left(causes: bool) -> None:
    score = score_homes([planted_home(seed) for seed in SEEDS], causes)

    assert score.f1 >= 0.8
    assert max(score.decoys) <= 1


def test_few_days_give_few_and_right_suggestions() -> None:
    home = planted_home(500, days=14)
    score = Score()

    judge(score, home, mine(home.without_causes(), home.home).patterns)

    assert score.precision >= 0.75


def test_pure_noise_yields_nothing() -> None:
    home = noise_home(501)

    assert mine(home.without_causes(), home.home).patterns == ()


def test_every_candidate_that_was_left_has_a_reason_and_a_count() -> None:
    home = noise_home(502)

    mined = mine(home.events, home.home)

    assert mined.skipped
    assert all(skipped.reason and skipped.count > 0 for skipped in mined.skipped)
