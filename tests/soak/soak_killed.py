"""Fifty kills at random moments, in five repositories; the seed of each is its name."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.builders.killing import kill_again_and_again


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [random.randrange(10**9) for _ in range(5)])
def test_after_ten_kills_main_home_and_record_agree(tmp_path: Path, seed: int) -> None:
    kill_again_and_again(tmp_path, kills=10, seed=seed)
