"""`kill -9` of the service at random moments; `make soak` does it fifty times with another seed each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.killing import kill_again_and_again


@pytest.mark.timeout(600)
def test_after_six_kills_main_home_and_record_agree_and_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, kills=6, seed=20261123)
