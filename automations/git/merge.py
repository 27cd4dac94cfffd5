"""What moves main: merging a suggestion, reverting one path, restoring one path. Other files are never touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from automations.git.ledger import Entry, entry, next_entry, record
from automations.git.naming import DEPLOYED, automation_id, message, trailers_of
from automations.git.repository import ABSENT, BOT, MAIN, Person, RefUpdate, Repository
from schemas.errors import InputError, StaleError
from schemas.suggestions import LedgerEvent

TRIES = 20
"""How often a commit is made anew because somebody else moved main meanwhile."""
_BACK = {"Reverts", "Restores-Version"}
"""Trailers of a commit that takes a path back."""


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
    instead: str | None = None,
) -> str:
    """Merge a suggestion's file into main in the reviewer's name; main, ledger and branch move together.

    `blob` is the file that was shown, "" where the suggestion takes it out; `instead` is what main gets in its place,
    such as the same deployed turned off. Returns the merge commit. Raises Moved where anything moved meanwhile.
    """
    trailers = {
        "Habit-Id": tip.habit_id,
        "Automation-Id": automation_id(tip.habit_id),
        "Path": tip.path,
        "Approved-By": who,
        "Drafted-By": tip.drafted_by,
    }

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        branch, proposed = repository.shas(tip.branch, f"{tip.branch}:{tip.path}")
        if branch is None or (proposed or "") != blob:
            raise StaleError("The suggestion has changed since it was shown; look again.")
        tree = repository.tree_of_blobs(main, {tip.path: instead or blob or None})
        commit = repository.commit(tree, [main, branch], message(f"Approve: {tip.title}", why, trailers), who, now)
        approved = replace(
            next_entry(tip, LedgerEvent.APPROVED, who, now, why),
            branch_commit=branch,
            merge=commit,
            trial_until=trial_until,
        )
        return commit, [record(repository, approved, who), RefUpdate(tip.branch, ABSENT, branch)]

    return _onto_main(repository, build, tip.path)


def revert(
    repository: Repository,
    path: str,
    who: Person,
    now: datetime,
    why: str = "",
    to: str | None = None,
    seen: str = "",
) -> str:
    """Put one path of main back as it was before its last change, or as in the commit `to`; the new commit.

    The message is what `git revert` writes, so that people and tools recognise it. Raises InputError where there is
    nothing to go back to, Moved where the path is not as in the main commit `seen`: asked twice, a rollback would
    undo itself.
    """
    names = [f"{MAIN}:{path}", *([f"{seen}:{path}"] if seen else [])]
    base, *shown = repository.shas(*names)
    if shown and shown != [base]:
        raise StaleError("This automation was changed on main meanwhile; look at the preview again.")
    last = last_change(repository, path)
    if last is None:
        raise InputError(f"{path} was never on main; there is nothing to roll back.")
    source = version_of_main(repository, to) if to else last.parent
    content = repository.blob_of(source, path) if source else None
    if content == base:
        raise InputError(f"{path} is that very version already; there is nothing to roll back.")
    trailers = {"Path": path, "Restores-Version": source} if to else {"Path": path, "Reverts": last.sha}
    body = f"This reverts commit {last.sha}.\n\n{why}" if not to else f"This restores the version of {source}.\n\n{why}"
    earlier = f"Restore an earlier version of {path}" if content else f"Take out {path}"
    subject = earlier if to else f'Revert "{last.subject}"'

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        tree = repository.tree_of_blobs(main, {path: content})
        return repository.commit(tree, [main], message(subject, body, trailers), who, now), ()

    return _onto_main(repository, build, path, [base])


def was_rolled_back(changes: Sequence[Change]) -> bool:
    """Whether the newest of a path's changes took it back; to undo that is a restore, which is no rollback itself."""
    by_sha = {change.sha: change for change in changes}
    at, back = changes[0] if changes else None, False
    while at and _BACK & at.trailers.keys():
        at, back = by_sha.get(at.trailers.get("Reverts", "")), not back
    return back


def put(
    repository: Repository, files: Mapping[str, bytes | None], subject: str, who: Person, now: datetime, **trailers: str
) -> str:
    """Set or remove some files of main in somebody's name: an adoption, an import. Returns the new commit."""
    names = {key.replace("_", "-"): value for key, value in trailers.items()}

    def build(main: str) -> tuple[str, Sequence[RefUpdate]]:
        tree = repository.tree_with(main, files)
        return repository.commit(tree, [main], message(subject, "", names), who, now), ()

    return _onto_main(repository, build)


def version_of_main(repository: Repository, revision: str) -> str:
    """The full sha of a commit that main holds or held; InputError for anything else."""
    found = repository.resolve(revision)
    if found is None or not repository.is_ancestor(found, repository.main()):
        raise InputError(f"{revision!r} is no commit of main; its log lists them.")
    return found


def _onto_main(
    repository: Repository,
    build: Callable[[str], tuple[str, Sequence[RefUpdate]]],
    path: str = "",
    base: Sequence[str | None] = (),
) -> str:
    """Move main to what `build` makes of it, with its other refs; tried anew where something else moved main.

    Raises Moved where `path` is not the blob in `base` (none: where it changed between two tries), or as `build` does.
    """
    for _ in range(TRIES):
        main, *blob = repository.shas(MAIN, *([f"{MAIN}:{path}"] if path else []))
        if main is None or (base and blob != list(base)):
            raise StaleError(f"{path} was changed on main meanwhile; look again.")
        base = base or blob
        commit, others = build(main)
        try:
            repository.move([RefUpdate(MAIN, commit, main), *others])
        except StaleError:
            if repository.main() == main:
                raise
        else:
            return commit
    raise StaleError("main is being changed again and again; try once more.")


def find_path(repository: Repository, name: str) -> str:
    """The path on main, now or once, of an automation named by its id, its habit's id or its path."""
    if habit_path := path_of_habit(repository, name):
        return habit_path
    files = repository.files(repository.main())
    if name in files:
        return name
    for key in (f"Automation-Id: {name}", f"Path: {name}"):
        form = "--format=%B%x00"
        out = repository.git("log", form, "--fixed-strings", f"--grep={key}", MAIN, *_record(repository))
        for text in out.decode("utf-8", "replace").split("\0"):
            facts = trailers_of(text)
            # The search also finds longer ids that begin the same.
            if name in (facts.get("Automation-Id"), facts.get("Path")) and (path := _path_in(facts)):
                return path
    raise InputError(f"No automation {name} was ever on main; `python -m automations log` lists what was.")


def path_of_habit(repository: Repository, name: str) -> str:
    """The path that a habit's automation has or would have, named by its id or its habit's; "" where there is none."""
    habit = name.removeprefix("nightshift_")
    tip = entry(repository, habit) if habit.isalnum() else None
    return tip.path if tip else ""


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
    repository: Repository, tip: Entry, event: LedgerEvent, why: str, now: datetime, who: Person = BOT
) -> None:
    """Write into the ledger what became of a suggestion after its merge."""
    repository.move([record(repository, next_entry(tip, event, who, now, why), who)])


def _record(repository: Repository) -> list[str]:
    return [DEPLOYED] if repository.resolve(DEPLOYED) else []


def _path_in(facts: Mapping[str, str]) -> str:
    return facts.get("Path") or facts.get("Adopts") or facts.get("Unmanages") or ""


def _change(sha: str, parents: str, at: str, who: str, subject: str, text: str) -> Change:
    parent = parents.split()[0] if parents else None
    return Change(sha, parent, datetime.fromisoformat(at), who, subject, trailers_of(text))
