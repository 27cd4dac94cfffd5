"""The bare repository: objects first, then refs by compare-and-swap, so a killed process leaves nothing half written.

Git runs as short commands through GitPython's runner; each call is a process of its own, so threads need no lock.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from git import Git
from git.exc import GitCommandNotFound
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from automations.git.naming import DEPLOYED_REF, LEDGER_PREFIX, trailers_from_message
from schemas.errors import InputError, NightshiftError, StaleError

MAIN_REF = "refs/heads/main"
NULL_SHA = "0" * 40
POLICY_FILE = "policy.yaml"
_GIT_CONFIG = {
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "receive.fsckObjects": "true",
    "core.logAllRefUpdates": "true",
    "gc.auto": "0",
}
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


@dataclass(frozen=True)
class GitAuthor:
    """A git author; `<`, `>` and line ends are taken out when it is written."""

    name: str
    email: str

    def __str__(self) -> str:
        return self.name


BOT = GitAuthor("Nightshift", "nightshift@localhost")


@dataclass(frozen=True)
class RefUpdate:
    """Move `ref` from `old` to `new`; NULL_SHA as `old` means that it must not exist, as `new` that it is deleted."""

    ref: str
    new: str
    old: str


class _RefLocked(NightshiftError):
    """Another git holds a ref's lock just now."""


class Repository:
    """A bare git repository of automations at `path`.

    Raises InputError where the folder is no such repository, StaleError where a ref is not at the expected commit.
    """

    def __init__(self, path: Path) -> None:
        self.path = path = path.absolute()
        self._runner = Git(str(path))
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

    # --- running git ------------------------------------------------------------------

    def git(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        within_seconds: float | None = None,
    ) -> bytes:
        """Standard output of one git command; NightshiftError with git's words where it fails."""
        status, out, err = self.try_git(*arguments, stdin=stdin, environment=environment, within_seconds=within_seconds)
        if status:
            words = err.decode(errors="replace").strip() or f"exit status {status}"
            raise NightshiftError(f"git {arguments[0]} failed in {self.path}: {words}")
        return out

    def try_git(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        within_seconds: float | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Exit status, standard output and standard error of one git command."""
        try:
            process = self._runner.execute(
                ["git", *arguments],
                istream=subprocess.PIPE if stdin is not None else None,
                as_process=True,
                # Set explicitly, so that neither a hook's GIT_DIR nor the folder's owner changes the repository.
                env={**_ENVIRONMENT, "GIT_DIR": str(self.path), **(environment or {})},
            )
        except GitCommandNotFound:
            raise NightshiftError("git is not installed or its folder is gone; install git and run again.") from None
        try:
            out, err = process.communicate(stdin, timeout=within_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return -1, b"", f"it took more than {within_seconds:.0f} seconds".encode()
        return process.returncode, out, err

    # --- reading ------------------------------------------------------------------------

    def resolve(self, revision: str) -> str | None:
        """The commit that `revision` names, or None."""
        status, out, _ = self.try_git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return out.decode().strip() if status == 0 else None

    def main_commit(self) -> str:
        """The commit of main; every repository of ours has one."""
        commit = self.resolve(MAIN_REF)
        if commit is None:
            raise InputError(f"{self.path} has no branch main; restore it from a clone or a backup.")
        return commit

    def list_files(self, commit: str) -> dict[str, str]:
        """Path to blob sha of every file in a commit."""
        listing = self.git("ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape")
        rows = (row.split("\t", 1) for row in listing.split("\0") if row)
        return {path: meta.split()[2] for meta, path in rows if meta.split()[1] == "blob"}

    def blob_sha(self, commit: str, path: str) -> str | None:
        """The blob sha of `path` in a commit, or None."""
        status, out, _ = self.try_git("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
        return out.decode().strip() if status == 0 else None

    def resolve_objects(self, *names: str) -> list[str | None]:
        """What refs and `commit:path` names mean, None for what is not there; one process for all."""
        if not names:
            return []
        out = self.git("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in names).encode())
        rows = (line.split() for line in out.decode("utf-8", "replace").splitlines())
        return [row[0] if len(row) == 3 and row[1] in ("blob", "commit") else None for row in rows]

    def read_file(self, commit: str, path: str) -> bytes | None:
        """The content of `path` in a commit, or None."""
        return self.read_objects([f"{commit}:{path}"])[0]

    def read_objects(self, names: Sequence[str]) -> list[bytes | None]:
        """The contents of objects (`sha` or `commit:path`), None for what is not there; one process for all."""
        if not names:
            return []
        out = self.git("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode())
        contents: list[bytes | None] = []
        at = 0
        for _ in names:
            end = out.index(b"\n", at)
            header = out[at:end].rsplit(b" ", 2)
            if len(header) < 3 or not header[2].isdigit():
                contents.append(None)
                at = end + 1
                continue
            size = int(header[2])
            contents.append(out[end + 1 : end + 1 + size])
            at = end + 2 + size
        return contents

    def read_trailers(self, commit: str) -> dict[str, str]:
        """The trailers of one commit's message."""
        return trailers_from_message(self.git("log", "-1", "--format=%B", commit).decode("utf-8", "replace"))

    def is_ancestor(self, old: str, new: str) -> bool:
        status, _, _ = self.try_git("merge-base", "--is-ancestor", old, new)
        return status == 0

    # --- writing ------------------------------------------------------------------------

    def write_blobs(self, contents: Sequence[bytes]) -> list[str]:
        """The shas of contents written as blobs, in order; one process for all."""
        if not contents:
            return []
        with TemporaryDirectory(prefix="nightshift-") as folder:
            paths = [Path(folder) / str(number) for number in range(len(contents))]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            listing = "".join(f"{path}\n" for path in paths).encode()
            return self.git("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listing).decode().split()

    def write_tree(self, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        """The tree of `base` (a commit or tree; None: empty) with some files set, or with None removed.

        Only the folders on the way are read and written, so the cost does not grow with the number of files.
        """
        contents = {path: data for path, data in changes.items() if data is not None}
        written = dict(zip(contents, self.write_blobs(list(contents.values())), strict=True))
        return self.write_tree_from_blobs(base, {path: written.get(path) for path in changes})

    def write_tree_from_blobs(self, base: str | None, blobs: Mapping[str, str | None]) -> str:
        """As `write_tree`, from the shas of blobs that are there already."""
        if base and not blobs:
            return f"{base}^{{tree}}"
        return (
            self._write_tree(base, {PurePosixPath(path): blob for path, blob in blobs.items()})
            or self.git("mktree", stdin=b"").decode().strip()
        )

    def _write_tree(self, base: str | None, blobs: Mapping[PurePosixPath, str | None]) -> str | None:
        entries = self._list_tree(base) if base else {}
        below: dict[str, dict[PurePosixPath, str | None]] = {}
        for path, blob in blobs.items():
            name, *rest = path.parts
            if rest:
                below.setdefault(name, {})[PurePosixPath(*rest)] = blob
            elif blob is None:
                entries.pop(name, None)
            else:
                entries[name] = f"100644 blob {blob}"
        for name, inner in below.items():
            existing = entries.pop(name, "")
            tree = self._write_tree(existing.split()[2] if existing.startswith("040000") else None, inner)
            if tree:
                entries[name] = f"040000 tree {tree}"
        if not entries:
            return None
        listing = "".join(f"{meta}\t{name}\0" for name, meta in entries.items())
        return self.git("mktree", "-z", stdin=listing.encode("utf-8", "surrogateescape")).decode().strip()

    def _list_tree(self, tree: str) -> dict[str, str]:
        listing = self.git("ls-tree", "-z", tree).decode("utf-8", "surrogateescape")
        return {name: meta for meta, name in (row.split("\t", 1) for row in listing.split("\0") if row)}

    def commit(self, tree: str, parents: Iterable[str], message: str, author: GitAuthor, at: datetime) -> str:
        """A commit object; no ref points at it until `update_refs`. The bot is the committer, `at` the date of both."""
        date = f"{int(at.timestamp())} +0000"
        environment = {
            "GIT_AUTHOR_NAME": _clean_author_field(author.name) or "Unknown",
            "GIT_AUTHOR_EMAIL": _clean_author_field(author.email) or "unknown@localhost",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": BOT.name,
            "GIT_COMMITTER_EMAIL": BOT.email,
            "GIT_COMMITTER_DATE": date,
        }
        options = [option for parent in parents for option in ("-p", parent)]
        out = self.git("commit-tree", tree, *options, stdin=message.encode("utf-8", "replace"), environment=environment)
        return out.decode().strip()

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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    runner = Git(str(path.parent))
    runner.execute(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(part)])
    for key, value in _GIT_CONFIG.items():
        runner.execute(["git", "--git-dir", str(part), "config", key, value])
    try:
        part.rename(path)
    except OSError as error:
        raise InputError(f"{path} cannot be made ({error.strerror}); is something else there?") from None


def _clean_author_field(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in "<>").strip()
