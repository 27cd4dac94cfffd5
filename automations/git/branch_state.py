"""What a suggestion's branch holds, and whether a person has worked on it."""

from __future__ import annotations

from dataclasses import dataclass

from automations.git.author import BOT
from automations.git.repository import MAIN_REF, Repository


@dataclass(frozen=True)
class BranchState:
    """What a suggestion's branch holds; `edited_by_person` where a person committed to it."""

    commit: str
    blob: str | None
    base_blob: str | None
    edited_by_person: bool
    other_paths: tuple[str, ...] = ()
    """Paths other than its own that it touches."""


def inspect_branch(repository: Repository, branch: str, path: str) -> BranchState | None:
    """The branch compared with its merge base with main; None where it is gone, Damaged where it cannot be read."""
    commit = repository.tip(branch)
    if commit is None:
        return None
    status, out, err = repository.try_git("merge-base", MAIN_REF, commit)
    if status > 1:
        raise repository.failure("merge-base", err.decode(errors="replace").strip())
    # A branch with an unrelated history has no merge base: all that it holds counts as changed.
    base = out.decode().strip() if status == 0 else repository.git("mktree", stdin=b"").decode().strip()
    changed = repository.git("diff", "--name-only", "-z", "--no-renames", base, commit).decode("utf-8", "replace")
    # A person who picks, amends or rebases a commit of ours is its committer only, not its author.
    committers = repository.git("log", "--format=%ae%n%ce", f"{base}..{commit}").decode("utf-8", "replace").split("\n")
    return BranchState(
        commit=commit,
        blob=repository.blob_sha(commit, path),
        base_blob=repository.blob_sha(base, path),
        edited_by_person=any(person not in ("", BOT.email) for person in committers),
        other_paths=tuple(name for name in changed.split("\0") if name and name != path),
    )


def conflicts_with_main(branch_state: BranchState, main_blob: str | None) -> bool:
    """Whether a person's branch and main both changed the file, differently; the bot's own branch is rendered anew."""
    return branch_state.edited_by_person and branch_state.base_blob != main_blob != branch_state.blob
