"""A copy of the repository elsewhere: everything is pushed there, main is taken from there where it only went on.

Nobody's work is ever lost: a ref of the copy is replaced only where its commit is one that we have ourselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automations.git.naming import BRANCHES, DEPLOYED, LEDGERS
from automations.git.refs import snapshot
from automations.git.repository import ABSENT, MAIN, RefUpdate, Repository
from automations.http.client import without_credentials
from schemas.errors import NightshiftError, Unreachable

AT_ONCE = 200
"""Refs named in one push, so that its command line stays short."""
WITHIN_SECONDS = 120.0
_ENVIRONMENT = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10"}


@dataclass(frozen=True)
class Copied:
    """`took` is the commit that main was moved on to; `trouble` says what could not be copied, "" where all was."""

    pushed: int = 0
    took: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Push:
    """One ref of the copy to be moved from `seen` to `ours` (ABSENT: removed or not there)."""

    ref: str
    ours: str
    seen: str

    @property
    def refspec(self) -> str:
        return f":{self.ref}" if self.ours == ABSENT else f"+{self.ours}:{self.ref}"

    @property
    def lease(self) -> str:
        return f"--force-with-lease={self.ref}:{'' if self.seen == ABSENT else self.seen}"


def copy(repository: Repository, url: str) -> Copied:
    """Bring main and the copy together as far as neither is rewritten, then push; Unreachable where nobody answers."""
    there = _refs_there(repository, url)
    took, trouble = _main_together(repository, url, there)
    here = snapshot(repository, "refs/heads/", LEDGERS, DEPLOYED)
    if trouble:
        here[MAIN] = there[MAIN]
    known = _known(repository, set(there.values()))
    pushes, strange = pushes_for(here, there, known)
    for start in range(0, len(pushes), AT_ONCE):
        _push(repository, url, pushes[start : start + AT_ONCE])
    if strange:
        trouble = f"{trouble} {', '.join(strange)} at {without_credentials(url)} hold work that is not here.".strip()
    return Copied(len(pushes), took, trouble)


def pushes_for(
    here: Mapping[str, str], there: Mapping[str, str], known: frozenset[str]
) -> tuple[list[Push], list[str]]:
    """What to push, and the refs of the copy that hold what we do not know; pure.

    A suggestion's branch that is gone here goes there too; any other ref that only the copy has is left alone.
    """
    gone = {ref: ABSENT for ref in there if ref.startswith(BRANCHES) and ref not in here}
    pushes, strange = [], []
    for ref, ours in {**here, **gone}.items():
        seen = there.get(ref, ABSENT)
        if seen == ours:
            continue
        if seen == ABSENT or seen in known:
            pushes.append(Push(ref, ours, seen))
        else:
            strange.append(ref)
    return pushes, strange


def _main_together(repository: Repository, url: str, there: Mapping[str, str]) -> tuple[str, str]:
    """Move main on where the copy only went further; the commit, and why they cannot come together."""
    ours, theirs = repository.main(), there.get(MAIN)
    if theirs is None or theirs == ours:
        return "", ""
    _run(repository, url, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", url, theirs)
    if repository.is_ancestor(theirs, ours):
        return "", ""
    if repository.is_ancestor(ours, theirs):
        repository.move([RefUpdate(MAIN, theirs, ours)])
        return theirs, ""
    words = f"main here and at {without_credentials(url)} have both gone on; merge one into the other and push it."
    return "", words


def _refs_there(repository: Repository, url: str) -> dict[str, str]:
    listing = _run(repository, url, "ls-remote", "--refs", url)
    rows = (line.split("\t", 1) for line in listing.decode().splitlines())
    return {ref: sha for sha, ref in rows}


def _known(repository: Repository, shas: set[str]) -> frozenset[str]:
    names = sorted(shas)
    out = repository.git("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in names).encode())
    rows = zip(names, out.decode().splitlines(), strict=True)
    return frozenset(name for name, row in rows if not row.endswith("missing"))


def _push(repository: Repository, url: str, pushes: Sequence[Push]) -> None:
    leases, refspecs = [push.lease for push in pushes], [push.refspec for push in pushes]
    _run(repository, url, "push", "--quiet", "--no-verify", *leases, url, *refspecs)


def _run(repository: Repository, url: str, *arguments: str) -> bytes:
    """Unreachable in git's words, which never show the password in the address."""
    try:
        return repository.git(*arguments, environment=_ENVIRONMENT, within_seconds=WITHIN_SECONDS)
    except NightshiftError as error:
        raise Unreachable(str(error).replace(url, without_credentials(url))) from None
