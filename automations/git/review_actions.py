"""What a person says about a suggestion without merging it: edit, comment, snooze, decline, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from automations.git.ledger import Entry, next_entry, record
from automations.git.lifecycle import after
from automations.git.naming import message
from automations.git.proposals import look_at_branch
from automations.git.repository import ABSENT, BOT, MAIN, Person, RefUpdate, Repository
from schemas.errors import StaleError
from schemas.suggestions import DeclineScope, LedgerEvent


def edit(
    repository: Repository,
    tip: Entry,
    yaml: str,
    base_blob: str,
    who: Person,
    now: datetime,
    words: str = "",
    seen: Mapping[str, bytes | None] | None = None,
) -> str:
    """Commit a person's version on top of the branch, in their name; from then on the bot leaves it alone.

    `base_blob` is the version they started from; Moved where the branch holds another by now. `seen` are further
    files for the ledger (a new verdict, receipts).
    """
    look = look_at_branch(repository, tip.branch, tip.path)
    if look is None or (look.blob or "") != base_blob:
        raise StaleError("Somebody changed this suggestion while you were editing; reload to see both versions.")
    main = repository.main()
    # Where main went on with the file meanwhile, the person has put the two together: the branch now stands on main.
    together = repository.blob_of(main, tip.path) != look.base_blob
    tree = repository.tree_with(main if together else look.commit, {tip.path: yaml.encode()})
    text = message(words or f"Edit: {tip.title}", "", {"Habit-Id": tip.habit_id})
    commit = repository.commit(tree, [look.commit, main] if together else [look.commit], text, who, now)
    entry = replace(next_entry(tip, LedgerEvent.EDITED, who, now, words), branch_commit=commit)
    files = {"automation.yaml": yaml.encode(), **(seen or {})}
    repository.move([RefUpdate(tip.branch, commit, look.commit), record(repository, entry, who, files)])
    return commit


def comment(repository: Repository, tip: Entry, words: str, who: Person, now: datetime) -> None:
    repository.move([record(repository, next_entry(tip, LedgerEvent.COMMENTED, who, now, words), who)])


def snooze(repository: Repository, tip: Entry, until: datetime, who: Person, now: datetime) -> None:
    """Out of the way until a moment; the branch stays."""
    entry = replace(next_entry(tip, LedgerEvent.SNOOZED, who, now), snoozed_until=until)
    repository.move([record(repository, entry, who)])


def wake(repository: Repository, tip: Entry, now: datetime, who: Person = BOT) -> None:
    """Open again, or edited again where a person has committed to its branch; Moved where it sleeps no more."""
    after(tip.state, LedgerEvent.WOKEN)
    look = look_at_branch(repository, tip.branch, tip.path)
    event = LedgerEvent.EDITED if look and look.frozen else LedgerEvent.WOKEN
    entry = replace(next_entry(tip, event, who, now), snoozed_until=None)
    repository.move([record(repository, entry, who)])


def decline(repository: Repository, tip: Entry, scope: DeclineScope, reason: str, who: Person, now: datetime) -> None:
    """No, in a scope; the branch goes, the ledger keeps it so that it can be reopened."""
    branch = repository.resolve(tip.branch)
    entry = replace(next_entry(tip, LedgerEvent.DECLINED, who, now, reason), scope=scope, branch_commit=branch or "")
    gone = [RefUpdate(tip.branch, ABSENT, branch)] if branch else []
    repository.move([*gone, record(repository, entry, who)])


def keep(repository: Repository, tip: Entry, who: Person, now: datetime) -> None:
    """An automation that was questioned stays as it is; the branch that would change it goes."""
    branch = repository.resolve(tip.branch)
    entry = replace(
        next_entry(tip, LedgerEvent.HEALTHY, who, now, "Kept."), trial_until=None, branch_commit=branch or ""
    )
    gone = [RefUpdate(tip.branch, ABSENT, branch)] if branch else []
    content = repository.read(MAIN, tip.path)
    seen: dict[str, bytes | None] = {"automation.yaml": content} if content is not None else {}
    repository.move([*gone, record(repository, entry, who, seen)])


def reopen(repository: Repository, tip: Entry, who: Person, now: datetime) -> str:
    """Bring back what was declined, faded or rolled back, re-rendered on today's main; its branch commit.

    Merging a branch that was merged before would do nothing, so it is always rendered again.
    """
    entry = replace(next_entry(tip, LedgerEvent.REOPENED, who, now), scope=None)
    content = repository.read(tip.sha, "automation.yaml")
    if content is None:
        raise StaleError(
            "This suggestion kept no draft to reopen; it comes back by itself when the habit is seen again."
        )
    main = repository.main()
    tree = repository.tree_with(main, {tip.path: content})
    text = message(tip.title, "Reopened.", {"Habit-Id": tip.habit_id, "Habit-Key": tip.key, "Kind": tip.kind})
    commit = repository.commit(tree, [main], text, BOT, now)
    entry = replace(entry, branch_commit=commit)
    old = repository.resolve(tip.branch) or ABSENT
    repository.move([RefUpdate(tip.branch, commit, old), record(repository, entry, who)])
    return commit


def notice_push(repository: Repository, tip: Entry, event: LedgerEvent, who: Person, now: datetime, why: str) -> None:
    """Write into the ledger what a push did to the branch: edited, held back, released."""
    commit = repository.resolve(tip.branch) or ""
    entry = replace(next_entry(tip, event, who, now, why), branch_commit=commit)
    content = repository.read(commit, tip.path) if commit else None
    seen: dict[str, bytes | None] = {"automation.yaml": content} if content is not None else {}
    repository.move([record(repository, entry, who, seen)])
