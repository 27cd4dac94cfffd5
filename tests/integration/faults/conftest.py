"""A service on a repository of lamps, whose home is a folder or a Home Assistant that can misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automations.git.repository import Repository
from tests.builders.fake_home import FakeHome
from tests.builders.lamps import repository_in, suggest, write_home_file
from tests.builders.serving import serving

LAMPS = 12


@pytest.fixture
def home_file(tmp_path: Path) -> str:
    return str(write_home_file(tmp_path / "home.json", LAMPS))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = repository_in(tmp_path)
    suggest(made, *range(3))
    return made


@pytest.fixture
def fake() -> FakeHome:
    return FakeHome()


@pytest.fixture
def fake_url(fake: FakeHome) -> Iterator[str]:
    with serving(fake) as url:
        yield url
