"""The repository that the settings name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from automations.git.refs import clear_stale_locks
from automations.git.repository import Repository

STARTER_FOLDER = Path(__file__).parents[1] / "starter"


def open_repository(path: Path) -> Repository:
    """The repository of AUTOMATIONS_REPO, created where there is none; locks of killed processes are cleared."""
    repository = Repository.open_or_create(path, STARTER_FOLDER, datetime.now(UTC))
    clear_stale_locks(repository)
    return repository
