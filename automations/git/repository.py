"""The bare repository: objects first, then refs by compare-and-swap; a killed process leaves nothing half written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from git import Git
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from automations.files.atomic_write import part_path
from automations.git.author import BOT
from automations.git.decoded import Decoded
from automations.git.naming import DEPLOYED_REF, LEDGER_PREFIX
from automations.git.objects import GitObjects
from schemas.errors import InputError, NightshiftError, StaleError

MAIN_REF = "refs/heads/main"
NULL_SHA = "0" * 40
POLICY_FILE = "policy.yaml"
T = TypeVar("T")
_GIT_CONFIG = {
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "receive.fsckObjects": "true",
    "core.logAllRefUpdates": "true",
    "gc.auto": "0",
}


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

    @classmethod
    def open_or_create(cls, path: Path, starter: Path, now: datetime) -> Repository:
        """The repository at `path`; where nothing is, a new one whose first commit holds the files of `starter`."""
        path = path.absolute()
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            _init_bare(path)
        repository = cls(path)
        if repository.resolve(MAIN_REF) is None:
            if repository.git("for-each-ref", "--count=1"):
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
        repository._apply_config()
        return repository

    def _apply_config(self) -> None:
        """Our settings, also in a repository that was cloned; one that cannot be written stays as it is."""
        current_config = self.git("config", "--local", "--list").decode("utf-8", "replace").casefold().splitlines()
        for key, value in _GIT_CONFIG.items():
            if f"{key}={value}".casefold() not in current_config:
                self.try_git("config", "--local", key, value)

    def is_automation_repository(self) -> bool:
        """Whether this is a repository of automations: it holds a policy, a ledger or the deployed chain."""
        return bool(
            self.blob_sha(MAIN_REF, POLICY_FILE) or self.git("for-each-ref", "--count=1", LEDGER_PREFIX, DEPLOYED_REF)
        )

    def main_commit(self) -> str:
        """The commit of main; every repository of ours has one."""
        commit = self.resolve(MAIN_REF)
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
    runner = Git(str(path.parent))
    runner.execute(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(part)])
    for key, value in _GIT_CONFIG.items():
        runner.execute(["git", "--git-dir", str(part), "config", key, value])
    try:
        part.rename(path)
    except OSError as error:
        raise InputError(f"{path} cannot be made ({error.strerror}); is something else there?") from None
