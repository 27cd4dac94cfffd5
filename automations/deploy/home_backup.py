"""The home before our first write to it, as a commit under `refs/backup/`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from automations.config.yaml import encode
from automations.git.author import BOT
from automations.git.naming import BACKUP_PREFIX, commit_message, trailers_from_message
from automations.git.refs import read_ref_tips
from automations.git.repository import NULL_SHA, RefUpdate, Repository
from automations.home_assistant.home_api import LiveAutomation


def is_backed_up(repository: Repository, home_name: str) -> bool:
    """Whether there is a backup of this home, so it was written to before."""
    backups = read_ref_tips(repository, BACKUP_PREFIX)
    return any(trailers_from_message(backup.message).get("Home") == home_name for backup in backups)


def back_up(
    repository: Repository, home_name: str, live_automations: Mapping[str, LiveAutomation], now: datetime
) -> None:
    """Keep every config of the home that can be read."""
    files: dict[str, bytes | None] = {
        f"{number:04d}.yaml": encode({"id": key, **live.config}).encode()
        for number, (key, live) in enumerate(sorted(live_automations.items()))
        if live.config is not None
    }
    tree = repository.write_tree(None, files)
    text = commit_message("Back up the home before the first change", "", {"Home": home_name, "Count": len(files)})
    commit = repository.commit(tree, (), text, BOT, now)
    repository.update_refs([RefUpdate(f"{BACKUP_PREFIX}{now:%Y%m%dT%H%M%S%fZ}", commit, NULL_SHA)])
