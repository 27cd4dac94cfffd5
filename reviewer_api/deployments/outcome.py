"""What became in the home of one commit on main."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from automations.deploy.plan import ChangeType
from automations.deploy.reconcile import ReconcileResult
from automations.deploy.sync_state import SyncState
from automations.git.merge import find_last_commit
from automations.git.naming import DEPLOYED_REF
from automations.git.repository import Repository
from reviewer_api.deployments.presenters import result_from, undeployed_reason
from reviewer_api.models.automations import DeployResult


def outcome_of(
    commit: str, result: ReconcileResult, repository: Repository, refusals: Mapping[str, str], state: SyncState | None
) -> DeployResult:
    """Of the path that `commit` changed, after a round that knew of it.

    Where that round found nothing to do there, git tells what an earlier one did: it may have come between the commit
    and the question, also in another process. `refusals` are the blobs that the home refused, with its words.
    """
    trailers = repository.read_trailers(commit)
    path = trailers.get("Path") or trailers.get("Adopts") or ""
    own = [done for done in result.results if done.change.path == path]
    if own or result.hold_reason or result.unreachable_reason:
        return result_from(replace(result, results=own), commit)
    if refused := _refused(commit, path, repository, refusals):
        return refused
    if deployed := _deployed(commit, path, repository):
        return deployed
    if state and (why := undeployed_reason(state, path)):
        return DeployResult(outcome="drifted", why=why, merge=commit)
    return DeployResult(outcome="nothing", merge=commit)


def _refused(commit: str, path: str, repository: Repository, refusals: Mapping[str, str]) -> DeployResult | None:
    why = refusals.get(repository.blob_sha(commit, path) or "")
    if why is None:
        return None
    last = find_last_commit(repository, path)
    was_reverted = last is not None and last.trailers.get("Reverts") == commit
    return DeployResult(outcome="refused", why=why, merge=commit, revert=last.sha if last and was_reverted else None)


def _deployed(commit: str, path: str, repository: Repository) -> DeployResult | None:
    """By the newest commit of the deployed chain that touched the path, where it knew of `commit`."""
    if repository.resolve(DEPLOYED_REF) is None:
        return None
    recorded = repository.git("log", "-1", "--format=%H", DEPLOYED_REF, "--", path).decode().strip()
    trailers = repository.read_trailers(recorded) if recorded else {}
    if not trailers.get("Main") or not repository.is_ancestor(commit, trailers["Main"]):
        return None
    action = trailers.get("Action")
    if action in (ChangeType.CREATE, ChangeType.UPDATE):
        return DeployResult(outcome="deployed", merge=commit)
    return DeployResult(outcome="removed", merge=commit) if action == ChangeType.DELETE else None
