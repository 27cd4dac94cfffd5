"""Runs git on one repository, as short commands; each is a process of its own, so threads need no lock."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from git import Git
from git.exc import GitCommandNotFound

from schemas.errors import NightshiftError

_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


class GitCommand:
    """Git in the repository at `path`, whatever the folder it is called from."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._runner = Git(str(self.path))

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
