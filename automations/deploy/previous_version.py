"""What served in the home before: the version of an automation that a question about today's can go back to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from automations.deploy.versions import version_of
from automations.git.ledger import Entry, history
from automations.git.merge import Change, changes_of, was_rolled_back
from automations.git.naming import DEPLOYED
from automations.git.repository import Repository
from schemas.home import AutomationConfig
from schemas.suggestions import LedgerEvent, State

_ASIDE = frozenset({LedgerEvent.COMMENTED, LedgerEvent.EVIDENCE})


def earlier(repository: Repository, tip: Entry, good: Callable[[AutomationConfig], bool]) -> Change | None:
    """The commit of main that brought the newest `good` version that the home held before today's; None: none did.

    Left out is what a person rolled back, and what was questioned and not kept. An automation that was taken out
    begins anew: what it was before that is over.
    """
    changes = changes_of(repository, tip.path)
    blobs = repository.shas(*(f"{change.sha}:{tip.path}" for change in changes))
    held = _held(repository, tip.path) - _given_up(repository, tip)
    for number, (made, blob) in enumerate(zip(changes, blobs, strict=True)):
        if blob is None:
            return None
        if blob not in held or blob == blobs[0] or was_rolled_back(changes[number - 1 :]):
            continue
        version = version_of(repository, made.sha, tip.path)
        if version and good(version.config):
            return made
    return None


def _held(repository: Repository, path: str) -> set[str | None]:
    """The blobs of this path that the home held, as our record has it."""
    if repository.resolve(DEPLOYED) is None:
        return set()
    commits = repository.git("log", "--format=%H", DEPLOYED, "--", path).decode().split()
    return set(repository.shas(*(f"{commit}:{path}" for commit in commits)))


def _given_up(repository: Repository, tip: Entry) -> set[str | None]:
    """The blobs that were questioned before, and then changed or taken out."""
    told = [past for past in history(repository, tip.habit_id) if past.event not in _ASIDE]
    asked = [
        one for one, answer in pairwise(told) if one.event is LedgerEvent.DEGRADED and answer.state is not State.HEALTHY
    ]
    return set(repository.shas(*(f"{one.branch_commit}^:{tip.path}" for one in asked)))
