"""What moves main: merging a suggestion, reverting one path, restoring one path. Other files are never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.ledger import Entry, entry, next_entry, record
from automations.git.naming import automation_id, message, trailers_of
from automations.git.repository import ABSENT, BOT, MAIN, Person, RefUpdate, Repository
from schemas.errors import InputError, Moved
from schemas.suggestions import Event


@dataclass(frozen=True)
class Change:
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
    tip: Entry,
    blob: str,
    who: Person,
    why: str,
    now: datetime,
    trial_until: datetime | None = None,
) -> str:
    """Merge a suggestion's file into main in the reviewer's name; main, ledger and branch move together.

    `blob` is the file that was shown, "" where the suggestion takes it out. Returns the merge commit. Raises Moved
    where anything moved meanwhile.
    """
    main, branch = repository.main(), repository.resolve(tip.branch)
    if branch is None or (repository.blob_of(branch, tip.path) or "") != blob:
        raise Moved("The suggestion has changed since it was shown; look again.")
    tree = repository.tree_of_blobs(main, {tip.path: blob or None})
    trailers = {
        "Habit-Id": tip.habit_id,
        "Automation-Id": automation_id(tip.habit_id),
        "Path": tip.path,
        "Approved-By": who,
        "Drafted-By": tip.drafted_by,
    }
    commit = repository.commit(tree, [main, branch], message(f"Approve: {tip.title}", why, trailers), who, now)
    approved = replace(
        next_entry(tip, Event.APPROVED, who, now, why), branch_commit=branch, merge=commit, trial_until=trial_until
    )
    updates = [
        RefUpdate(MAIN, commit, main),
        RefUpdate(tip.branch, ABSENT, branch),
        record(repository, approved, who),
    ]
    repository.move(updates)
    return commit


def revert(repository: Repository, path: str, who: Person, now: datetime, why: str = "", to: str | None = None) -> str:
    """Put one path of main back as it was before its last change, or as in the commit `to`; the new commit.

    The message is what `git revert` writes, so that people and tools recognise it. Raises InputError where there is
    nothing to go back to.
    """
    main = repository.main()
    last = last_change(repository, path)
    if last is None:
        raise InputError(f"{path} was never on main; there is nothing to roll back.")
    source = to or last.parent
    content = repository.blob_of(source, path) if source else None
    if content == repository.blob_of(main, path):
        raise InputError(f"{path} is that very version already; there is nothing to roll back.")
    tree = repository.tree_of_blobs(main, {path: content})
    trailers = {"Path": path, "Restores-Version": to} if to else {"Path": path, "Reverts": last.sha}
    body = f"This reverts commit {last.sha}.\n\n{why}" if not to else f"This restores the version of {to}.\n\n{why}"
    subject = f'Revert "{last.subject}"' if not to else f"Restore an earlier version of {path}"
    commit = repository.commit(tree, [main], message(subject, body, trailers), who, now)
    repository.move([RefUpdate(MAIN, commit, main)])
    return commit


def put(
    repository: Repository, files: Mapping[str, bytes | None], subject: str, who: Person, now: datetime, **trailers: str
) -> str:
    """Set or remove some files of main in somebody's name: an adoption, an import. Returns the new commit."""
    main = repository.main()
    tree = repository.tree_with(main, files)
    names = {key.replace("_", "-"): value for key, value in trailers.items()}
    commit = repository.commit(tree, [main], message(subject, "", names), who, now)
    repository.move([RefUpdate(MAIN, commit, main)])
    return commit


def find_path(repository: Repository, name: str) -> str:
    """The path on main, now or once, of an automation named by its id, its habit's id or its path."""
    habit = name.removeprefix("nightshift_")
    tip = entry(repository, habit) if habit.isalnum() else None
    if tip is not None:
        return tip.path
    files = repository.files(repository.main())
    if name in files:
        return name
    for key in (f"Automation-Id: {name}", f"Path: {name}"):
        out = repository.git("log", "-1", "--format=%B", "--fixed-strings", f"--grep={key}", MAIN)
        facts = trailers_of(out.decode("utf-8", "replace"))
        if path := facts.get("Path") or facts.get("Adopts"):
            return path
    raise InputError(f"No automation {name} was ever on main; `python -m automations log` lists what was.")


def changes_of(repository: Repository, *paths: str, most: int = 100) -> list[Change]:
    """The commits of main that changed these paths (none: any), newest first, seen along main's own line."""
    form = "%H%x00%P%x00%aI%x00%an%x00%s%x00%B%x00%x00"
    out = repository.git("log", "--first-parent", "-m", f"-n{most}", f"--format={form}", MAIN, "--", *paths)
    rows = (row.lstrip("\n") for row in out.decode("utf-8", "replace").split("\0\0\n"))
    return [_change(*row.split("\0", 5)) for row in rows if row]


def last_change(repository: Repository, path: str) -> Change | None:
    found = changes_of(repository, path, most=1)
    return found[0] if found else None


def record_outcome(
    repository: Repository, tip: Entry, event: Event, why: str, now: datetime, who: Person = BOT
) -> None:
    """Write into the ledger what became of a suggestion after its merge."""
    repository.move([record(repository, next_entry(tip, event, who, now, why), who)])


def _change(sha: str, parents: str, at: str, who: str, subject: str, text: str) -> Change:
    parent = parents.split()[0] if parents else None
    return Change(sha, parent, datetime.fromisoformat(at), who, subject, trailers_of(text))
