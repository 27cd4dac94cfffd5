"""The repository that the settings name, and the git author of commits from a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from automations.git.author import GitAuthor
from automations.git.refs import clear_stale_locks
from automations.git.repository import Repository
from schemas.settings import Settings

STARTER_FOLDER = Path(__file__).parents[1] / "starter"


def open_repository(settings: Settings) -> Repository:
    """The repository of AUTOMATIONS_REPO, created where there is none; locks of killed processes are cleared."""
    repository = Repository.open_or_create(settings.AUTOMATIONS_REPO, STARTER_FOLDER, datetime.now(UTC))
    clear_stale_locks(repository)
    return repository


def reviewer_from_settings(settings: Settings) -> GitAuthor:
    return GitAuthor(settings.REVIEWER_NAME, "reviewer@localhost")
