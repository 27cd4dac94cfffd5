"""The bare repository: objects first, then refs by compare-and-swap; a killed process leaves nothing half written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from git import Git
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from automations.files.atomic_write import part_path
from automations.git.author import BOT
from automations.git.naming import DEPLOYED_REF, LEDGER_PREFIX
from automations.git.objects import GitObjects
from automations.git.plumbing.decoded import Decoded
from automations.git.plumbing.environment import NO_MACHINE_CONFIG
from automations.git.push_rules import apply_push_rules
from schemas.errors import Damaged, InputError, NightshiftError, StaleError

MAIN_REF = "refs/heads/main"
NULL_SHA = "0" * 40
POLICY_FILE = "policy.yaml"
ALTERNATES = "objects/info/alternates"
T = TypeVar("T")


@dataclass(frozen=True)
class RefUpdate:
    """Move `ref` from `old` to `new`; NULL_SHA as `old` means that it must not exist, as `new` that it is deleted."""

    ref: str
    new: str
    old: str


class _RefLocked(NightshiftError):
    """Another git holds a ref's lock just now."""


class Repository(GitObjects):
    """A bare git repository of automations at `path`.

    Raises InputError where the folder is no such repository, StaleError where a ref is not at the expected commit.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        path = self.path
        self._decoded: dict[type, Decoded[Any]] = {}
        if not path.exists():
            raise InputError(f"There is no repository at {path}; the first run makes it, or correct AUTOMATIONS_REPO.")
        if not (path / "HEAD").is_file() or not (path / "objects").is_dir():
            raise InputError(f"{path} is not a bare git repository; point AUTOMATIONS_REPO at one or at a new path.")
        if self.git("rev-parse", "--is-bare-repository").strip() != b"true":
            raise InputError(f"{path} is not a bare git repository; point AUTOMATIONS_REPO at one or at a new path.")
        if (path / ALTERNATES).exists():
            raise InputError(
                f"{path} borrows objects of another repository ({ALTERNATES}); make it whole with "
                f"`git -C {path} repack -a -d` and delete that file."
            )

    @classmethod
    def open_or_create(cls, path: Path, starter: Path, now: datetime) -> Repository:
        """The repository at `path`; where nothing is, a new one whose first commit holds the files of `starter`."""
        path = path.absolute()
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            _init_bare(path)
        repository = cls(path)
        if not repository._has_main():
            if repository.git("for-each-ref", "--count=1", "--format=%(refname)"):
                raise InputError(f"{path} is a repository of something else: it has no main; correct AUTOMATIONS_REPO.")
            files = {str(f.relative_to(starter)): f.read_bytes() for f in sorted(starter.rglob("*")) if f.is_file()}
            tree = repository.write_tree(None, files)
            first = repository.commit(tree, (), "Start an empty house of automations\n", BOT, now)
            repository.update_refs([RefUpdate(MAIN_REF, first, NULL_SHA)])
        elif not repository.is_automation_repository():
            raise InputError(
                f"{path} is a repository of something else: its main has no {POLICY_FILE}; correct AUTOMATIONS_REPO, "
                f"or commit a {POLICY_FILE} to main if it is meant for automations."
            )
        apply_push_rules(repository)
        return repository

    def _has_main(self) -> bool:
        """Also one that cannot be read: then the service starts and says so."""
        with suppress(Damaged):
            return self.tip(MAIN_REF) is not None
        return True

    def is_automation_repository(self) -> bool:
        """Whether this is a repository of automations: it holds a policy, a ledger or the deployed chain."""
        if self.git("for-each-ref", "--count=1", "--format=%(refname)", LEDGER_PREFIX, DEPLOYED_REF):
            return True
        try:
            return self.tip(MAIN_REF) is not None and self.resolve_objects(f"{MAIN_REF}:{POLICY_FILE}") != [None]
        except Damaged:
            return True  # what it holds cannot be told; readiness says so

    def main_commit(self) -> str:
        """The commit of main; every repository of ours has one."""
        commit = self.tip(MAIN_REF)
        if commit is None:
            raise InputError(f"{self.path} has no branch main; restore it from a clone or a backup.")
        return commit

    def decoded(self, kind: type[T]) -> Decoded[T]:
        """What its objects were decoded to as `kind`; one for each kind, as long as this repository is open."""
        return self._decoded.setdefault(kind, Decoded())

    @retry(
        retry=retry_if_exception_type(_RefLocked), stop=stop_after_delay(5), wait=wait_random(0.005, 0.05), reraise=True
    )
    def update_refs(self, updates: Sequence[RefUpdate]) -> None:
        """Move all the refs or none; StaleError where one is not at its `old`."""
        commands = "start\0" + "".join(map(_update_ref_command, updates)) + "prepare\0commit\0"
        status, _, err = self.try_git("update-ref", "-z", "--stdin", stdin=commands.encode())
        if status == 0:
            return
        words = err.decode(errors="replace").strip()
        if ".lock': File exists" in words:
            raise _RefLocked(f"{self.path} is locked by another git: {words}")
        if any(sign in words for sign in ("but expected", "already exists", "unable to resolve reference")):
            raise StaleError(f"Somebody changed {', '.join(u.ref for u in updates)} meanwhile; look again.")
        raise NightshiftError(f"The repository {self.path} could not be changed: {words}")


def _update_ref_command(update: RefUpdate) -> str:
    if update.new == NULL_SHA:
        return f"delete {update.ref}\0{update.old}\0"
    return f"update {update.ref}\0{update.new}\0{update.old}\0"


def _init_bare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{path.parent} cannot be made ({error.strerror}); choose a writable AUTOMATIONS_REPO."
        ) from None
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{path} is not writable; mend its permissions or choose another AUTOMATIONS_REPO.")
    # Made beside its place and renamed, so that a killed process leaves no incomplete repository under the real name.
    part = part_path(path)
    command = ["git", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", str(part)]
    Git(str(path.parent)).execute(command, env=NO_MACHINE_CONFIG)
    try:
        part.rename(path)
    except OSError as error:
        raise InputError(f"{path} cannot be made ({error.strerror}); is something else there?") from None
