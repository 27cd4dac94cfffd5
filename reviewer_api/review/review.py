"""Review: what a person decides about a suggestion, each approval bound to what was shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from automations.config.yaml import decode, encode
from automations.git import review_actions
from automations.git.author import GitAuthor
from automations.git.branch_state import conflicts_with_main, inspect_branch
from automations.git.ledger_entry import LedgerEntry
from automations.git.merge import merge
from automations.git.repository import Repository
from reviewer_api.models.suggestions import ApproveQuestion, DeclineQuestion, EditQuestion, Seen, Trial
from reviewer_api.review.draft_reader import UNKNOWN_HASH, CheckedDraft, DraftReader
from reviewer_api.review.presenters import finding_keys
from schemas.errors import InputError, NightshiftError, StaleError
from schemas.problems import Severity
from schemas.suggestions import State

TRIAL_DURATION = timedelta(days=7)

Redraft = Callable[[str, str, str], Awaitable[None]]
"""branch, comment, author: commits a new draft on the branch; InputError with the reason where it could not."""


class ApprovalBlocked(NightshiftError):
    """A finding or its branch forbids the approval, or it lacks a second yes."""


class Review:
    """Decisions are written in threads; each raises SuggestionNotFound for an unknown habit."""

    def __init__(
        self, repository: Repository, draft_reader: DraftReader, redraft: Redraft, now: Callable[[], datetime]
    ) -> None:
        self._repository, self._draft_reader, self._redraft, self._now = repository, draft_reader, redraft, now

    async def approve(self, habit_id: str, request: ApproveQuestion, author: GitAuthor) -> str:
        """Merge what was shown and return the merge commit.

        Raises StaleError where the state has changed since, ApprovalBlocked where a finding or the branch forbids it.
        """
        draft = await self._draft_reader.checked_draft(habit_id)
        return await asyncio.to_thread(self._approve, draft, request, author)

    async def edit(self, habit_id: str, request: EditQuestion, author: GitAuthor) -> None:
        def save() -> None:
            _check_decodable(request.yaml)
            tip, now = self._draft_reader.latest_entry(habit_id), self._now()
            review_actions.edit(self._repository, tip, request.yaml, request.base_blob, author, now, request.message)

        await asyncio.to_thread(save)

    async def comment(self, habit_id: str, text: str, author: GitAuthor) -> None:
        await self._decide(habit_id, lambda tip, now: review_actions.comment(self._repository, tip, text, author, now))

    async def redraft(self, habit_id: str, text: str, author: GitAuthor) -> None:
        """A new draft that follows `text`, which is recorded in the ledger as a comment."""
        await self.comment(habit_id, text, author)
        tip = await asyncio.to_thread(self._draft_reader.latest_entry, habit_id)
        await self._redraft(tip.branch.removeprefix("refs/heads/"), text, author.name)

    async def decline(self, habit_id: str, request: DeclineQuestion, author: GitAuthor) -> None:
        scope, reason = request.scope, request.reason
        await self._decide(
            habit_id, lambda tip, now: review_actions.decline(self._repository, tip, scope, reason, author, now)
        )

    async def snooze(self, habit_id: str, until: datetime, author: GitAuthor) -> None:
        if until <= self._now():
            raise InputError("Snooze until a moment that is still to come.")
        await self._decide(habit_id, lambda tip, now: review_actions.snooze(self._repository, tip, until, author, now))

    async def keep(self, habit_id: str, author: GitAuthor) -> None:
        """Keep what is deployed, though it was found degraded."""
        await self._decide(habit_id, lambda tip, now: review_actions.keep(self._repository, tip, author, now))

    async def reopen(self, habit_id: str, author: GitAuthor) -> None:
        """Open again; a snoozed suggestion wakes before its day."""

        def reopen_or_wake(tip: LedgerEntry, now: datetime) -> None:
            if tip.state is State.SNOOZED:
                review_actions.wake(self._repository, tip, now, author)
            else:
                review_actions.reopen(self._repository, tip, author, now)

        await self._decide(habit_id, reopen_or_wake)

    async def _decide(self, habit_id: str, write: Callable[[LedgerEntry, datetime], object]) -> None:
        await asyncio.to_thread(lambda: write(self._draft_reader.latest_entry(habit_id), self._now()))

    def _approve(self, draft: CheckedDraft, request: ApproveQuestion, author: GitAuthor) -> str:
        tip, seen = draft.tip, self._draft_reader.seen_from_draft(draft)
        if changes := _changes_since_seen(request.seen, seen):
            raise StaleError(f"This is not what you were shown any more: {'; '.join(changes)}.")
        if obstacle := _approval_obstacle(draft, request) or self._merge_obstacle(tip, seen):
            raise ApprovalBlocked(obstacle)
        now = self._now()
        trial = now + TRIAL_DURATION if request.trial is Trial.SEVEN_DAYS else None
        disabled_blob = self._disabled_blob(draft) if request.trial is Trial.OFF and draft.blob else None
        return merge(self._repository, tip, draft.blob, author, _approval_note(request), now, trial, disabled_blob)

    def _merge_obstacle(self, tip: LedgerEntry, seen: Seen) -> str:
        """Why its branch cannot be merged as it is; "" where it can."""
        branch_state = inspect_branch(self._repository, tip.branch, tip.path)
        if branch_state and branch_state.other_paths:
            return f"Its branch also changes {', '.join(branch_state.other_paths)}; only its own file can be merged."
        if branch_state and conflicts_with_main(branch_state, seen.main_blob or None):
            return "main has another version since you changed yours; put the two together in the editor first."
        return ""

    def _disabled_blob(self, draft: CheckedDraft) -> str:
        """The blob of the same automation with `initial_state: false`, so that it is deployed disabled."""
        yaml = encode({**(decode(draft.yaml).config or {}), "initial_state": False})
        return self._repository.write_blobs([yaml.encode()])[0]


def _approval_obstacle(draft: CheckedDraft, request: ApproveQuestion) -> str:
    """The finding that forbids an approval, or the second yes that it lacks; "" where there is none."""
    if draft.blocking:
        return f"It cannot be approved: {draft.blocking[0].message}"
    unconfirmed = set(finding_keys(draft.problems, Severity.ASK)) - set(request.second_yes)
    return f"It needs a second yes for: {', '.join(sorted(unconfirmed))}." if unconfirmed else ""


def _changes_since_seen(seen: Seen, current: Seen) -> list[str]:
    """What changed since it was shown, in words; a home that cannot be asked counts as unchanged."""
    live_moved = UNKNOWN_HASH not in (seen.live_hash, current.live_hash) and seen.live_hash != current.live_hash
    live_appeared = seen.live_hash == UNKNOWN_HASH and current.live_hash not in (UNKNOWN_HASH, "")
    rows = (
        (seen.proposed_blob != current.proposed_blob, "the proposed automation was changed"),
        (seen.main_blob != current.main_blob, "main has another version of it"),
        (live_moved or live_appeared, "the home has another version of it"),
        (seen.policy_blob != current.policy_blob, "the policy on main was changed"),
        (seen.findings != current.findings, "the checks find other things"),
    )
    return [words for is_so, words in rows if is_so]


def _approval_note(request: ApproveQuestion) -> str:
    notes = [f"Second yes: {', '.join(request.second_yes)}"] if request.second_yes else []
    trial = [] if request.trial is Trial.NO else [f"Trial: {request.trial.value}"]
    return "\n".join([*notes, *trial])


def _check_decodable(yaml: str) -> None:
    decoded = decode(yaml)
    if decoded.config is None:
        raise InputError(f"This cannot be saved: {decoded.problems[0].message} {decoded.problems[0].fix}")
