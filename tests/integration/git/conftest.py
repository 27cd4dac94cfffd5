"""A real repository in a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from automations.git.repository import Repository
from tests.builders.lamps import repository_in


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return repository_in(tmp_path)
