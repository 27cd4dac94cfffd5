"""What a person does with a suggestion other than merging it: edit, comment, snooze, decline, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from automations.git.author import BOT, GitAuthor
from automations.git.branch_state import inspect_branch
from automations.git.ledger import commit_entry
from automations.git.ledger_entry import LedgerEntry, next_entry
from automations.git.lifecycle import next_state
from automations.git.naming import commit_message
from automations.git.repository import MAIN_REF, NULL_SHA, RefUpdate, Repository
from schemas.errors import StaleError
from schemas.suggestions import DeclineScope, LedgerEvent


def edit(
    repository: Repository,
    latest_entry: LedgerEntry,
    yaml: str,
    base_blob: str,
    who: GitAuthor,
    now: datetime,
    note: str = "",
    ledger_files: Mapping[str, bytes | None] | None = None,
) -> str:
    """Commit a person's version on top of the branch, in their name; from then on the bot leaves it alone.

    `base_blob` is the version they started from; StaleError where the branch holds another by now. `ledger_files`
    are further files for the ledger (a new verdict.json, receipts.json).
    """
    branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
    if branch_state is None or (branch_state.blob or "") != base_blob:
        raise StaleError("Somebody changed this suggestion while you were editing; reload to see both versions.")
    main = repository.main_commit()
    # Where main changed the file meanwhile, the person has merged the two: the branch is now based on main.
    merged_with_main = repository.blob_sha(main, latest_entry.path) != branch_state.base_blob
    tree = repository.write_tree(main if merged_with_main else branch_state.commit, {latest_entry.path: yaml.encode()})
    text = commit_message(note or f"Edit: {latest_entry.title}", "", {"Habit-Id": latest_entry.habit_id})
    commit = repository.commit(
        tree, [branch_state.commit, main] if merged_with_main else [branch_state.commit], text, who, now
    )
    entry = replace(next_entry(latest_entry, LedgerEvent.EDITED, who, now, note), branch_commit=commit)
    files = {"automation.yaml": yaml.encode(), **(ledger_files or {})}
    repository.update_refs(
        [RefUpdate(latest_entry.branch, commit, branch_state.commit), commit_entry(repository, entry, who, files)]
    )
    return commit


def comment(repository: Repository, latest_entry: LedgerEntry, text: str, who: GitAuthor, now: datetime) -> None:
    repository.update_refs(
        [commit_entry(repository, next_entry(latest_entry, LedgerEvent.COMMENTED, who, now, text), who)]
    )


def snooze(repository: Repository, latest_entry: LedgerEntry, until: datetime, who: GitAuthor, now: datetime) -> None:
    """Hide it until then; the branch stays."""
    entry = replace(next_entry(latest_entry, LedgerEvent.SNOOZED, who, now), snoozed_until=until)
    repository.update_refs([commit_entry(repository, entry, who)])


def wake(repository: Repository, latest_entry: LedgerEntry, now: datetime, who: GitAuthor = BOT) -> None:
    """Open again, or edited again where a person has committed to its branch; StaleError where it is not snoozed."""
    next_state(latest_entry.state, LedgerEvent.WOKEN)
    branch_state = inspect_branch(repository, latest_entry.branch, latest_entry.path)
    event = LedgerEvent.EDITED if branch_state and branch_state.edited_by_person else LedgerEvent.WOKEN
    entry = replace(next_entry(latest_entry, event, who, now), snoozed_until=None)
    repository.update_refs([commit_entry(repository, entry, who)])


def decline(
    repository: Repository, latest_entry: LedgerEntry, scope: DeclineScope, reason: str, who: GitAuthor, now: datetime
) -> None:
    """Decline it, in a scope; the branch is deleted, the ledger keeps the draft so that it can be reopened."""
    branch = repository.resolve(latest_entry.branch)
    entry = replace(
        next_entry(latest_entry, LedgerEvent.DECLINED, who, now, reason),
        decline_scope=scope,
        branch_commit=branch or "",
    )
    branch_removal = [RefUpdate(latest_entry.branch, NULL_SHA, branch)] if branch else []
    repository.update_refs([*branch_removal, commit_entry(repository, entry, who)])


def keep(repository: Repository, latest_entry: LedgerEntry, who: GitAuthor, now: datetime) -> None:
    """A degraded automation, or one after its trial, stays as it is; the branch that would change it is deleted."""
    branch = repository.resolve(latest_entry.branch)
    entry = replace(
        next_entry(latest_entry, LedgerEvent.HEALTHY, who, now, "Kept."), trial_until=None, branch_commit=branch or ""
    )
    branch_removal = [RefUpdate(latest_entry.branch, NULL_SHA, branch)] if branch else []
    content = repository.read_file(MAIN_REF, latest_entry.path)
    files: dict[str, bytes | None] = {"automation.yaml": content} if content is not None else {}
    repository.update_refs([*branch_removal, commit_entry(repository, entry, who, files)])


def reopen(repository: Repository, latest_entry: LedgerEntry, who: GitAuthor, now: datetime) -> str:
    """Bring back what was declined, faded or rolled back, re-rendered on today's main; its branch commit.

    Merging a branch that was merged before would do nothing, so it is always rendered again.
    """
    entry = replace(next_entry(latest_entry, LedgerEvent.REOPENED, who, now), decline_scope=None)
    content = repository.read_file(latest_entry.sha, "automation.yaml")
    if content is None:
        raise StaleError(
            "This suggestion kept no draft to reopen; it comes back by itself when the habit is seen again."
        )
    main = repository.main_commit()
    tree = repository.write_tree(main, {latest_entry.path: content})
    text = commit_message(
        latest_entry.title,
        "Reopened.",
        {"Habit-Id": latest_entry.habit_id, "Habit-Key": latest_entry.habit_key, "Kind": latest_entry.kind},
    )
    commit = repository.commit(tree, [main], text, BOT, now)
    entry = replace(entry, branch_commit=commit)
    old = repository.resolve(latest_entry.branch) or NULL_SHA
    repository.update_refs([RefUpdate(latest_entry.branch, commit, old), commit_entry(repository, entry, who)])
    return commit


def append_push(
    repository: Repository, latest_entry: LedgerEntry, event: LedgerEvent, who: GitAuthor, now: datetime, why: str
) -> None:
    """Append to the ledger what a push did to the branch: edited, held back, released."""
    commit = repository.resolve(latest_entry.branch) or ""
    entry = replace(next_entry(latest_entry, event, who, now, why), branch_commit=commit)
    content = repository.read_file(commit, latest_entry.path) if commit else None
    files: dict[str, bytes | None] = {"automation.yaml": content} if content is not None else {}
    repository.update_refs([commit_entry(repository, entry, who, files)])
