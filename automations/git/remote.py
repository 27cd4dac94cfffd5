"""The remote: everything is pushed to it; main is fast-forwarded from it.

No commit is ever lost: a ref of the remote is replaced only where its commit is in this repository too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF, LEDGER_PREFIX, unused_refs
from automations.git.refs import list_broken_refs, list_refs
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from automations.http.client import without_credentials
from schemas.errors import Damaged, NightshiftError, Unreachable
from schemas.secrets import Secrets, secrets_in

REFS_PER_PUSH = 200
"""Refs named in one push, so that its command line stays short."""
TIMEOUT_SECONDS = 120.0
_ENVIRONMENT = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10"}


@dataclass(frozen=True)
class RemoteSyncResult:
    """`fast_forwarded_to`: the commit that main was moved to; `problem`: what could not be synced, "" where all was."""

    pushed: int = 0
    fast_forwarded_to: str = ""
    problem: str = ""


@dataclass(frozen=True)
class RefPush:
    """One ref of the remote to be moved from `expected` to `new` (NULL_SHA: not there, or to be deleted)."""

    ref: str
    new: str
    expected: str

    @property
    def refspec(self) -> str:
        return f":{self.ref}" if self.new == NULL_SHA else f"+{self.new}:{self.ref}"

    @property
    def lease(self) -> str:
        return f"--force-with-lease={self.ref}:{'' if self.expected == NULL_SHA else self.expected}"


def sync_with_remote(repository: Repository, url: str, secrets: Secrets | None = None) -> RemoteSyncResult:
    """Fast-forward main from the remote where possible, then push; Unreachable where it does not answer.

    `secrets` are struck out of what the remote says.
    """
    strike = (secrets or Secrets()).with_values(*secrets_in(url)).strike
    try:
        result = _sync(repository, url)
    except (Damaged, Unreachable) as error:
        raise type(error)(strike(str(error))) from None
    return replace(result, problem=strike(result.problem))


def _sync(repository: Repository, url: str) -> RemoteSyncResult:
    remote_refs = _list_remote_refs(repository, url)
    fast_forwarded_to, problem = _fast_forward_main(repository, url, remote_refs)
    refs = list_refs(repository, "refs/heads/", LEDGER_PREFIX, DEPLOYED_REF)
    unused = set(unused_refs(refs))
    local_refs = {ref: sha for ref, sha in refs.items() if ref not in unused}
    if problem:
        local_refs[MAIN_REF] = remote_refs[MAIN_REF]
    known_shas = _existing_objects(repository, set(remote_refs.values()))
    damaged = list_broken_refs(repository, refs, BRANCH_PREFIX)
    # What is broken here was not deleted: the remote may hold the last good copy of it.
    kept = {ref: sha for ref, sha in remote_refs.items() if ref not in damaged}
    pushes, diverged = plan_pushes(local_refs, kept, known_shas)
    for start in range(0, len(pushes), REFS_PER_PUSH):
        damaged += _push(repository, url, pushes[start : start + REFS_PER_PUSH])
    if diverged:
        problem = f"{problem} {', '.join(diverged)} at {without_credentials(url)} hold work that is not here.".strip()
    if damaged:
        problem = f"{problem} Left out, for they cannot be read: {', '.join(damaged)}.".strip()
    return RemoteSyncResult(len(pushes) - len(damaged), fast_forwarded_to, problem)


def plan_pushes(
    local_refs: Mapping[str, str], remote_refs: Mapping[str, str], known_shas: frozenset[str]
) -> tuple[list[RefPush], list[str]]:
    """What to push, and the refs of the remote that hold commits that are not here; pure.

    A suggestion's branch that is gone here is deleted there too; any other ref that only the remote has is left alone.
    """
    deleted = {ref: NULL_SHA for ref in remote_refs if ref.startswith(BRANCH_PREFIX) and ref not in local_refs}
    pushes, diverged = [], []
    for ref, ours in {**local_refs, **deleted}.items():
        seen = remote_refs.get(ref, NULL_SHA)
        if seen == ours:
            continue
        if seen == NULL_SHA or seen in known_shas:
            pushes.append(RefPush(ref, ours, seen))
        else:
            diverged.append(ref)
    return pushes, diverged


def _fast_forward_main(repository: Repository, url: str, remote_refs: Mapping[str, str]) -> tuple[str, str]:
    """Fast-forward main where the remote is ahead; the new commit or "", and why it diverged or ""."""
    ours, theirs = repository.main_commit(), remote_refs.get(MAIN_REF)
    if theirs is None or theirs == ours:
        return "", ""
    _run_git(repository, url, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", url, theirs)
    if repository.is_ancestor(theirs, ours):
        return "", ""
    if repository.is_ancestor(ours, theirs):
        repository.update_refs([RefUpdate(MAIN_REF, theirs, ours)])
        return theirs, ""
    problem = f"main here and at {without_credentials(url)} have both gone on; merge one into the other and push it."
    return "", problem


def _list_remote_refs(repository: Repository, url: str) -> dict[str, str]:
    listing = _run_git(repository, url, "ls-remote", "--refs", url)
    rows = (line.split("\t", 1) for line in listing.decode("utf-8", "surrogateescape").splitlines())
    return {ref: sha for sha, ref in rows}


def _existing_objects(repository: Repository, shas: set[str]) -> frozenset[str]:
    names = sorted(shas)
    out = repository.git("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in names).encode())
    rows = zip(names, out.decode().splitlines(), strict=True)
    return frozenset(name for name, row in rows if not row.endswith("missing"))


def _push(repository: Repository, url: str, pushes: Sequence[RefPush]) -> list[str]:
    """The refs that are damaged and left out: all are pushed at once, and where one is, half by half."""
    leases, refspecs = [push.lease for push in pushes], [push.refspec for push in pushes]
    try:
        _run_git(repository, url, "push", "--quiet", "--no-verify", "--no-follow-tags", *leases, url, *refspecs)
    except Damaged:
        if len(pushes) == 1:
            return [pushes[0].ref]
        half = len(pushes) // 2
        return _push(repository, url, pushes[:half]) + _push(repository, url, pushes[half:])
    return []


def _run_git(repository: Repository, url: str, *arguments: str) -> bytes:
    """With the machine's credentials, proxy and certificates.

    Damaged where an object of ours cannot be read, else Unreachable in git's words, which never show the password in
    the address.
    """
    try:
        return repository.git(*arguments, environment=_ENVIRONMENT, within_seconds=TIMEOUT_SECONDS, machine_config=True)
    except Damaged:
        raise
    except NightshiftError as error:
        raise Unreachable(str(error).replace(url, without_credentials(url))) from None
