"""Runs git on one repository, as short commands; each is a process of its own, so threads need no lock."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from git import Git
from git.exc import GitCommandNotFound

from automations.git.plumbing.environment import NO_MACHINE_CONFIG, OBJECTS_AS_THEY_ARE
from schemas.errors import Damaged, InputError, NightshiftError

_ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    **OBJECTS_AS_THEY_ARE,
}
_SIGNS_OF_DAMAGE: Final = re.compile(
    r"corrupt|inflate|is empty|bad object|missing object|could not read|unable to (read|unpack|stream)"
    r"|not a tree object|not a valid object|cannot be read|does not match index|not a git packfile",
    re.IGNORECASE,
)


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
        machine_config: bool = False,
    ) -> bytes:
        """Standard output of one git command.

        NightshiftError with git's words where it fails, Damaged where they tell of an object that cannot be read.
        """
        status, out, err = self.try_git(
            *arguments,
            stdin=stdin,
            environment=environment,
            within_seconds=within_seconds,
            machine_config=machine_config,
        )
        if status:
            raise self.failure(arguments[0], err.decode(errors="replace").strip() or f"exit status {status}")
        return out

    def try_git(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        within_seconds: float | None = None,
        machine_config: bool = False,
    ) -> tuple[int, bytes, bytes]:
        """Exit status, standard output and standard error of one git command."""
        _require_arguments(arguments)
        try:
            process = self._runner.execute(
                ["git", *arguments],
                istream=subprocess.PIPE if stdin is not None else None,
                as_process=True,
                # Set explicitly, so that neither a hook's GIT_DIR nor the folder's owner changes the repository.
                env={
                    **_ENVIRONMENT,
                    **({} if machine_config else NO_MACHINE_CONFIG),
                    "GIT_DIR": str(self.path),
                    **(environment or {}),
                },
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

    def failure(self, command: str, words: str) -> NightshiftError:
        """The error that git's words tell of."""
        if tells_of_damage(words):
            return Damaged(
                f"{self.path} is damaged: {words.splitlines()[0]}. Bring the object back from a clone, the remote or a "
                "backup."
            )
        return NightshiftError(f"git {command} failed in {self.path}: {words}")


def tells_of_damage(words: str) -> bool:
    return bool(_SIGNS_OF_DAMAGE.search(words))


def _require_arguments(arguments: tuple[str, ...]) -> None:
    """InputError for texts that no command line can hold."""
    for text in arguments:
        if "\0" in text or any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in text):
            raise InputError(f"{text!r} holds a character that no name in git can have.")
