"""Asks `git cat-file` for many objects in one process; a damaged one ends it, and the rest are asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automations.git.plumbing.git_command import GitCommand, tells_of_damage

OBJECT_FIELDS = 3
"""Sha, kind and size stand before what is there."""


@dataclass(frozen=True, slots=True)
class ObjectAnswer:
    sha: str
    kind: str
    content: bytes
    """Empty where it was not asked for."""


def ask_for_objects(
    git: GitCommand, names: Sequence[str], content: bool = True, leave_out_damaged: bool = False
) -> list[ObjectAnswer | None]:
    """One answer a name (`sha` or `commit:path`), None for what is not there.

    What is damaged raises Damaged, or is None with `leave_out_damaged`.
    """
    answers: list[ObjectAnswer | None] = []
    while len(answers) < len(names):
        rest = names[len(answers) :]
        read, words = _ask(git, rest, content)
        damaged = tells_of_damage(words)
        if (damaged and not leave_out_damaged) or (not damaged and len(read) < len(rest)):
            raise git.failure("cat-file", words or "it ended too early")
        answers += read
        if len(answers) < len(names):
            answers.append(None)  # git ended at this one
    return answers


def _ask(git: GitCommand, names: Sequence[str], content: bool) -> tuple[list[ObjectAnswer | None], str]:
    """As many answers as git gave whole, and what it complained of."""
    # A name of two lines would be two questions; nothing of ours has one.
    lines = "".join("\n" if "\n" in name else f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    _, out, err = git.try_git("cat-file", "--batch" if content else "--batch-check", stdin=lines)
    answers: list[ObjectAnswer | None] = []
    at = 0
    while len(answers) < len(names) and (end := out.find(b"\n", at)) >= 0:
        header = out[at:end].split(b" ")
        at = end + 1
        if len(header) != OBJECT_FIELDS or not header[2].isdigit():
            answers.append(None)
            continue
        size = int(header[2]) if content else 0
        if content and len(out) < at + size + 1:
            break
        answers.append(ObjectAnswer(header[0].decode(), header[1].decode(), out[at : at + size]))
        at += size + 1 if content else 0
    return answers, "\n".join(
        line for line in err.decode(errors="replace").splitlines() if line.startswith(("error:", "fatal:"))
    )
