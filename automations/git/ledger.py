"""The ledger of a suggestion: a chain of commits under `refs/suggestions/<habit_id>`, one an event.

A commit's tree holds that event's files: `automation.yaml`, `pattern.json`, `verdict.json` (findings and backtest) and
`receipts.json`, as far as there are any. Its second parent is the branch commit at that time, but the first commit has
no parents. Its trailers hold the rest. The tip's trailers are the state, so one listing of the refs gives the state of
every suggestion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from automations.git.author import BOT, GitAuthor
from automations.git.ledger_entry import LedgerEntry, entry_from_tip, next_entry, trailers_from_entry
from automations.git.naming import LEDGER_PREFIX, commit_message, ledger_ref
from automations.git.refs import RefTip, list_refs, read_commits, read_ref_tips
from automations.git.repository import NULL_SHA, RefUpdate, Repository
from schemas.suggestions import LedgerEvent


def read_latest_entries(repository: Repository) -> dict[str, LedgerEntry]:
    """The newest entry of every suggestion, by habit id; a damaged one is left out.

    Each commit is read once, all new ones in one process.
    """
    refs = list_refs(repository, LEDGER_PREFIX)
    known = repository.decoded(LedgerEntry)
    latest = known.find(refs.values())
    tips = read_commits(repository, [sha for sha in refs.values() if sha not in latest])
    latest |= {sha: entry for sha, tip in tips.items() if (entry := entry_from_tip(tip))}
    known.keep_only(latest)
    return {latest[sha].habit_id: latest[sha] for sha in refs.values() if sha in latest}


def read_latest_entry(repository: Repository, habit_id: str) -> LedgerEntry | None:
    """The newest entry of one suggestion; Damaged where it is there and cannot be read."""
    if repository.tip(ledger_ref(habit_id)) is None:
        return None
    entries = [e for tip in read_ref_tips(repository, ledger_ref(habit_id)) if (e := entry_from_tip(tip))]
    return entries[0] if entries else None


def read_entries(repository: Repository, habit_id: str) -> list[LedgerEntry]:
    """Every entry of one suggestion, oldest first."""
    form = "%H%x00%P%x00%B%x00%x00"
    out = repository.git("log", "--first-parent", "--reverse", f"--format={form}", ledger_ref(habit_id))
    rows = (
        row.lstrip("\n").split("\0", 2) for row in out.decode("utf-8", "replace").split("\0\0\n") if row.strip("\n")
    )
    tips_of = (RefTip(ledger_ref(habit_id), sha, tuple(parents.split()), text) for sha, parents, text in rows)
    return [e for tip in tips_of if (e := entry_from_tip(tip))]


def read_entries_since(repository: Repository, latest_entry: LedgerEntry, known_sha: str | None) -> list[LedgerEntry]:
    """The entries after the commit `known_sha` (None: all), oldest first."""
    entries = read_entries(repository, latest_entry.habit_id)
    at = next((number for number, one in enumerate(entries) if one.sha == known_sha), -1)
    return entries[at + 1 :]


def commit_entry(
    repository: Repository,
    entry: LedgerEntry,
    who: GitAuthor,
    files: Mapping[str, bytes | None] | None = None,
    body: str = "",
) -> RefUpdate:
    """Write the entry's commit on top of `entry.sha`; the ref is moved by the caller, with whatever belongs to it.

    `files` are set over those of the tip (None removes one).
    """
    tree = repository.write_tree(entry.sha or None, files or {})
    # The chain starts at a root of its own, so that its first parents are its events and nothing else.
    parents = [parent for parent in (entry.sha, entry.branch_commit) if parent] if entry.sha else []
    text = commit_message(
        f"{entry.event.value.replace('_', ' ').capitalize()}: {entry.title}", body, trailers_from_entry(entry)
    )
    commit = repository.commit(tree, parents, text, who, entry.at)
    return RefUpdate(entry.ref, commit, entry.sha or NULL_SHA)


def append_entry(
    repository: Repository,
    entry: LedgerEntry,
    who: GitAuthor,
    files: Mapping[str, bytes | None] | None = None,
    also: Sequence[RefUpdate] = (),
) -> LedgerEntry:
    """Write the entry and move its ref together with those in `also`; the entry as the ledger holds it from now on."""
    update = commit_entry(repository, entry, who, files)
    repository.update_refs([*also, update])
    return replace(entry, sha=update.new)


def append_event(
    repository: Repository, latest_entry: LedgerEntry, event: LedgerEvent, why: str, now: datetime, who: GitAuthor = BOT
) -> LedgerEntry:
    """Append what happened to a suggestion; StaleError where it cannot happen now."""
    return append_entry(repository, next_entry(latest_entry, event, who, now, why), who)
