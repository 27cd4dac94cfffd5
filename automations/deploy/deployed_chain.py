"""`refs/deployed/home`: a commit for each write that the home has shown; its tree is what the home holds of ours."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from automations.deploy.plan import PlannedChange
from automations.git.author import BOT
from automations.git.merge import MAX_ATTEMPTS
from automations.git.naming import DEPLOYED_REF, commit_message
from automations.git.refs import read_deployed_tip
from automations.git.repository import NULL_SHA, RefUpdate, Repository
from schemas.errors import StaleError


def record_deployed(repository: Repository, change: PlannedChange, main: str, home_name: str, now: datetime) -> None:
    """Record what the home holds now; StaleError where another process did so differently."""
    first_recorded: dict[str, str | None] | None = None
    for _ in range(MAX_ATTEMPTS):
        tip = read_deployed_tip(repository, home_name)
        base = tip.of_this_home
        blobs = _blobs_to_record(repository, change, base)
        recorded = {path: repository.blob_sha(base, path) if base else None for path in blobs}
        if first_recorded is not None and recorded == blobs:
            return  # the other process recorded the same
        if first_recorded not in (None, recorded):
            break
        first_recorded = recorded
        trailers = {
            "Main": main,
            "Automation-Id": change.automation_id,
            "Action": change.change_type,
            "Home": home_name,
        }
        text = commit_message(f"{change.change_type.value.capitalize()} {change.path}", "", trailers)
        tree = repository.write_tree_from_blobs(base, blobs)
        commit = repository.commit(tree, [tip.commit] if tip.commit else [], text, BOT, now)
        with suppress(StaleError):
            repository.update_refs([RefUpdate(DEPLOYED_REF, commit, tip.commit or NULL_SHA)])
            return
    raise StaleError(f"Another process deployed {change.path} just then; the next round looks again.")


def _blobs_to_record(repository: Repository, change: PlannedChange, base: str | None) -> dict[str, str | None]:
    """What the chain shall hold after this change, by path."""
    blobs: dict[str, str | None] = {}
    # A path that another automation took over meanwhile belongs to that one.
    if change.before and base and repository.blob_sha(base, change.before.path) == change.before.blob:
        blobs[change.before.path] = None
    if change.after:
        blobs[change.after.path] = change.after.blob
    return blobs
