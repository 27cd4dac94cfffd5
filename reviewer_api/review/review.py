"""Review: what a person decides about a suggestion, each approval bound to what was shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from automations.config.yaml import decode, encode
from automations.git import review_actions
from automations.git.ledger import LedgerEntry
from automations.git.merge import merge
from automations.git.proposals import conflicts_with_main, inspect_branch
from automations.git.repository import GitAuthor, Repository
from reviewer_api.models.suggestions import ApproveQuestion, DeclineQuestion, EditQuestion, Seen, Trial
from reviewer_api.review.presenters import findings
from reviewer_api.review.suggestion_state import UNKNOWN, Draft, Drafts, HomeWord
from schemas.errors import InputError, NightshiftError, StaleError
from schemas.problems import Severity
from schemas.suggestions import State

TRIAL_LASTS = timedelta(days=7)

Redraft = Callable[[str, str, str], Awaitable[None]]
"""branch, comment, who: makes a new draft on the branch; InputError with the reason where it could not."""


class NotAllowed(NightshiftError):
    """A finding forbids it, or wants a second yes that was not given."""


class Review:
    """Decisions are written in threads; each raises NotThere for a habit that nobody knows."""

    def __init__(self, repository: Repository, drafts: Drafts, redraft: Redraft, now: Callable[[], datetime]) -> None:
        self._repository, self._drafts, self._redraft, self._now = repository, drafts, redraft, now

    async def approve(self, habit_id: str, question: ApproveQuestion, who: GitAuthor) -> str:
        """Merge what was shown; the merge commit. Moved where it is not what is there now, NotAllowed by a finding."""
        word = await self._drafts.home_word(habit_id)
        return await asyncio.to_thread(self._approve, habit_id, question, word, who)

    async def edit(self, habit_id: str, question: EditQuestion, who: GitAuthor) -> None:
        def save() -> None:
            _must_be_readable(question.yaml)
            tip, now = self._drafts.tip(habit_id), self._now()
            review_actions.edit(self._repository, tip, question.yaml, question.base_blob, who, now, question.message)

        await asyncio.to_thread(save)

    async def comment(self, habit_id: str, words: str, who: GitAuthor) -> None:
        await self._decide(habit_id, lambda tip, now: review_actions.comment(self._repository, tip, words, who, now))

    async def redraft(self, habit_id: str, words: str, who: GitAuthor) -> None:
        """A new draft that follows the words; they are kept in the ledger as a comment."""
        await self.comment(habit_id, words, who)
        tip = await asyncio.to_thread(self._drafts.tip, habit_id)
        await self._redraft(tip.branch.removeprefix("refs/heads/"), words, who.name)

    async def decline(self, habit_id: str, question: DeclineQuestion, who: GitAuthor) -> None:
        scope, reason = question.scope, question.reason
        await self._decide(
            habit_id, lambda tip, now: review_actions.decline(self._repository, tip, scope, reason, who, now)
        )

    async def snooze(self, habit_id: str, until: datetime, who: GitAuthor) -> None:
        if until <= self._now():
            raise InputError("Snooze until a moment that is still to come.")
        await self._decide(habit_id, lambda tip, now: review_actions.snooze(self._repository, tip, until, who, now))

    async def keep(self, habit_id: str, who: GitAuthor) -> None:
        """What is deployed stays as it is, though it was questioned."""
        await self._decide(habit_id, lambda tip, now: review_actions.keep(self._repository, tip, who, now))

    async def reopen(self, habit_id: str, who: GitAuthor) -> None:
        """Open again, also before the day until which it was snoozed."""

        def bring_back(tip: LedgerEntry, now: datetime) -> None:
            if tip.state is State.SNOOZED:
                review_actions.wake(self._repository, tip, now, who)
            else:
                review_actions.reopen(self._repository, tip, who, now)

        await self._decide(habit_id, bring_back)

    async def _decide(self, habit_id: str, write: Callable[[LedgerEntry, datetime], object]) -> None:
        await asyncio.to_thread(lambda: write(self._drafts.tip(habit_id), self._now()))

    def _approve(self, habit_id: str, question: ApproveQuestion, word: HomeWord, who: GitAuthor) -> str:
        tip = self._drafts.tip(habit_id)
        draft = self._drafts.draft(tip, word.opinion)
        seen = self._drafts.seen(tip, draft, word)
        if moved := _moved(question.seen, seen):
            raise StaleError(f"This is not what you were shown any more: {'; '.join(moved)}.")
        if why := _why_not(draft, question) or self._why_not_mergeable(tip, seen):
            raise NotAllowed(why)
        now = self._now()
        trial = now + TRIAL_LASTS if question.trial is Trial.SEVEN_DAYS else None
        turned_off = self._turned_off(draft) if question.trial is Trial.OFF and draft.blob else None
        return merge(self._repository, tip, draft.blob, who, _why(question), now, trial, turned_off)

    def _why_not_mergeable(self, tip: LedgerEntry, seen: Seen) -> str:
        """Why its branch as it is cannot be merged; "" where it can."""
        look = inspect_branch(self._repository, tip.branch, tip.path)
        if look and look.other_paths:
            return f"Its branch also changes {', '.join(look.other_paths)}; only its own file can be merged."
        if look and conflicts_with_main(look, seen.main_blob or None):
            return "main has another version since you changed yours; put the two together in the editor first."
        return ""

    def _turned_off(self, draft: Draft) -> str:
        """The blob of the same automation, deployed turned off."""
        yaml = encode({**(decode(draft.yaml).config or {}), "initial_state": False})
        return self._repository.write_blobs([yaml.encode()])[0]


def _why_not(draft: Draft, question: ApproveQuestion) -> str:
    """The finding that forbids an approval, or the second yes that it lacks; "" where it may be."""
    if draft.blocking:
        return f"It cannot be approved: {draft.blocking[0].message}"
    unasked = set(findings(draft.problems, Severity.ASK)) - set(question.second_yes)
    return f"It needs a second yes for: {', '.join(sorted(unasked))}." if unasked else ""


def _moved(shown: Seen, now: Seen) -> list[str]:
    """What changed since it was shown, in words; a home that cannot be asked proves nothing."""
    live_moved = UNKNOWN not in (shown.live_hash, now.live_hash) and shown.live_hash != now.live_hash
    appeared = shown.live_hash == UNKNOWN and now.live_hash not in (UNKNOWN, "")
    rows = (
        (shown.proposed_blob != now.proposed_blob, "the proposed automation was changed"),
        (shown.main_blob != now.main_blob, "main has another version of it"),
        (live_moved or appeared, "the home has another version of it"),
        (shown.policy_blob != now.policy_blob, "the policy on main was changed"),
        (shown.findings != now.findings, "the checks find other things"),
    )
    return [words for is_so, words in rows if is_so]


def _why(question: ApproveQuestion) -> str:
    said = [f"Second yes: {', '.join(question.second_yes)}"] if question.second_yes else []
    trial = [] if question.trial is Trial.NO else [f"Trial: {question.trial.value}"]
    return "\n".join([*said, *trial])


def _must_be_readable(yaml: str) -> None:
    found = decode(yaml)
    if found.config is None:
        raise InputError(f"This cannot be saved: {found.problems[0].message} {found.problems[0].mend}")
