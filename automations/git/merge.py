"""What moves main: merging a suggestion, reverting one path, restoring one path. Other files are never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.author import GitAuthor
from automations.git.ledger import commit_entry, read_latest_entry
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.naming import DEPLOYED_REF, automation_id_from_habit, commit_message, trailers_from_message
from automations.git.plumbing.dates import time_from_git
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from schemas.errors import InputError, StaleError
from schemas.suggestions import LedgerEvent

MAX_ATTEMPTS = 20
"""How often a commit is built again because another process moved main meanwhile."""
_REVERT_TRAILERS = {"Reverts", "Restores-Version"}
"""Trailers of a commit that reverts or restores a path."""


@dataclass(frozen=True)
class MainCommit:
    """A commit on main that touched one path."""

    sha: str
    parent: str | None
    """Main as it was before."""
    at: datetime
    who: str
    subject: str
    trailers: dict[str, str]


def merge(
    repository: Repository,
    latest_entry: LedgerEntry,
    blob: str,
    who: GitAuthor,
    why: str,
    now: datetime,
    trial_until: datetime | None = None,
    replacement_blob: str | None = None,
) -> str:
    """Merge a suggestion's file into main in the reviewer's name; main, ledger and branch move together.

    `blob` is the file that was reviewed, "" where the suggestion removes it; `replacement_blob` is what main gets
    instead, such as the same file with the automation turned off. Returns the merge commit. Raises StaleError where
    anything moved meanwhile.
    """
    trailers = {
        "Habit-Id": latest_entry.habit_id,
        "Automation-Id": automation_id_from_habit(latest_entry.habit_id),
        "Path": latest_entry.path,
        "Approved-By": who,
        "Drafted-By": latest_entry.drafted_by,
    }

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        branch, proposed = repository.resolve_objects(latest_entry.branch, f"{latest_entry.branch}:{latest_entry.path}")
        if branch is None or (proposed or "") != blob:
            raise StaleError("The suggestion has changed since it was shown; look again.")
        tree = repository.write_tree_from_blobs(main, {latest_entry.path: replacement_blob or blob or None})
        commit = repository.commit(
            tree, [main, branch], commit_message(f"Approve: {latest_entry.title}", why, trailers), who, now
        )
        approved = replace(
            next_entry(latest_entry, LedgerEvent.APPROVED, who, now, why),
            branch_commit=branch,
            merge_commit=commit,
            trial_until=trial_until,
        )
        return commit, [commit_entry(repository, approved, who), RefUpdate(latest_entry.branch, NULL_SHA, branch)]

    return _commit_to_main(repository, build, latest_entry.path)


def revert(
    repository: Repository,
    path: str,
    who: GitAuthor,
    now: datetime,
    why: str = "",
    to_commit: str | None = None,
    expected_main: str = "",
) -> str:
    """Put one path of main back as it was before its last change, or as in `to_commit`; the new commit.

    The message is what `git revert` writes, so that people and tools recognise it. Raises InputError where there is
    nothing to go back to, StaleError where the path is not as in the main commit `expected_main`: requested twice, a
    rollback would undo itself.
    """
    names = [f"{MAIN_REF}:{path}", *([f"{expected_main}:{path}"] if expected_main else [])]
    base, *expected_blobs = repository.resolve_objects(*names)
    if expected_blobs and expected_blobs != [base]:
        raise StaleError("This automation was changed on main meanwhile; look at the preview again.")
    last = find_last_commit(repository, path)
    if last is None:
        raise InputError(f"{path} was never on main; there is nothing to roll back.")
    source = resolve_main_commit(repository, to_commit) if to_commit else last.parent
    content = repository.blob_sha(source, path) if source else None
    if content == base:
        raise InputError(f"{path} is that very version already; there is nothing to roll back.")
    trailers = {"Path": path, "Restores-Version": source} if to_commit else {"Path": path, "Reverts": last.sha}
    body = (
        f"This reverts commit {last.sha}.\n\n{why}"
        if not to_commit
        else f"This restores the version of {source}.\n\n{why}"
    )
    earlier = f"Restore an earlier version of {path}" if content else f"Take out {path}"
    subject = earlier if to_commit else f'Revert "{last.subject}"'

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        tree = repository.write_tree_from_blobs(main, {path: content})
        return repository.commit(tree, [main], commit_message(subject, body, trailers), who, now), ()

    return _commit_to_main(repository, build, path, [base])


def was_rolled_back(commits: Sequence[MainCommit]) -> bool:
    """Whether the newest of a path's commits is a rollback; to revert that is a restore, and no rollback itself."""
    by_sha = {change.sha: change for change in commits}
    at, back = commits[0] if commits else None, False
    while at and _REVERT_TRAILERS & at.trailers.keys():
        at, back = by_sha.get(at.trailers.get("Reverts", "")), not back
    return back


def commit_files(
    repository: Repository,
    files: Mapping[str, bytes | None],
    subject: str,
    who: GitAuthor,
    now: datetime,
    **trailers: str,
) -> str:
    """Set or remove some files of main, with `who` as author: an adoption, an import. Returns the new commit."""
    names = {key.replace("_", "-"): value for key, value in trailers.items()}

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        tree = repository.write_tree(main, files)
        return repository.commit(tree, [main], commit_message(subject, "", names), who, now), ()

    return _commit_to_main(repository, build)


def resolve_main_commit(repository: Repository, revision: str) -> str:
    """The full sha of a commit that main holds or held; InputError for anything else."""
    commit = repository.resolve(revision)
    if commit is None or not repository.is_ancestor(commit, repository.main_commit()):
        raise InputError(f"{revision!r} is no commit of main; its log lists them.")
    return commit


def _commit_to_main(
    repository: Repository,
    build: Callable[[str], tuple[str, Sequence[RefUpdate]]],
    path: str = "",
    base: Sequence[str | None] = (),
) -> str:
    """Move main to the commit that `build` returns, with its other refs; tried again where another process moved main.

    Raises StaleError where `path` is not the blob in `base` (empty: where it changed between two attempts), or as
    `build` does.
    """
    for _ in range(MAX_ATTEMPTS):
        main, *blob = repository.resolve_objects(MAIN_REF, *([f"{MAIN_REF}:{path}"] if path else []))
        if main is None or (base and blob != list(base)):
            raise StaleError(f"{path} was changed on main meanwhile; look again.")
        base = base or blob
        commit, others = build(main)
        try:
            repository.update_refs([RefUpdate(MAIN_REF, commit, main), *others])
        except StaleError:
            if repository.main_commit() == main:
                raise
        else:
            return commit
    raise StaleError("main is being changed again and again; try once more.")


def find_path_in_history(repository: Repository, name: str) -> str:
    """The path on main, now or once, of an automation named by its habit's id, its path or a trailer; "" for none."""
    if habit_path := find_habit_path(repository, name):
        return habit_path
    files = repository.list_files(repository.main_commit())
    if name in files:
        return name
    for key in (f"Automation-Id: {name}", f"Path: {name}"):
        form = "--format=%B%x00"
        out = repository.git(
            "log", form, "--fixed-strings", f"--grep={key}", MAIN_REF, *_deployed_ref_if_any(repository)
        )
        for text in out.decode("utf-8", "replace").split("\0"):
            trailers = trailers_from_message(text)
            # The search also finds longer ids that begin the same.
            if name in (trailers.get("Automation-Id"), trailers.get("Path")) and (
                path := _path_from_trailers(trailers)
            ):
                return path
    return ""


def list_changed_blobs(repository: Repository, text: str) -> Iterator[tuple[str, str]]:
    """Path and blob of each version of a file that gained or lost `text` on main, newest first."""
    out = repository.git(
        "log", "--first-parent", "-m", "--format=", "--raw", "-z", "--no-abbrev", f"-S{text}", MAIN_REF
    )
    fields = out.decode("utf-8", "surrogateescape").split("\0")
    for change, path in zip(fields[::2], fields[1::2], strict=False):
        before, after = change.split()[2:4]
        yield from ((path, blob) for blob in (after, before) if blob.strip("0"))


def find_habit_path(repository: Repository, name: str) -> str:
    """The path that a habit's automation has or would have, named by its id or its habit's; "" where there is none."""
    habit = name.removeprefix("nightshift_")
    latest_entry = read_latest_entry(repository, habit) if habit.isalnum() else None
    return latest_entry.path if latest_entry else ""


def list_main_commits(repository: Repository, *paths: str, limit: int = 100) -> list[MainCommit]:
    """The commits of main that changed these paths (none: any), newest first, along main's first parents."""
    form = "%H%x00%P%x00%at%x00%an%x00%s%x00%B%x00%x00"
    out = repository.git("log", "--first-parent", "-m", f"-n{limit}", f"--format={form}", MAIN_REF, "--", *paths)
    rows = (row.lstrip("\n") for row in out.decode("utf-8", "replace").split("\0\0\n"))
    return [_main_commit_from_row(*row.split("\0", 5)) for row in rows if row]


def find_last_commit(repository: Repository, path: str) -> MainCommit | None:
    commits = list_main_commits(repository, path, limit=1)
    return commits[0] if commits else None


def _deployed_ref_if_any(repository: Repository) -> list[str]:
    return [DEPLOYED_REF] if repository.resolve(DEPLOYED_REF) else []


def _path_from_trailers(trailers: Mapping[str, str]) -> str:
    return trailers.get("Path") or trailers.get("Adopts") or trailers.get("Unmanages") or ""


def _main_commit_from_row(sha: str, parents: str, at: str, who: str, subject: str, text: str) -> MainCommit:
    parent = parents.split()[0] if parents else None
    return MainCommit(sha, parent, time_from_git(at), who, subject, trailers_from_message(text))
