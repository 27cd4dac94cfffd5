"""Reads refs, each list in one process, and removes locks that a killed process left behind."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from automations.git.naming import BRANCH_PREFIX, DEPLOYED_REF, LEDGER_PREFIX
from automations.git.plumbing.object_batch import ask_for_objects
from automations.git.repository import Repository

STALE_LOCK_SECONDS = 60.0
"""Git holds a ref's lock for milliseconds; one this old belongs to a process that is gone."""

FOLDERS_WITH_LOCKS = ("refs", "objects/info", "objects/pack")
"""Beside the repository's own; a killed gc leaves one for the commit graph."""

MAX_LOOSE_OBJECTS = 2000
"""More than about this many are packed."""


@dataclass(frozen=True, slots=True)
class RefTip:
    ref: str
    sha: str
    parents: tuple[str, ...]
    message: str


def read_ref_tips(repository: Repository, *prefixes: str) -> list[RefTip]:
    """Every ref under the prefixes with its commit's parents and message; one whose commit is damaged is left out."""
    refs = list_refs(repository, *prefixes)
    commits = read_commits(repository, list(refs.values()))
    return [replace(commits[sha], ref=ref) for ref, sha in refs.items() if sha in commits]


def read_commits(repository: Repository, shas: Sequence[str]) -> dict[str, RefTip]:
    """The commits that can be read, by sha, their `ref` empty; one process however many there are."""
    answers = ask_for_objects(repository, shas, leave_out_damaged=True)
    return {
        sha: _tip_from_commit(sha, answer.content)
        for sha, answer in zip(shas, answers, strict=True)
        if answer and answer.kind == "commit"
    }


def _tip_from_commit(sha: str, content: bytes) -> RefTip:
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    parents = (line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent "))
    return RefTip("", sha, tuple(parents), message)


def list_refs(repository: Repository, *prefixes: str) -> dict[str, str]:
    """Ref to sha, packed refs included."""
    out = repository.git("for-each-ref", "--format=%(refname) %(objectname)", *prefixes)
    rows = (line.split(" ", 1) for line in out.decode("utf-8", "surrogateescape").splitlines())
    return dict(rows)


def list_broken_refs(repository: Repository, refs: Mapping[str, str], *prefixes: str) -> list[str]:
    """Files that are there for a ref and hold none, as after a power cut; git leaves them out of `refs`."""
    files = (file for prefix in prefixes for file in sorted((repository.path / prefix).rglob("*")) if file.is_file())
    names = (str(file.relative_to(repository.path)) for file in files if file.suffix != ".lock")
    return [name for name in names if name not in refs]


@dataclass(frozen=True)
class DeployedTip:
    """`commit` is None where nothing was ever deployed."""

    commit: str | None
    of_this_home: str | None
    """The same commit where the chain is this home's; another home holds nothing of ours yet."""
    main: str | None
    """Main as it was deployed last to this home."""


def read_deployed_tip(repository: Repository, home_name: str) -> DeployedTip:
    commit = repository.tip(DEPLOYED_REF)
    trailers = repository.read_trailers(commit) if commit else {}
    if trailers.get("Home") != home_name:
        return DeployedTip(commit, None, None)
    return DeployedTip(commit, commit, trailers.get("Main"))


def clear_stale_locks(repository: Repository) -> list[str]:
    """Remove lock files older than a minute that a killed git left; the names of those removed."""
    removed = []
    folders = (repository.path / name for name in FOLDERS_WITH_LOCKS)
    for lock in [*repository.path.glob("*.lock"), *(lock for folder in folders for lock in folder.rglob("*.lock"))]:
        try:
            # A lock from the future is from before the clock was set back.
            if abs(time.time() - lock.stat().st_mtime) > STALE_LOCK_SECONDS:
                lock.unlink()
                removed.append(str(lock.relative_to(repository.path)))
        except FileNotFoundError:
            continue
    return removed


def refs_fingerprint(repository: Repository) -> tuple[int, ...]:
    """Changes whenever a ref of ours moves, whoever moves it; costs a few stat calls and no git.

    Git writes a ref to a lock file and renames it, which changes the folder's modification time (nanoseconds).
    """
    places = (
        "packed-refs",
        "refs/heads",
        *(folder.rstrip("/") for folder in (BRANCH_PREFIX, LEDGER_PREFIX, "refs/deployed")),
    )
    return tuple(_mtime_ns(repository.path / place) for place in places)


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def pack_objects(repository: Repository) -> None:
    """Pack loose objects where there are more than MAX_LOOSE_OBJECTS; nothing younger than two weeks is pruned."""
    repository.try_git("-c", f"gc.auto={MAX_LOOSE_OBJECTS}", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")
